// @ts-check
/** A hand that nobody has, for who would rather look than write: pure, tested in node. */

import { GRID } from "../../drawing.js";

/** @typedef {import("../../types.js").Stroke} Stroke */

/** What it writes: few strokes, of all kinds. */
export const WRITTEN = ["永", "我", "风", "国", "心"];
/** Between two points of a stroke, parts of the side. */
const STEP = 0.03;

/**
 * A character as a hand with the habits of a seed would write it: how far it leans and rises, how large and wide it writes, how its
 * strokes bow, and how often it strays.
 * @param {number[][]} skeleton  strokes, 0…1
 * @param {number} seed  of the hand
 * @param {number} count  which of its characters: errors differ
 * @returns {Stroke[]}
 */
export function invented(skeleton, seed, count) {
  const habit = chances(seed);
  const [lean, rise, height, width, bow, stray] = [0.3 * habit(), 0.2 * habit(), 0.86 + 0.2 * habit(), 0.86 + 0.3 * habit(), 0.12 * habit(), 0.02 + 0.04 * (habit() + 0.5)];
  const error = chances(seed * 31 + count + 1);
  return skeleton.map((stroke) => {
    const [dx, dy] = [stray * error(), stray * error()];
    return bent(stroke, bow + stray * error()).flatMap((value, i, all) => {
      if (i % 2) return [];
      const [x, y] = [value - 0.5, all[i + 1] - 0.5];
      return [onGrid(0.5 + width * x - lean * y + dx), onGrid(0.5 + height * y - rise * x + dy)];
    });
  });
}

/** A stroke as a curve of close points that bows to its left. @param {number[]} stroke @param {number} bow  part of its length */
function bent(stroke, bow) {
  const along = [0];
  for (let i = 2; i < stroke.length; i += 2) along.push(along[along.length - 1] + Math.hypot(stroke[i] - stroke[i - 2], stroke[i + 1] - stroke[i - 1]));
  const length = along[along.length - 1];
  const [across, down] = [stroke[stroke.length - 2] - stroke[0], stroke[stroke.length - 1] - stroke[1]];
  const count = Math.max(2, Math.round(length / STEP));
  return Array.from({ length: count + 1 }, (_, step) => {
    const at = (step / count) * length;
    const i = Math.max(1, along.findIndex((each) => each >= at - 1e-9));
    const part = (at - along[i - 1]) / (along[i] - along[i - 1] || 1);
    const out = bow * Math.sin((Math.PI * step) / count);
    return [0, 1].map((axis) => stroke[2 * i - 2 + axis] + part * (stroke[2 * i + axis] - stroke[2 * i - 2 + axis]) + out * (axis ? -across : down));
  }).flat();
}

const onGrid = (/** @type {number} */ value) => Math.round(Math.min(1, Math.max(0, value)) * (GRID - 1));

/** Numbers from -½ to ½ that look like chance  (mulberry32). @param {number} seed */
function chances(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 - 0.5;
  };
}
