// @ts-check
/** Where the ink of a picture is, for the texts that say what a canvas shows. */

import { SIDE } from "./picture.js";

/** A pixel counts as ink from here on: a quarter of full. */
const INKED = 64;

/**
 * @param {Uint8ClampedArray} rgba  28x28
 * @returns {import("./words/main.en.js").InkBox | undefined} undefined for a blank picture
 */
export function inkBox(rgba) {
  let count = 0;
  const box = { left: SIDE, top: SIDE, right: -1, bottom: -1 };
  for (let i = 0; i < SIDE * SIDE; i += 1) {
    if (rgba[4 * i + 3] < INKED) continue;
    const [x, y] = [i % SIDE, Math.floor(i / SIDE)];
    count += 1;
    Object.assign(box, {
      left: Math.min(box.left, x), right: Math.max(box.right, x), top: Math.min(box.top, y), bottom: Math.max(box.bottom, y),
    });
  }
  return count ? { share: count / (SIDE * SIDE), ...box } : undefined;
}
