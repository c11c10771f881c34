// @ts-check
/**
 * Strokes as the page keeps them, and the compact text that puts them into a link.
 *
 * A stroke is a list of whole steps on a grid of GRID x GRID laid over the pad, so a drawing does not depend on the pad's
 * size on screen, and what a link carries is exactly what was drawn. No pixels are made here: that is Rust's room `ink`.
 */

import { P } from "./picture.js";

/** @typedef {import("./types.js").Drawing} Drawing */
/** @typedef {import("./types.js").Stroke} Stroke */

/** Steps along one side of the pad: a quarter of a CSS pixel on the desktop pad of 280 px. */
export const GRID = 1120;

/** The pad's side in the units that Rust is told: CSS px of the desktop pad, of which the tremble of a tap is a few. */
export const PAD_SIDE = 280;

/** A point nearer than this to the one before is the same point: 1 px of a 280 px pad, as exact as most mice are. */
const MIN_STEP = 4;

/** One byte opens the text, so that a later format can tell itself apart. */
const STROKES = 1;
const PIXELS = 2;
/** Both steps of a slow hand fit one byte, four bits each; this byte says that they did not, and two numbers follow. */
const FAR = 0x88;

/** @type {Drawing} */
export const EMPTY = Object.freeze({ strokes: [] });

/**
 * @param {Drawing} drawing
 * @returns {boolean}
 */
export function isEmpty(drawing) {
  return drawing.strokes.length === 0 && !drawing.pixels;
}

/**
 * Appends a point, clamped to the pad, unless it is as good as the last one.
 * @param {Stroke} stroke
 * @param {number} x  0…1 across the pad
 * @param {number} y  0…1 down the pad
 * @param {number} [minStep]  grid steps
 * @returns {boolean} whether the point was taken
 */
export function extend(stroke, x, y, minStep = MIN_STEP) {
  const [gx, gy] = [onGrid(x), onGrid(y)];
  const n = stroke.length;
  if (n && Math.hypot(gx - stroke[n - 2], gy - stroke[n - 1]) < minStep) return false;
  stroke.push(gx, gy);
  return true;
}

/** @param {number} v  0…1 */
const onGrid = (v) => Math.round(Math.min(1, Math.max(0, v)) * (GRID - 1));

/**
 * Strokes as Rust wants them: one array of points on a pad of PAD_SIDE, and the number of points in each stroke.
 * @param {Stroke[]} strokes
 */
export function flatten(strokes) {
  return { points: Float32Array.from(strokes.flat(), (step) => (step * PAD_SIDE) / GRID), lengths: Uint32Array.from(strokes, (stroke) => stroke.length / 2) };
}

/**
 * The drawing as base64url text: about two bytes per point.
 * @param {Drawing} drawing
 * @returns {string}
 */
export function toText(drawing) {
  /** @type {number[]} */
  const bytes = [];
  if (drawing.pixels) packPixels(drawing.pixels, bytes);
  else packStrokes(drawing.strokes, bytes);
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/**
 * Reads what `toText` wrote; undefined for anything else.
 * @param {string} text
 * @returns {Drawing | undefined}
 */
export function fromText(text) {
  try {
    const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
    if (bytes[0] === STROKES) return unpackStrokes(bytes);
    if (bytes[0] === PIXELS) return unpackPixels(bytes);
  } catch {
    // Not base64, or it ends in the middle of a number: the link was cut short.
  }
  return undefined;
}

/**
 * @param {Stroke[]} strokes
 * @param {number[]} bytes
 */
function packStrokes(strokes, bytes) {
  bytes.push(STROKES);
  for (const stroke of strokes) {
    packNumber(stroke.length / 2, bytes);
    for (let i = 0, x = 0, y = 0; i < stroke.length; [x, y] = [stroke[i], stroke[i + 1]], i += 2) {
      packStep(stroke[i] - x, stroke[i + 1] - y, bytes);
    }
  }
}

/**
 * @param {number} dx
 * @param {number} dy
 * @param {number[]} bytes
 */
function packStep(dx, dy, bytes) {
  const isNear = Math.max(Math.abs(dx), Math.abs(dy)) < 8;
  if (isNear) bytes.push(((dx & 15) << 4) | (dy & 15));
  else {
    bytes.push(FAR);
    packNumber(zigzag(dx), bytes);
    packNumber(zigzag(dy), bytes);
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Drawing}
 */
function unpackStrokes(bytes) {
  const read = reader(bytes);
  /** @type {Stroke[]} */
  const strokes = [];
  while (!read.isDone()) {
    /** @type {Stroke} */
    const stroke = [];
    for (let [left, x, y] = [read.number(), 0, 0]; left > 0; left -= 1) {
      const near = read.byte();
      x += near === FAR ? unzigzag(read.number()) : (near << 24) >> 28;
      y += near === FAR ? unzigzag(read.number()) : (near << 28) >> 28;
      if (Math.min(x, y) < 0 || Math.max(x, y) >= GRID) throw new RangeError("off the pad");
      stroke.push(x, y);
    }
    if (stroke.length) strokes.push(stroke);
  }
  return { strokes };
}

/**
 * Runs of paper as 0 and their length, ink as its value.
 * @param {Uint8Array} pixels
 * @param {number[]} bytes
 */
function packPixels(pixels, bytes) {
  bytes.push(PIXELS);
  for (let i = 0; i < pixels.length;) {
    let run = 0;
    while (i + run < pixels.length && pixels[i + run] === 0) run += 1;
    if (run) packNumber(run, (bytes.push(0), bytes));
    else bytes.push(pixels[i]);
    i += run || 1;
  }
}

/**
 * @param {Uint8Array} bytes
 * @returns {Drawing}
 */
function unpackPixels(bytes) {
  const read = reader(bytes);
  const pixels = new Uint8Array(P);
  let i = 0;
  while (!read.isDone()) {
    const value = read.byte();
    if (value) pixels[i++] = value;
    else i += read.number();
  }
  if (i !== pixels.length) throw new RangeError(`not ${P} pixels`);
  return { strokes: [], pixels };
}

/** @param {number} v */
const zigzag = (v) => (v < 0 ? -2 * v - 1 : 2 * v);
/** @param {number} v */
const unzigzag = (v) => (v % 2 ? -(v + 1) / 2 : v / 2);

/**
 * Seven bits a byte, the low ones first; the top bit says that more follow.
 * @param {number} v
 * @param {number[]} bytes
 */
function packNumber(v, bytes) {
  for (; v > 127; v >>>= 7) bytes.push((v & 127) | 128);
  bytes.push(v);
}

/** @param {Uint8Array} bytes  the first of them, the format, is already read */
function reader(bytes) {
  let at = 1;
  const byte = () => {
    if (at >= bytes.length) throw new RangeError("cut short");
    return bytes[at++];
  };
  const number = () => {
    for (let v = 0, shift = 0; shift < 21; shift += 7) {
      const b = byte();
      v |= (b & 127) << shift;
      if (b < 128) return v;
    }
    throw new RangeError("number too long");
  };
  return { byte, number, isDone: () => at >= bytes.length };
}
