// @ts-check
/** What the digits' worker is asked and answers. Types only: nothing here runs. */

/**
 * The class `Hand` of the trainer's wasm build: a conditional VAE, which is told the class of what it reads and writes.
 * @typedef {object} WebHand
 * @property {number} latentSize  Z
 * @property {string} record  JSON: format, config, training, metrics
 * @property {(x: Float32Array, labels: Uint8Array) => Float32Array} read  B x P → mu and log_var of the posterior of them all, 2 x Z
 * @property {(z: Float32Array, labels: Uint8Array) => Float32Array} write  B x Z → means, B x P
 * @property {() => void} free
 */

/**
 * @typedef {object} HandCore
 * @property {() => Promise<unknown>} default
 * @property {(seed: number, rows: number, latent: number) => Float32Array} eps
 * @property {new (weights: Uint8Array) => WebHand} Hand
 */

/**
 * One hand, as far as it is known.
 * @typedef {object} Style
 * @property {Float32Array} mu  Z
 * @property {Float32Array} sigma  Z
 * @property {number[]} widths  sigma, averaged over Z, after none of the drawings, after the first, after two, …
 */

/** @typedef {import("./trace.js").Outline & { pixels: Uint8Array }} Glyph  `pixels`: what it was traced from, 255 = ink */

/** @typedef {{ latent: number, directions: Float32Array[] }} Started  `directions`: unit vectors, what changes digits most first */

export {};
