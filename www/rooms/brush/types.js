// @ts-check
/** What the characters' worker is asked and answers. Types only: nothing here runs. S is the side of a glyph in pixels. */

/** @typedef {import("../hand/types.js").Style} Style */

/**
 * The class `Writer` of the trainer's wasm build: a style read from a few characters writes any other.
 * @typedef {object} WebWriter
 * @property {number} side  S
 * @property {number} styleSize
 * @property {string} characters  those it can write, the most frequent first
 * @property {string} record  JSON: format, config, training, metrics
 * @property {(glyphs: Float32Array, characters: string) => Float32Array} read  n x S x S → mu and log_var of the style's posterior
 * @property {(style: Float32Array, characters: string) => Float32Array} write  n x styleSize → n x S x S
 * @property {(character: string) => Float32Array} skeleton  x and y along its strokes, 0…1; NaN, NaN between two of them
 * @property {(points: Float32Array, lengths: Uint32Array, pen: number) => Float32Array} draw  strokes, 0…1 → S x S
 * @property {() => void} free
 */

/**
 * @typedef {object} WriterCore
 * @property {() => Promise<unknown>} default
 * @property {new (model: Uint8Array, medians: Uint8Array) => WebWriter} Writer
 */

/** @typedef {{ side: number, size: number, characters: string, record: string }} Started  `size` of a style */

/** @typedef {{ key: string, of: string, points: Float32Array, lengths: Uint32Array }} Drawn  one character on a pad of side 1; `key` names the drawing */

/** @typedef {import("../hand/trace.js").Outline & { pixels: Uint8Array, doubt: number }} Glyph  `doubt`: how blurred it is */

/** @typedef {{ name: string, kind: string, mean: number[] }} Font  one that the model has learnt from, and its style */

export {};
