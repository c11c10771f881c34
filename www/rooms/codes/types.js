// @ts-check
/** What the codes' worker is asked and answers. Types only: nothing here runs. */

/** @typedef {import("../../types.js").Tier} Tier */

/**
 * The class `Codes` of the trainer's wasm build: a model whose z is a map of codes.
 * @typedef {object} WebCodes
 * @property {string} record  JSON: format, config, training, metrics
 * @property {Uint32Array} shape  rows, columns, groups, K, and how many codes the upper half has
 * @property {number} classes  that the prior can be told; -1 where there is no prior
 * @property {Float32Array} counts  how often each code was used in a batch, K
 * @property {(x: Float32Array) => Uint8Array} encode
 * @property {(x: Float32Array) => Float32Array} distances  of each place from each code
 * @property {(codes: Uint8Array) => Float32Array} decode  means, B x P
 * @property {(codes: Uint8Array) => Float64Array} codeUse  share of codes in use, perplexity
 * @property {(codes: Uint8Array) => number} nats  it takes to name the codes
 * @property {(seed: number, temperature: number, top: number, digit: number | undefined, given: Uint8Array) => void} begin
 * @property {() => number | undefined} next
 * @property {() => void} free
 */

/**
 * @typedef {object} CodesCore
 * @property {() => Promise<unknown>} default
 * @property {(milliseconds: number) => string} chooseTile
 * @property {new (weights: Uint8Array) => WebCodes} Codes
 * @property {new (weights: Uint8Array) => import("../../types.js").Model} Model
 * @property {new (config: string, images: Uint8Array, labels: Uint8Array, seed: number, epochs: number, digest: string) => import("../train/types.js").WebTrainer} Trainer
 */

/**
 * A model, and what there is to know of its codes.
 * @typedef {object} Book
 * @property {number} rows
 * @property {number} columns
 * @property {number} count  K
 * @property {number} half  codes of the upper half
 * @property {number} classes  that its prior can be told; -1 without a prior
 * @property {number} blank  the code of paper, which is the one used most
 * @property {Float32Array} counts  how often each was used in training
 * @property {number[]} order  codes, those that look alike beside each other
 * @property {Float32Array[]} patches  what each draws, PATCH x PATCH
 * @property {string} record
 */

/**
 * @typedef {object} Map  Of one drawing.
 * @property {Uint8Array} codes
 * @property {Float32Array} distances  places x K
 */

/** @typedef {{ seed: number, temperature: number, top: number, digit?: number, given: Uint8Array }} Asked  of the prior */

/** @typedef {{ codes: Uint8Array, ms: number }} Written */

/** @typedef {{ name: string, weights: ArrayBuffer }} Rival  A model to compare with. */

/** @typedef {{ name: string, size: number, bits: number | undefined, error: number, means: Float32Array, within: number }} Compared  `bits` of KL, none of a point; `within`: the error on the codes’ bits */

/** @typedef {{ config: string, images: Uint8Array, bits?: number, labels: Uint8Array, heldOut: Uint8Array, seed: number, epochs: number }} Lesson */

/**
 * How a run stands.
 * @typedef {object} Progress
 * @property {number} step
 * @property {number} total
 * @property {number} usage  share of the codes that the held-out digits use
 * @property {number} perplexity
 * @property {number} error  of the held-out digits, squared and summed over P
 * @property {Uint8Array} maps  of a few of those digits
 * @property {ArrayBuffer} weights
 */

export {};
