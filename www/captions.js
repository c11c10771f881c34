// @ts-check
/** The words that stand beside the parts, and the controls as a view has them. What they say is in words/. */

import { isEmpty } from "./drawing.js";
import { words } from "./words/en.js";

/** @param {string} id */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * Leaves the document alone where nothing changed.
 * @param {string} id
 * @param {string} text
 */
export function caption(id, text) {
  if (byId(id).textContent !== text) byId(id).textContent = text;
}

/** Puts the catalogue's words into every element that names one. */
export function showWords() {
  const all = /** @type {Record<string, string>} */ (words.page);
  document.documentElement.lang = words.lang;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = all[element.getAttribute("data-word") ?? ""];
  for (const element of document.querySelectorAll("[data-word-label]")) element.ariaLabel = all[element.getAttribute("data-word-label") ?? ""];
}

/**
 * How the page is doing, for everyone.
 * @param {string} text
 * @param {"ready" | "working" | "error"} mood
 */
export function say(text, mood) {
  caption("status", text);
  byId("status").dataset.mood = mood;
}

/**
 * Where the pen of the arrow keys is, for those who do not see it.
 * @param {boolean} isDown
 * @param {number} x  0…1
 * @param {number} y
 */
export function sayPen(isDown, x, y) {
  caption("pen", words.said.pen(isDown, x, y));
}

/** @param {import("./types.js").View} view */
export function showControls(view) {
  const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));
  input("normalise").checked = view.isNormalised;
  caption("seen-note", view.isNormalised ? words.normalised : words.asDrawn);
  caption("sample-caption", view.isMean ? words.meanCaption : words.page.sampleTitle);
  byId("mean").ariaPressed = String(view.isMean);
  for (const [id, seed] of /** @type {[string, number][]} */ ([["z-seed", view.zSeed], ["prior-seed", view.priorSeed]])) {
    if (document.activeElement !== byId(id)) input(id).value = String(seed);
  }
}

/**
 * @param {import("./types.js").Drawing} drawing
 * @returns {string} what is on the pad, for those who do not see it
 */
export function captionDrawing({ strokes, pixels, isExample }) {
  const isNothing = isEmpty({ strokes, pixels });
  caption("pad-caption", isExample ? words.exampleCaption : pixels ? words.pictureCaption
    : isNothing ? words.emptyCaption : words.page.padTitle);
  return pixels ? words.said.padPicture : isNothing ? words.said.padEmpty : words.said.pad(strokes.length);
}
