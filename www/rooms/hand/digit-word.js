// @ts-check
/** A row of digits, each as wide as its ink: pure, tested in node. */

import { EM } from "./trace.js";

/** @typedef {import("./trace.js").Outline} Outline */

/** Paper between two digits and for a space, around all of them, and what a digit is written in, in units of EM. */
const GAP = 130;
const SPACE = 420;
const MARGIN = 100;
/** MNIST's digits fill 20 of 28 pixels, in the middle: the paper above and below them. */
const ABOVE = 100;

export const MOST = 24;

/**
 * What of a text can be written: digits, and single spaces between them.
 * @param {string} text
 */
export const writable = (text) => text.replace(/[^\d ]/g, "").replace(/ +/g, " ").trim().slice(0, MOST);

/**
 * @param {string} text  digits and spaces
 * @param {Outline[]} outlines  one for each digit
 * @returns {import("./paper.js").Layout}
 */
export function rowOf(text, outlines) {
  /** @type {import("./paper.js").Placed[]} */
  const glyphs = [];
  let x = MARGIN;
  for (const character of text) {
    if (character === " ") {
      x += SPACE - GAP;
      continue;
    }
    const { path, left, right } = outlines[glyphs.length];
    glyphs.push({ path, x: x - left, y: MARGIN - ABOVE, size: EM });
    x += right - left + GAP;
  }
  return { width: x - (glyphs.length ? GAP : 0) + MARGIN, height: EM + 2 * (MARGIN - ABOVE), glyphs };
}
