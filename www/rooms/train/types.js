// @ts-check
/** The shapes that the room and its workers agree on. Types only: nothing here runs. */

/** @typedef {{ images: Uint8Array, labels: Uint8Array }} Images  B x P values, 255 = ink, and B labels. */
/** @typedef {Images & { bits?: number }} PackedImages  Where `bits` of a pixel is not 8, `unpackPixels` has the values. */

/**
 * What a run learns from, and what it never sees.
 * @typedef {object} DataSet
 * @property {string} key  stable: what a link and a checkpoint name it by
 * @property {string} title
 * @property {PackedImages} train
 * @property {Images} heldOut
 * @property {boolean} hasLabels  without, all labels are 0 and mean nothing
 * @property {string[]} [classes]  what its labels stand for, where that is not the digit itself
 * @property {string} [digest]  SHA-256 of the training images, hex; "" where the page has no HTTPS and so no crypto.subtle. The
 *   worker that trains takes it of those that come with the page
 * @property {boolean} isMnist
 */

/**
 * A run, as the worker is told.
 * @typedef {object} Begin
 * @property {import("../../types.js").Tier} tier
 * @property {string} config  JSON: model and training, as in the project's configs/
 * @property {Uint8Array} images
 * @property {number} [bits]  of a pixel in `images`: 8, which is the default, or fewer
 * @property {Uint8Array} labels
 * @property {Images} heldOut  never trained on
 * @property {number} seed
 * @property {number} epochs
 * @property {number} [workers]  1, which is the default, or how many train together; 0: as many as a trial finds to help
 * @property {string} [digest]  of the images, by which a saved state knows them; the worker takes it where it is not said
 * @property {Uint8Array} [state]  of the same run, to go on from
 * @property {string} [stateOf]  the digest that `state` has, where it learnt from the same images at other levels of grey
 * @property {boolean} [isApart]  workers never share memory, as where the page is not cross-origin isolated; for tests
 */

/**
 * What else the worker is told, each with `action`.
 * @typedef {object} Requests
 * @property {Begin} begin
 * @property {{}} play
 * @property {{}} pause
 * @property {{}} step  pauses, and takes one
 * @property {{}} epoch  trains to the end of this epoch, and pauses
 * @property {{ training?: string, beta?: number }} set  JSON of a config's `training`; from the next step on
 * @property {{}} show  asks for a snapshot, which comes when measuring has not taken more than a tenth of the time
 * @property {{}} save
 * @property {{ training?: string, metrics?: string, precision?: Precision }} file  JSON: entries for the record, and what
 *   was measured
 */

/** @typedef {"f32" | "f16" | "int8"} Precision  How a file holds its numbers. */

/** @typedef {{ recon: number, kl: number, klPerDim: Float64Array }} Measured  Means over images, in nats. */

/**
 * What the worker tells, each with `event`.
 * @typedef {{ event: "begun", stepsPerEpoch: number, totalSteps: number, step: number, workers: number }} Begun
 * @typedef {{ event: "steps", step: number, steps: Float64Array, trained: number, learningRate: number, beta: number, isPlaying: boolean }} Steps
 *   recon, KL and norm of the gradient of each step, none where this only says that it has paused; `trained` in ms since the
 *   run began or was taken up
 * @typedef {{ event: "model", step: number, weights: ArrayBuffer, measured: Measured, trainMeasured: Measured, measureMs: number }} Snapshot
 *   `trainMeasured` is of 500 of the training images, always the same
 * @typedef {{ event: "state", step: number, state: ArrayBuffer, config: string }} State
 *   `config` is what `begin` needs beside the state: that of now, JSON
 * @typedef {{ event: "file", step: number, bytes: ArrayBuffer }} File
 * @typedef {{ event: "refused", message: string }} Refused  nothing changed, and the run goes on
 * @typedef {{ event: "failed", kind: string, message: string }} Failed
 *   the run has paused; after a `DivergedError` it is where it was before that step, and can be set, saved and played
 */

/**
 * The class `Trainer` of the wasm build.
 * @typedef {object} WebTrainer
 * @property {number} step
 * @property {number} stepsPerEpoch
 * @property {number} totalSteps
 * @property {number} batch
 * @property {number} learningRate
 * @property {number} beta
 * @property {string} config
 * @property {string} digest  only to be set
 * @property {(milliseconds: number, end?: number) => Float64Array<ArrayBuffer>} train
 * @property {(images: Uint8Array, labels: Uint8Array, first: number, seed: number) => Measured} measure
 * @property {(index: number) => Uint8Array} image
 * @property {(precision: Precision) => Uint8Array<ArrayBuffer>} weights
 * @property {(precision: Precision, training: string, metrics: string) => Uint8Array<ArrayBuffer>} file
 * @property {() => Uint8Array<ArrayBuffer>} state
 * @property {(state: Uint8Array) => void} restore
 * @property {(training: string) => void} setTraining
 * @property {(beta: number) => void} setBeta
 * @property {(index: number, of: number) => void} join
 * @property {number} phases
 * @property {number} longest
 * @property {(phase: number) => Uint32Array} compute
 * @property {(letter: Float32Array) => void} write
 * @property {(phase: number, from: number, letter?: Float32Array) => void} read
 * @property {() => Float64Array} share
 * @property {(sums: Float64Array) => Float64Array} apply
 * @property {(of: number) => number} owned
 * @property {(group: number, to: Float32Array) => void} give
 * @property {(group: number, owner: number, from: Float32Array) => void} take
 * @property {() => void} free
 */

/**
 * @typedef {object} TrainerCore
 * @property {(start: { module_or_path: WebAssembly.Module }) => Promise<unknown>} default
 * @property {(milliseconds: number) => string} chooseTile
 * @property {new (config: string, images: Uint8Array, labels: Uint8Array, seed: number, epochs: number, digest: string) => WebTrainer} Trainer
 */

/**
 * What a helper of the pool is told to begin with.
 * @typedef {object} Joining
 * @property {Begin} run
 * @property {WebAssembly.Module} module
 * @property {Place} place
 */

/** @typedef {{ index: number, of: number, shared?: SharedArrayBuffer, ports?: (MessagePort | undefined)[] }} Place  One of a pool. */

export {};
