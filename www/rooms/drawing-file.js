// @ts-check
/**
 * A drawing as a file of its own:
 *
 *     { "latent-ink": 1, "grid": 1120, "strokes": [[x, y, x, y, …], …] }
 *     { "latent-ink": 1, "side": 28, "pixels": [784 values, 255 = ink] }
 */

import { GRID } from "../drawing.js";
import { SIDE } from "../picture.js";
import { words } from "../words/rooms/keep.js";

/** @typedef {import("../types.js").Drawing} Drawing */

const FORMAT = 1;
/** No hand draws as many; a file that says so is none of ours. */
const MOST_POINTS = 100_000;

/**
 * @param {Drawing} drawing
 * @returns {string}
 */
export function writeDrawing({ strokes, pixels }) {
  const held = pixels ? { side: SIDE, pixels: [...pixels] } : { grid: GRID, strokes };
  return `${JSON.stringify({ "latent-ink": FORMAT, ...held })}\n`;
}

/**
 * @param {string} text
 * @param {string} name  of the file, for what is said about it
 * @returns {Drawing}
 * @throws {Error} in words: what was expected, what came, where
 */
export function readDrawing(text, name) {
  const wrong = (/** @type {string} */ where, /** @type {string} */ expected, /** @type {unknown} */ got) =>
    new Error(words.wrongFile(name, where, expected, described(got)));
  const file = parse(text);
  if (typeof file !== "object" || !file || Array.isArray(file)) throw new Error(words.notADrawing(name));
  if (file["latent-ink"] !== FORMAT) throw wrong('"latent-ink"', String(FORMAT), file["latent-ink"]);
  if ("pixels" in file) {
    if (file.side !== SIDE) throw wrong('"side"', String(SIDE), file.side);
    check(file.pixels, "pixels", 256, wrong);
    if (file.pixels.length !== SIDE * SIDE) throw wrong('"pixels"', words.list(SIDE * SIDE), file.pixels);
    return { strokes: [], pixels: Uint8Array.from(file.pixels) };
  }
  if (file.grid !== GRID) throw wrong('"grid"', String(GRID), file.grid);
  if (!Array.isArray(file.strokes)) throw wrong('"strokes"', words.lists, file.strokes);
  let points = 0;
  file.strokes.forEach((/** @type {any} */ stroke, /** @type {number} */ i) => {
    check(stroke, `strokes[${i}]`, GRID, wrong);
    if (stroke.length === 0 || stroke.length % 2) throw wrong(`strokes[${i}]`, words.pairs, stroke);
    points += stroke.length / 2;
  });
  if (points > MOST_POINTS) throw wrong('"strokes"', words.atMost(MOST_POINTS), points);
  return { strokes: file.strokes };
}

/** @param {string} text @returns {any} undefined for what is no JSON */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * @param {any} values
 * @param {string} where
 * @param {number} end  values are whole numbers below it
 * @param {(where: string, expected: string, got: unknown) => Error} wrong
 */
function check(values, where, end, wrong) {
  if (!Array.isArray(values)) throw wrong(where, words.numbers(end - 1), values);
  const at = values.findIndex((value) => !Number.isInteger(value) || value < 0 || value >= end);
  if (at >= 0) throw wrong(`${where}[${at}]`, words.number(end - 1), values[at]);
}

/** @param {unknown} value */
function described(value) {
  if (value === undefined) return words.missing;
  if (Array.isArray(value)) return words.list(value.length);
  const text = JSON.stringify(value);
  return text.length > 24 ? `${text.slice(0, 24)}…` : text;
}
