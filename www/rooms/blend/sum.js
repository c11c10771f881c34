// @ts-check
import { PixelGrid } from "../../parts/pixel-grid.js";
import { words } from "../../words/rooms/blend.js";
import { element } from "../dom.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

const SIGNS = ["", "−", "+", "="];

/** Three terms, their sum, and how much of the difference it takes. */
export class Sum {
  #selects = words.terms.map((term, i) => element("select", { id: `blend-term-${"abc"[i]}`, "aria-label": term }));
  #canvases = [0, 1, 2, 3].map((i) => element("canvas", { class: "picture", role: "img", id: `blend-sum-${"abcz"[i]}`, "aria-label": words.said.term(i, undefined) }));
  #grids = this.#canvases.map((canvas) => new PixelGrid(canvas));
  #reads = element("p", { class: "blend-result", id: "blend-sum-reads" }, "\u00a0");
  #range = element("input", { type: "range", id: "blend-strength", min: 0, max: 2, step: 0.05 });
  #times = element("output", { for: "blend-strength" });
  #slots = 0;

  /**
   * @param {object} callbacks
   * @param {(terms: string[]) => void} callbacks.onTerms
   * @param {(strength: number, isPassing: boolean) => void} callbacks.onStrength
   */
  constructor({ onTerms, onStrength }) {
    for (const select of this.#selects) select.addEventListener("change", () => onTerms(this.#selects.map(({ value }) => value)));
    for (const name of ["input", "change"]) this.#range.addEventListener(name, () => onStrength(Number(this.#range.value), name === "input"));
  }

  get elements() {
    const parts = this.#canvases.flatMap((canvas, i) => [
      element("span", { class: "blend-sign", "aria-hidden": "true" }, SIGNS[i]),
      element("div", { class: "blend-term" }, canvas, i < 3 ? element("span", { class: "field" }, element("i", { class: "symbol" }, words.terms[i]), this.#selects[i]) : this.#reads),
    ]);
    return [element("div", { class: "blend-sum" }, ...parts.slice(1)),
      element("p", { class: "buttons" }, element("label", { class: "field", for: "blend-strength" }, words.strength), this.#range, this.#times)];
  }

  /**
   * @param {string[]} terms
   * @param {number} strength
   * @param {number} slots
   */
  show(terms, strength, slots) {
    if (slots !== this.#slots) for (const select of this.#selects) fill(select, slots);
    this.#slots = slots;
    this.#selects.forEach((select, i) => { select.value = terms[i]; });
    this.#range.value = String(strength);
    this.#times.textContent = words.times(strength);
  }

  /**
   * @param {Uint8ClampedArray[]} pictures  a, b, c and the sum
   * @param {Verdict[]} [reads]
   */
  paint(pictures, reads) {
    pictures.forEach((picture, i) => this.#grids[i].show(picture));
    this.#reads.textContent = words.reads(reads?.[3]);
  }

  /** @param {Verdict[]} [reads] */
  describe(reads) {
    this.#grids.forEach((grid, i) => grid.describe(words.said.term(i, reads?.[i])));
  }
}

/**
 * @param {HTMLSelectElement} select
 * @param {number} slots
 */
function fill(select, slots) {
  const group = (/** @type {string} */ label, /** @type {HTMLOptionElement[]} */ ...options) => element("optgroup", { label }, ...options);
  const ten = (/** @type {(digit: number) => string} */ name, /** @type {string} */ letter) =>
    Array.from({ length: 10 }, (_, digit) => new Option(name(digit), `${letter}${digit}`));
  select.replaceChildren(
    group(words.groups.slots, ...Array.from({ length: slots }, (_, i) => new Option(words.slotTerm(i), String(i + 1)))),
    group(words.groups.examples, ...ten(words.exampleTerm, "e"), new Option(words.slanted, "s1")),
    group(words.groups.means, ...ten(words.meanTerm, "m")));
}
