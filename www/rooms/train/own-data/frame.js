// @ts-check
/** From a picture of any size to 28x28 levels of light, whole: nothing is cut off, and nothing is looked for in it. */

import { P, SIDE } from "../../../picture.js";

/**
 * Levels of light, 0 to 255 (ITU-R BT.709). What is transparent becomes paper: white behind dark ink, black behind light
 * ink, as in src/ink/picture.rs.
 * @param {Uint8ClampedArray} rgba
 */
export function levelsOf(rgba) {
  const levels = new Uint8Array(rgba.length / 4);
  let [total, sum] = [0, 0];
  for (let i = 0; i < levels.length; i += 1) {
    const light = 0.2126 * rgba[4 * i] + 0.7152 * rgba[4 * i + 1] + 0.0722 * rgba[4 * i + 2];
    levels[i] = Math.round(light);
    total += rgba[4 * i + 3];
    sum += (rgba[4 * i + 3] * light) / 255;
  }
  const paper = sum < 0.5 * total ? 255 : 0;
  for (let i = 0; i < levels.length; i += 1) {
    const alpha = rgba[4 * i + 3] / 255;
    if (alpha < 1) levels[i] = Math.round(alpha * levels[i] + (1 - alpha) * paper);
  }
  return levels;
}

/**
 * The level around a figure: the median of the border.
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 */
export function groundOf(levels, width, height) {
  const border = [...levels.subarray(0, width), ...levels.subarray((height - 1) * width)];
  for (let y = 1; y < height - 1; y += 1) border.push(levels[y * width], levels[(y + 1) * width - 1]);
  return border.sort((a, b) => a - b)[border.length >> 1];
}

/**
 * Scaled so that the longer side is 28 px, by the mean of what falls onto a pixel, in the middle of its ground. What is
 * 28x28 stays as it is.
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 * @param {number} ground
 */
export function fitWhole(levels, width, height, ground) {
  if (width === SIDE && height === SIDE) return levels.slice();
  const scale = SIDE / Math.max(width, height);
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const [left, top] = [(SIDE - across) >> 1, (SIDE - down) >> 1];
  const image = new Uint8Array(P).fill(ground);
  const columns = shares(width, across);
  shares(height, down).forEach((rows, y) => columns.forEach((cells, x) => {
    let sum = 0;
    for (const [row, rowShare] of rows) for (const [column, share] of cells) sum += rowShare * share * levels[row * width + column];
    image[(top + y) * SIDE + left + x] = Math.round(sum);
  }));
  return image;
}

/** @type {Map<string, [number, number][][]>} one picture is mostly as large as the next */
const kept = new Map();

/**
 * For each of `to` pixels, which of `from` fall onto it and with which share.
 * @param {number} from
 * @param {number} to
 */
function shares(from, to) {
  const key = `${from} ${to}`;
  const known = kept.get(key);
  if (known) return known;
  const made = Array.from({ length: to }, (_, i) => {
    const [low, high] = [(i * from) / to, ((i + 1) * from) / to];
    /** @type {[number, number][]} */
    const cells = [];
    for (let at = Math.floor(low); at < high - 1e-9; at += 1) cells.push([at, (Math.min(high, at + 1) - Math.max(low, at)) / (high - low)]);
    return cells;
  });
  if (kept.size > 100) kept.clear();
  kept.set(key, made);
  return made;
}
