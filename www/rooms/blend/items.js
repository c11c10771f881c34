// @ts-check
/**
 * What lies in the row of slots, as the text of a link: items joined by dots.
 *
 *     pad     the drawing on the pad, live            t123   a test digit of MNIST
 *     e7      an example of the page                  A…     a drawing, as drawing.js writes it (always an A first)
 *     k2      a drawing too long for a link: this tab alone has it
 *
 * Terms of the sum are `1` to `6` for a slot, `e7`, `s1` for the slanted 1, or `m7` for the mean of a class.
 */

import { fromText, GRID, toText } from "../../drawing.js";
import { EXAMPLES } from "../../examples.js";

/** @typedef {import("../../types.js").Drawing} Drawing */

export const FEWEST = 2;
export const MOST = 6;
export const DEFAULT_ITEMS = "pad.e0";
export const DEFAULT_SUM = "s1.e1.e7";

/** Characters that all items may take, so that a link with a drawing on the pad stays under 2 KB. */
const BUDGET = 1300;

/**
 * Drawings that are too long for a link, by names that no other tab gives: there the same link names nothing, rather than
 * a drawing of that tab's.
 * @type {Map<string, Drawing>}
 */
const kept = new Map();

const SAFE = /^(pad|e\d|k\d{1,10}|t\d{1,4}|A[\w-]*)$/;
const TERM = /^([1-6]|e\d|m\d|s1)$/;

/**
 * Two to six items, whatever the link says.
 * @param {string | undefined} text
 * @returns {string[]}
 */
export function readItems(text) {
  const items = (text ?? DEFAULT_ITEMS).split(".").filter((item) => SAFE.test(item) && (item[0] !== "A" || fromText(item))).slice(0, MOST);
  return items.length < FEWEST ? DEFAULT_ITEMS.split(".") : items;
}

/** @param {string[]} items */
export const writeItems = (items) => (items.join(".") === DEFAULT_ITEMS ? undefined : items.join("."));

/**
 * A drawing as an item, next to the others.
 * @param {Drawing} drawing
 * @param {string[]} others
 */
export function itemOf(drawing, others) {
  const text = toText(drawing);
  const example = EXAMPLES.findIndex((one) => toText(one) === text);
  if (example >= 0) return `e${example}`;
  if (others.join(".").length + text.length < BUDGET) return text;
  const name = `k${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  kept.set(name, drawing);
  return name;
}

/**
 * The drawing of an item; undefined for the pad, for test digits, and for what only another tab has.
 * @param {string} item
 * @returns {Drawing | undefined}
 */
export function drawingOf(item) {
  if (item === "pad") return undefined;
  if (item === "s1") return SLANTED;
  const number = Number(item.slice(1));
  if (item[0] === "e") return EXAMPLES[number];
  if (item[0] === "k") return kept.get(item);
  return item[0] === "A" ? fromText(item) : undefined;
}

/**
 * Three terms; each that is unreadable, or names a slot that is not there, takes its default.
 * @param {string | undefined} text
 * @param {number} slots
 */
export function readSum(text, slots) {
  const said = (text ?? DEFAULT_SUM).split(".");
  return DEFAULT_SUM.split(".").map((fallback, i) => {
    const term = said[i] ?? "";
    return TERM.test(term) && !(Number(term) > slots) ? term : fallback;
  });
}

/** @param {string[]} terms */
export const writeSum = (terms) => (terms.join(".") === DEFAULT_SUM ? undefined : terms.join("."));

/** The example of a 1, leaning 25 degrees to the right: what a sum can carry over. @type {Drawing} */
const SLANTED = {
  strokes: EXAMPLES[1].strokes.map((stroke) => stroke.map((v, i) =>
    (i % 2 ? v : Math.round(Math.min(GRID - 1, Math.max(0, v + 0.47 * (GRID / 2 - stroke[i + 1]))))))),
};
