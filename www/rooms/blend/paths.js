// @ts-check
/**
 * Ways from one z to another, and the sums of three. A path through n stops runs over t = 0 … n - 1; at a whole t it is
 * the stop itself, untouched, so that the picture there is the stop's own reconstruction, bit for bit.
 *
 *     linear      z = (1 - s) a + s b
 *     spherical   z = r (sin((1 - s) w) a/|a| + sin(s w) b/|b|) / sin(w),   cos(w) = a·b / (|a| |b|),   r = (1 - s) |a| + s |b|
 *
 * The second is White, "Sampling generative networks" (2016), with the length interpolated too.
 */

import { tinted } from "../../picture.js";

/** Below this sine the two directions are as good as one line, and the arc between them has no plane of its own. */
const FLAT = 1e-4;

/** @typedef {(a: Float32Array, b: Float32Array, s: number) => Float32Array} Path */

/** @param {Float32Array} z */
export const norm = (z) => Math.hypot(...z);

/** @type {Path} */
export function lerp(a, b, s) {
  if (s === 0 || s === 1) return s ? b : a;
  return a.map((value, i) => (1 - s) * value + s * b[i]);
}

/** @type {Path} */
export function slerp(a, b, s) {
  if (s === 0 || s === 1) return s ? b : a;
  const [lengthA, lengthB] = [norm(a), norm(b)];
  const cosine = a.reduce((sum, value, i) => sum + value * b[i], 0) / (lengthA * lengthB);
  const angle = Math.acos(Math.min(1, Math.max(-1, cosine)));
  const sine = Math.sin(angle);
  if (!(sine > FLAT)) return lerp(a, b, s); // one line, or a zero vector, which has no direction
  const length = (1 - s) * lengthA + s * lengthB;
  const [partA, partB] = [Math.sin((1 - s) * angle), Math.sin(s * angle)].map((part) => (part * length) / sine);
  return a.map((value, i) => (partA * value) / lengthA + (partB * b[i]) / lengthB);
}

/**
 * Where t lies: after which stop, and how far towards the next.
 * @param {number} stops  2 or more
 * @param {number} t  0 … stops - 1
 */
export function segmentAt(stops, t) {
  const from = Math.min(stops - 2, Math.floor(t));
  return { from, s: t - from };
}

/**
 * The point of a path through several stops.
 * @param {readonly Float32Array[]} stops
 * @param {number} t
 * @param {Path} path
 */
export function along(stops, t, path) {
  const { from, s } = segmentAt(stops.length, t);
  return path(stops[from], stops[from + 1], s);
}

/**
 * The t of every frame of a filmstrip: as many as fit, so that each stop is a frame.
 * @param {number} stops
 * @param {number} most  frames that there is room for
 */
export function frameTimes(stops, most) {
  const between = Math.max(1, Math.floor((most - 1) / (stops - 1)));
  return Array.from({ length: between * (stops - 1) + 1 }, (_, i) => i / between);
}

/**
 * c + strength (a - b).
 * @param {Float32Array} a
 * @param {Float32Array} b
 * @param {Float32Array} c
 * @param {number} strength
 */
export function carry(a, b, c, strength) {
  return strength === 0 ? c : c.map((value, i) => value + strength * (a[i] - b[i]));
}

/**
 * What mixing the pixels of the same pictures would give: `colour` with the mixed values as alpha.
 * @param {readonly Uint8ClampedArray[]} stops  RGBA
 * @param {number} t
 * @param {number} colour  0xRRGGBB
 */
export function crossFade(stops, t, colour) {
  const { from, s } = segmentAt(stops.length, t);
  return tinted(stops[from].length / 4, colour, (i) => (1 - s) * stops[from][4 * i + 3] + s * stops[from + 1][4 * i + 3]);
}
