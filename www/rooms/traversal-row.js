// @ts-check
/** One dimension: what it carries, a strip of pictures along it, and the frame on the strip that sets its number. */

import { SIDE } from "../picture.js";
import { fixed } from "../words/numbers.js";
import { words } from "../words/rooms/dimensions.js";
import { element } from "./dom.js";
import { clamp, COUNT, placeOf, REACH, STEP } from "./traversal.js";

/** KL at the end of the bar, nats. The most used dimension of a model that ships has 3.8. */
const FULL = 4;
/**
 * Under so many nats a dimension counts as unused. KL is at least half the variance of mu, so the variance is then below
 * 0.01, where the evaluation of the models (`active_units`) draws the line too.
 */
export const UNUSED = 0.005;

/**
 * @typedef {object} RowState
 * @property {number} mu
 * @property {number} sigma
 * @property {number} z
 * @property {boolean} isMoved
 * @property {boolean} isEmpty  nothing is drawn
 * @property {number | undefined} kl  nats, of this drawing
 * @property {number | undefined} mean  nats, on average over the test digits
 */

export class TraversalRow {
  /** The row, to be put somewhere. */
  element;
  #d;
  #canvas = element("canvas", { class: "strip", role: "img", width: COUNT * SIDE, height: SIDE });
  #ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d", { willReadFrequently: true }));
  #slider;
  #value;
  #back;
  #posterior = element("i", { class: "of-posterior" });
  #mu = element("i", { class: "of-mu" });
  #bar = element("i", { class: "nats-bar" });
  #tick = element("i", { class: "nats-here" });
  #mean = element("b");
  #here = element("b");
  /** @type {RowState | undefined} */
  #state;

  /**
   * @param {number} d
   * @param {object} callbacks
   * @param {(d: number, value: number, isPassing: boolean, time: number) => void} callbacks.onMove
   * @param {(d: number) => void} callbacks.onBack  to where the drawing has it
   */
  constructor(d, { onMove, onBack }) {
    this.#d = d;
    const id = `dimension-${d + 1}`;
    this.#slider = element("input", { type: "range", id, min: -REACH, max: REACH, step: STEP, autocomplete: "off" });
    this.#value = element("output", { for: id });
    this.#back = element("button", { type: "button", class: "to-mu", "aria-label": words.backOne(d), title: words.backOne(d) });
    this.#back.append(element("i", { class: "symbol mu", "aria-hidden": "true" }, "μ"));
    this.element = element("li", { class: "dimension", "data-dimension": d + 1 },
      element("p", { class: "about" },
        element("label", { for: id, "aria-label": words.name(d) }, element("i", { class: "symbol z" }, "z"), element("sub", {}, String(d + 1))),
        element("span", { class: "nats" }, element("span", {}, words.mean), " ", this.#mean),
        element("span", { class: "nats-scale", "aria-hidden": "true" }, this.#bar, this.#tick),
        element("span", { class: "nats" }, element("span", {}, words.here), " ", this.#here),
        element("span", { class: "unused" }, words.unused)),
      element("div", { class: "traversal" }, this.#canvas, this.#slider,
        element("div", { class: "marks", "aria-hidden": "true" }, this.#posterior, this.#mu)),
      element("p", { class: "now" }, this.#value, this.#back));
    this.#slider.addEventListener("input", ({ timeStamp }) => onMove(d, Number(this.#slider.value), true, timeStamp));
    this.#slider.addEventListener("change", ({ timeStamp }) => onMove(d, Number(this.#slider.value), false, timeStamp));
    this.#back.addEventListener("click", () => {
      this.#slider.focus(); // the button goes away
      onBack(d);
    });
    this.describe(undefined, false);
  }

  /** @param {RowState} state */
  show(state) {
    const before = this.#state;
    this.#state = state;
    const { z, mu, sigma, isMoved, isEmpty, kl, mean } = state;
    if (Number(this.#slider.value) !== Math.round(clamp(z) / STEP) * STEP) this.#slider.value = String(clamp(z));
    if (before?.z !== z) this.#value.textContent = fixed(z);
    if (before?.isMoved !== isMoved) this.element.classList.toggle("is-moved", isMoved);
    if (before?.mu !== mu || before.sigma !== sigma || before.isEmpty !== isEmpty) this.#mark(mu, sigma, isEmpty);
    if (before?.kl !== kl || before?.mean !== mean || !before) this.#weigh(kl, mean);
  }

  /**
   * @param {Uint8ClampedArray} rgba  images side by side
   * @param {number} from  the place of the first of them
   * @param {number} count
   */
  paint(rgba, from, count) {
    const image = new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), count * SIDE, SIDE);
    this.#ctx.putImageData(image, from * SIDE, 0);
  }

  /**
   * For those who do not see it.
   * @param {import("../types.js").Verdict[] | undefined} reads
   * @param {boolean} isDifference
   */
  describe(reads, isDifference) {
    this.#canvas.setAttribute("aria-label", words.said.strip(this.#d, reads, isDifference));
    if (this.#state) this.#slider.setAttribute("aria-valuetext", words.said.value(this.#state.z, this.#state.mu, this.#state.isMoved));
  }

  /** The pictures of the strip, one by one. */
  get pictures() {
    return Array.from({ length: COUNT }, (_, i) => this.#ctx.getImageData(i * SIDE, 0, SIDE, SIDE).data);
  }

  /**
   * The posterior on the axis of the strip.
   * @param {number} mu
   * @param {number} sigma
   * @param {boolean} isEmpty
   */
  #mark(mu, sigma, isEmpty) {
    const beyond = Math.abs(mu) > REACH ? Math.sign(mu) : 0;
    const [from, to] = [placeOf(mu - sigma), placeOf(mu + sigma)];
    this.#posterior.hidden = this.#mu.hidden = isEmpty;
    Object.assign(this.#posterior.style, { left: `${from * 100}%`, width: `${(to - from) * 100}%` });
    this.#mu.style.left = `${placeOf(clamp(mu)) * 100}%`;
    this.#mu.dataset.beyond = String(beyond);
  }

  /**
   * @param {number | undefined} kl
   * @param {number | undefined} mean
   */
  #weigh(kl, mean) {
    const nats = (/** @type {number | undefined} */ value) => (value === undefined ? words.unknown : fixed(value));
    const part = (/** @type {number | undefined} */ value) => `${Math.min(1, (value ?? 0) / FULL) * 100}%`;
    this.#mean.textContent = nats(mean);
    this.#here.textContent = nats(kl);
    this.#bar.style.width = part(mean);
    this.#tick.style.left = part(kl);
    this.#tick.hidden = kl === undefined;
    this.element.classList.toggle("is-unused", mean !== undefined && mean < UNUSED);
  }
}
