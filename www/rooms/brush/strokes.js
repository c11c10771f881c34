// @ts-check
/** Strokes of a character, short enough for a link: pure, tested in node. */

import { GRID } from "../../drawing.js";

/** @typedef {import("../../types.js").Stroke} Stroke */

/** Points stand this far apart where a stroke is smooth: its curve goes past them by an eighth of a pixel. Grid steps, 10 px of 280 */
const APART = 40;
/** Where it turns by more than this, between the points some steps before and after, all points stay. Radians */
const TURN = 0.5;
const REACH = 3;

/**
 * A stroke without the points that its curve does not need.
 * @param {Stroke} stroke
 * @returns {Stroke}
 */
export function thinned(stroke) {
  const last = stroke.length / 2 - 1;
  /** @type {Stroke} */
  const kept = [];
  for (let i = 0; i <= last; i += 1) {
    const [x, y] = [stroke[2 * i], stroke[2 * i + 1]];
    const n = kept.length;
    const isFar = !n || Math.hypot(x - kept[n - 2], y - kept[n - 1]) >= APART;
    if (i === 0 || i === last || isFar || turnAt(stroke, i, last) > TURN) kept.push(x, y);
  }
  return kept;
}

/** @param {Stroke} stroke @param {number} i @param {number} last */
function turnAt(stroke, i, last) {
  const [from, to] = [2 * Math.max(0, i - REACH), 2 * Math.min(last, i + REACH)];
  const [x, y] = [stroke[2 * i], stroke[2 * i + 1]];
  const turn = Math.abs(Math.atan2(stroke[to + 1] - y, stroke[to] - x) - Math.atan2(y - stroke[from + 1], x - stroke[from]));
  return Math.min(turn, 2 * Math.PI - turn);
}

/**
 * Strokes as the writer wants them: one array of points on a pad of side 1, and the number of points in each stroke.
 * @param {Stroke[]} strokes
 */
export function unitStrokes(strokes) {
  return { points: Float32Array.from(strokes.flat(), (step) => (step + 0.5) / GRID), lengths: Uint32Array.from(strokes, (stroke) => stroke.length / 2) };
}
