// @ts-check
/** The shelf of test digits: ten of each class, and those that the present model makes least of. */

import { PixelGrid } from "../parts/pixel-grid.js";
import { P, inked } from "../picture.js";
import { styled } from "../rooms.js";
import { words } from "../words/rooms/test-digits.js";
import { largest, someOfEach } from "./choice.js";
import { fetchDigits } from "./digits.js";
import { element } from "./dom.js";
import { keyOf } from "./model-key.js";
import { quantile } from "./nearest.js";
import { Pace } from "./pace.js";
import { panel } from "./panel.js";
import { Portion } from "./portion.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./digits.js").Digits} Digits */

/** C, the classes. */
const C = 10;
const PER_CLASS = 10;
const HARDEST = 20;

/** Which ten of each class: the same every time, until somebody wants others. */
let seed = 1;
/** @type {Map<string, number[]>} recon of the test digits, as far as they have been read, by the model's key */
const costs = new Map();

/** @param {Desk} desk */
export async function openTestDigits(desk) {
  await Promise.all([styled("panel"), styled("test-digits")]);
  const stop = new AbortController();
  const classes = element("div", { class: "classes" });
  const about = element("p", { class: "about", role: "status" });
  const others = element("button", { type: "button", id: "other-digits", disabled: true }, words.others);
  const hardest = element("section", { class: "hardest" });
  const dialog = panel("test-digits-panel", words.title, words.close,
    element("div", { class: "two" },
      element("section", {}, element("div", { class: "intro" }, about, others), classes), hardest));
  dialog.addEventListener("close", () => {
    stop.abort();
    dialog.remove();
  });
  dialog.showModal();
  about.textContent = words.lead;
  try {
    const digits = await desk.counted(fetchDigits("mnist-test.bin", (got, all) => {
      about.textContent = got < all ? words.fetching(got, all) : words.lead;
    }, stop.signal));
    const choose = (/** @type {number} */ i) => {
      dialog.close();
      desk.put({ strokes: [], pixels: digits.pixels.slice(i * P, (i + 1) * P) });
    };
    const show = () => showClasses(classes, digits, desk, choose);
    others.disabled = false;
    others.addEventListener("click", () => {
      seed += 1;
      show();
    });
    show();
    new Hardest(hardest, digits, desk, choose, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) return;
    dialog.close();
    throw error;
  }
}

/**
 * @param {HTMLElement} body
 * @param {Digits} digits
 * @param {Desk} desk
 * @param {(i: number) => void} choose
 */
function showClasses(body, digits, desk, choose) {
  body.replaceChildren(...someOfEach(digits.labels, C, PER_CLASS, seed).map((places, label) =>
    element("div", { class: "class", role: "group", "aria-label": words.classOf(label) },
      ...places.map((i) => digitButton(digits, i, words.digit(i, label), desk, choose)))));
}

/**
 * @param {Digits} digits
 * @param {number} i
 * @param {string} name
 * @param {Desk} desk
 * @param {(i: number) => void} choose
 */
function digitButton({ pixels }, i, name, desk, choose) {
  const canvas = element("canvas", { class: "picture", role: "img", "aria-label": name });
  new PixelGrid(canvas).show(inked(pixels.subarray(i * P, (i + 1) * P), desk.tints.ink));
  const button = element("button", { type: "button", class: "digit" }, canvas);
  button.addEventListener("click", () => choose(i));
  return button;
}

/** The digits that the model makes least of: looked for on demand, kept for each model. */
class Hardest {
  #digits;
  #desk;
  #choose;
  #closed;
  /** @type {AbortController | undefined} there while it looks */
  #looking;
  #list = element("div", { class: "list" });
  #button = element("button", { type: "button", id: "find-hardest" });
  #progress = element("progress", { "aria-label": words.progress });
  #note = element("p", { class: "about", role: "status", id: "hardest-note" });

  /**
   * @param {HTMLElement} body
   * @param {Digits} digits
   * @param {Desk} desk
   * @param {(i: number) => void} choose
   * @param {AbortSignal} closed
   */
  constructor(body, digits, desk, choose, closed) {
    this.#digits = digits;
    this.#desk = desk;
    this.#choose = choose;
    this.#closed = closed;
    body.append(element("h3", {}, words.hardest), element("p", { class: "about" }, words.about),
      element("div", { class: "line" }, this.#button, this.#progress), this.#note, this.#list);
    this.#button.addEventListener("click", () => (this.#looking ? this.#looking.abort() : void this.#look()));
    closed.addEventListener("abort", () => this.#looking?.abort());
    this.#progress.max = digits.labels.length;
    this.#show();
  }

  get #known() {
    return costs.get(this.#desk.model ? keyOf(this.#desk.model) : "") ?? [];
  }

  #show() {
    const known = this.#known;
    const isWhole = known.length === this.#digits.labels.length;
    this.#button.hidden = isWhole || !this.#desk.model;
    this.#button.textContent = this.#looking ? words.stop : known.length ? words.goOn : words.find;
    this.#progress.hidden = !this.#looking;
    if (!this.#looking) {
      this.#note.textContent = isWhole ? words.median(this.#desk.model?.title ?? "", quantile(known, 0.5)) : known.length ? words.soFar(known.length) : "";
    }
    this.#list.replaceChildren(...largest(known, HARDEST).map((i) => {
      const button = digitButton(this.#digits, i, words.costly(i, this.#digits.labels[i], known[i]), this.#desk, this.#choose);
      button.append(element("span", { "aria-hidden": "true" }, words.nats(known[i])));
      return button;
    }));
  }

  async #look() {
    const looking = this.#looking = new AbortController();
    const { client, model } = this.#desk;
    if (!model) return;
    const known = this.#known;
    costs.set(keyOf(model), known);
    const { labels, pixels } = this.#digits;
    const pace = new Pace(known.length);
    const portion = new Portion();
    this.#show();
    try {
      while (known.length < labels.length && !looking.signal.aborted) {
        const at = known.length;
        const began = performance.now();
        const recon = await client.costs(pixels.slice(at * P, (at + portion.size) * P));
        portion.took(performance.now() - began);
        if (this.#desk.model !== model) throw new Error(words.otherModel); // that one may have answered
        known.push(...recon);
        const { rate, left } = pace.at(known.length, labels.length);
        this.#progress.value = known.length;
        this.#note.textContent = words.reading(known.length, rate, left);
      }
    } catch (error) {
      if (!this.#closed.aborted) this.#desk.fail(error);
    }
    this.#looking = undefined;
    this.#show();
  }
}
