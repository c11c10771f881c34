// @ts-check
/**
 * Ten digits written by hand for this page: a few points per stroke on a 100 x 100 square, joined by a smooth curve.
 * A point that stands twice in a row is a corner.
 */

import { GRID, extend } from "./drawing.js";

/** @typedef {import("./types.js").Drawing} Drawing */
/** @typedef {import("./types.js").Stroke} Stroke */

/** @type {number[][][]} digit, stroke, then x and y interleaved */
const DIGITS = [
  [[58, 17, 44, 18, 32, 34, 28, 57, 34, 78, 48, 85, 63, 76, 71, 54, 69, 31, 59, 18, 50, 16]],
  [[57, 15, 53, 38, 48, 62, 44, 86]],
  [[31, 31, 38, 19, 52, 14, 66, 22, 66, 38, 54, 57, 40, 73, 29, 83, 29, 83, 45, 79, 59, 81, 74, 83]],
  [[32, 23, 45, 15, 60, 18, 64, 31, 55, 43, 44, 48, 44, 48, 59, 51, 68, 63, 63, 78, 48, 86, 30, 80]],
  [[41, 15, 36, 33, 29, 53, 29, 53, 48, 56, 74, 52], [65, 17, 61, 42, 58, 65, 55, 88]],
  [[42, 18, 39, 31, 35, 46, 35, 46, 47, 41, 61, 45, 68, 59, 62, 76, 47, 85, 30, 79], [42, 18, 56, 18, 71, 15]],
  [[63, 14, 48, 26, 37, 44, 32, 64, 37, 80, 51, 86, 64, 76, 65, 62, 54, 55, 42, 60, 34, 70]],
  [[29, 20, 50, 21, 70, 17, 70, 17, 62, 37, 53, 59, 46, 87]],
  [[63, 25, 51, 15, 38, 22, 39, 36, 52, 47, 64, 60, 65, 76, 52, 86, 38, 79, 37, 65, 49, 51, 62, 38, 64, 26]],
  [[65, 27, 54, 16, 40, 21, 34, 36, 43, 48, 57, 44, 65, 28, 65, 28, 62, 52, 58, 70, 53, 88]],
];

/** Steps between two written points: about 3 px of a 280 px pad. */
const STEPS = 12;

/**
 * The ten digits as drawings.
 * @type {readonly Drawing[]}
 */
export const EXAMPLES = DIGITS.map((strokes) => ({ strokes: strokes.map(curve), isExample: true }));

/** The one that the page opens with. tests/e2e/bake.mjs computes what the default model makes of it. */
export const OPENING = EXAMPLES[3];

/**
 * A smooth curve through the points, on the pad's grid.
 * @param {number[]} points
 * @returns {Stroke}
 */
function curve(points) {
  /** @type {Stroke} */
  const stroke = [];
  const last = points.length / 2 - 1;
  const isCorner = (/** @type {number} */ i) => i >= 0 && i < last && points[2 * i] === points[2 * i + 2] && points[2 * i + 1] === points[2 * i + 3];
  for (let i = 0; i < last; i += 1) {
    if (isCorner(i)) continue;
    // Before the first point, after the last and across a corner there is no neighbour to be smooth with.
    const four = [i === 0 || isCorner(i - 1) ? i : i - 1, i, i + 1, i + 1 === last || isCorner(i + 1) ? i + 1 : i + 2];
    for (let step = 0; step <= STEPS; step += 1) {
      const [x, y] = [0, 1].map((axis) => {
        const [a, b, c, d] = four.map((point) => points[2 * point + axis]);
        return between(a, b, c, d, step / STEPS);
      });
      extend(stroke, x / 100, y / 100);
    }
  }
  return stroke;
}

/**
 * Uniform Catmull-Rom between b and c.
 * @param {number} a
 * @param {number} b
 * @param {number} c
 * @param {number} d
 * @param {number} t  0…1
 */
function between(a, b, c, d, t) {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/**
 * A drawing as an SVG path on a square of `side`.
 * @param {Drawing} drawing
 * @param {number} side
 * @returns {string}
 */
export function pathOf({ strokes }, side) {
  const scaled = (/** @type {number} */ v) => ((v / GRID) * side).toFixed(1);
  return strokes.map((stroke) => {
    const points = stroke.flatMap((v, i) => (i % 2 ? [] : [`${scaled(v)} ${scaled(stroke[i + 1])}`]));
    return `M${points.join("L")}`;
  }).join("");
}
