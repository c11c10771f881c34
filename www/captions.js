// @ts-check
/** The words that stand beside the parts, and the controls as a view has them. What they say is in words/. */

import { isEmpty } from "./drawing.js";
import { words } from "./words/main.js";

/** A sample counts as a digit where the judge is surer than this. */
export const SURE = 0.9;

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

/** Puts the catalogue's words into every element that names one, and shows what was hidden for want of them. */
export function showWords() {
  const all = /** @type {Record<string, string>} */ (words.page);
  for (const element of document.querySelectorAll("[data-word-content]")) element.setAttribute("content", all[element.getAttribute("data-word-content") ?? ""]);
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = all[element.getAttribute("data-word") ?? ""];
  for (const element of document.querySelectorAll("[data-word-label]")) element.ariaLabel = all[element.getAttribute("data-word-label") ?? ""];
  const { tag, title } = words.other;
  Object.assign(byId("language"), { textContent: title, lang: tag, hreflang: tag });
  delete document.documentElement.dataset.unworded;
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
  input("learned").checked = view.isLearned;
  caption("seen-note", view.isNormalised ? words.page.normalised : words.asDrawn);
  caption("sample-caption", view.isMean ? words.meanCaption : words.page.sampleTitle);
  byId("mean").ariaPressed = String(view.isMean);
  for (const [id, seed] of /** @type {[string, number][]} */ ([["z-seed", view.zSeed], ["prior-seed", view.priorSeed]])) {
    if (document.activeElement !== byId(id)) input(id).value = String(seed);
  }
}

/**
 * What the samples come from: the switch where the model has a learned prior, and the heading after it.
 * @param {boolean} hasFlow
 * @param {boolean} isLearned
 */
export function showPriorKind(hasFlow, isLearned) {
  byId("learned-switch").hidden = !hasFlow;
  byId("prior-standard").hidden = isLearned;
  byId("prior-learned").hidden = !isLearned;
  byId("prior-caption").dataset.term = isLearned ? "learned" : "prior";
  caption("prior-caption", isLearned ? words.priorLearned : words.page.priorTitle);
}

/**
 * What the judge reads in drawing and reconstruction; the line keeps its room while there is nothing to say.
 * @param {import("./types.js").Reading} reading
 */
export function showReads({ reads }) {
  byId("reads").classList.toggle("is-waiting", !reads);
  if (reads) caption("reads-text", words.reads(reads));
}

/**
 * How many of the samples that are shown the judge reads as a digit.
 * @param {import("./types.js").PriorSamples} samples
 * @param {number} shown
 * @returns {number | undefined} undefined while there is no judge
 */
export function showScore({ reads }, shown) {
  const score = reads?.slice(0, shown).filter(({ share }) => share > SURE).length;
  byId("score").classList.toggle("is-waiting", score === undefined);
  if (score !== undefined) caption("score-count", words.score(score, shown));
  return score;
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
