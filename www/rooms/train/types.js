// @ts-check
/** The shapes that the room and its worker agree on. Types only: nothing here runs. */

/** @typedef {{ images: Uint8Array, labels: Uint8Array }} Images  B x P values, 255 = ink, and B labels. */

/** @typedef {{ key: string, train: Images, heldOut: Images }} DataSet  What a run learns from, and what it never sees. */

/**
 * A run, as the worker is told.
 * @typedef {object} Begin
 * @property {import("../../types.js").Tier} tier
 * @property {string} config  JSON: model and training, as in the project's configs/
 * @property {Uint8Array} images
 * @property {Uint8Array} labels
 * @property {Images} heldOut  never trained on
 * @property {number} seed
 * @property {number} epochs
 */

/** @typedef {{ recon: number, kl: number, klPerDim: Float64Array }} Measured  Means over images, in nats. */

/**
 * What the worker tells, each with `event`.
 * @typedef {{ event: "begun", stepsPerEpoch: number, totalSteps: number }} Begun
 * @typedef {{ event: "steps", step: number, steps: Float64Array, trained: number, learningRate: number, beta: number, isPlaying: boolean }} Steps
 *   recon, KL and norm of the gradient of each step; `trained` in ms
 * @typedef {{ event: "model", step: number, weights: ArrayBuffer, measured: Measured, trainMeasured?: Measured }} Snapshot
 * @typedef {{ event: "failed", kind: string, message: string }} Failed
 */

/**
 * The class `Trainer` of the wasm build.
 * @typedef {object} WebTrainer
 * @property {number} step
 * @property {number} stepsPerEpoch
 * @property {number} totalSteps
 * @property {number} learningRate
 * @property {number} beta
 * @property {(milliseconds: number) => Float64Array} train
 * @property {(images: Uint8Array, labels: Uint8Array, seed: number) => Measured} evaluate
 * @property {() => Uint8Array<ArrayBuffer>} weights
 * @property {(learningRate: number) => void} setLearningRate
 * @property {(beta: number) => void} setBeta
 * @property {() => void} free
 */

/**
 * @typedef {object} TrainerCore
 * @property {() => Promise<unknown>} default
 * @property {(milliseconds: number) => string} chooseTile
 * @property {new (config: string, images: Uint8Array, labels: Uint8Array, seed: number, epochs: number) => WebTrainer} Trainer
 */

export {};
