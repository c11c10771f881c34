// @ts-check
import { seedFrom } from "../../address.js";
import { paletteAt } from "../../palette.js";
import { words } from "../../words/rooms/codes.js";
import { element } from "../dom.js";
import { seedField } from "../seed-field.js";
import { colourOf } from "./colours.js";
import { paint } from "./paint.js";

/** @typedef {import("./types.js").Book} Book */

const HOTTEST = 1.5;
const DIGITS = 10;

/** A number that does not count up as seeds do (Knuth's multiplicative hash). @param {number} seed */
const mixed = (seed) => Math.imul(seed + 1, 2654435761) >>> 16;

/** The prior at work: it writes a map code by code, or the lower half of the drawing's. */
export class Writing {
  element;
  #desk;
  #client;
  #tiles = element("div", { class: "codes-mosaic is-small", id: "codes-written-map", role: "img", "aria-label": words.writtenMap });
  #canvas = element("canvas", { class: "picture", id: "codes-written", role: "img", "aria-label": words.written });
  #temperature = element("input", { type: "range", id: "codes-temperature", min: 0, max: HOTTEST, step: 0.05 });
  #times = element("output", { for: "codes-temperature" });
  #top = element("select", { id: "codes-top" });
  #digit = element("select", { id: "codes-digit" });
  #half = element("input", { type: "checkbox", role: "switch", id: "codes-half" });
  #again = element("button", { type: "button", id: "codes-write" }, words.write);
  #said = element("p", { class: "note", id: "codes-write-said", role: "status" });
  #seed;
  /** @type {Book | undefined} */
  #book;
  /** What the codes that are shown answer. */
  #asked = "";
  /** Which writing goes on: another one ends it. */
  #turn = 0;

  /**
   * @param {import("../../types.js").Desk} desk
   * @param {import("./client.js").CodesClient} client
   */
  constructor(desk, client) {
    this.#desk = desk;
    this.#client = client;
    this.#seed = seedField("codes-seed", words.seed, (seed) => desk.set({ seed: seed === 0 ? undefined : String(seed) }));
    this.#top.append(...[0, 1, 2, 3, 5, 8, 16].map((top) => element("option", { value: top }, words.top(top))));
    this.#digit.append(element("option", { value: "" }, words.anyDigit), ...Array.from({ length: DIGITS }, (_, digit) => element("option", { value: digit }, String(digit))));
    const field = (/** @type {HTMLElement} */ input, /** @type {string} */ label) => element("label", { class: "field" }, label, " ", input);
    this.element = element("section", { class: "codes-writing" },
      element("h3", {}, words.writeTitle),
      element("p", { class: "note" }, words.writeNote),
      element("div", { class: "codes-pair" }, this.#tiles, this.#canvas,
        element("div", { class: "codes-set" },
          element("div", { class: "buttons" }, this.#again, this.#seed.field),
          element("div", { class: "codes-heat" }, element("label", { for: "codes-temperature" }, words.temperature), this.#temperature, this.#times),
          element("div", { class: "buttons" }, field(this.#top, words.among), field(this.#digit, words.digit)),
          element("label", { class: "switch" }, this.#half, " ", words.half),
          this.#said)));
    const setTemperature = (/** @type {boolean} */ isPassing) => desk.set({ t: this.#temperature.value === "1" ? undefined : this.#temperature.value }, isPassing);
    this.#temperature.addEventListener("input", () => setTemperature(true));
    this.#temperature.addEventListener("change", () => setTemperature(false));
    this.#top.addEventListener("change", () => desk.set({ top: this.#top.value === "0" ? undefined : this.#top.value }));
    this.#digit.addEventListener("change", () => desk.set({ digit: this.#digit.value || undefined }));
    this.#half.addEventListener("change", () => desk.set({ half: this.#half.checked ? "1" : undefined }));
    this.#again.addEventListener("click", () => desk.set({ seed: String((this.#settings().seed + 1) >>> 0) }));
  }

  /** Another model: what is written is not its. @param {Book} book */
  begin(book) {
    this.#book = book;
    this.#asked = "";
    this.#turn += 1;
    this.#tiles.style.setProperty("--columns", String(book.columns));
    this.#tiles.replaceChildren(...Array.from({ length: book.rows * book.columns }, () => element("i", {})));
    this.element.toggleAttribute("hidden", book.classes < 0);
    this.#digit.disabled = book.classes < DIGITS;
  }

  #settings() {
    const { own } = this.#desk.view;
    const t = Number(own["codes.t"] ?? 1);
    const digit = /^\d$/.test(own["codes.digit"] ?? "") ? Number(own["codes.digit"]) : undefined;
    return {
      seed: seedFrom(own["codes.seed"] ?? null) ?? 0,
      temperature: Number.isFinite(t) ? Math.min(HOTTEST, Math.max(0, t)) : 1,
      top: Math.min(16, seedFrom(own["codes.top"] ?? null) ?? 0),
      digit,
      isHalf: own["codes.half"] === "1",
    };
  }

  /** @param {Uint8Array} drawn  the drawing's codes */
  async show(drawn) {
    const book = this.#book;
    if (!book || book.classes < 0) return;
    const { seed, temperature, top, digit, isHalf } = this.#settings();
    this.#seed.show(seed);
    this.#temperature.value = String(temperature);
    this.#times.textContent = words.times(temperature);
    this.#top.value = String(top);
    this.#digit.value = digit === undefined ? "" : String(digit);
    this.#half.checked = isHalf;
    const given = isHalf ? drawn.slice(0, book.half) : new Uint8Array();
    // A half is a digit already. Else one is drawn first, all as probable, since the prior writes better when it is told which.
    const told = isHalf || book.classes < DIGITS ? digit : digit ?? mixed(seed) % DIGITS;
    const asked = { seed, temperature, top, digit: told, given };
    const question = JSON.stringify([asked, ...given]);
    if (question === this.#asked) return;
    this.#asked = question;
    const turn = ++this.#turn;
    const { codes, ms } = await this.#desk.counted(this.#client.write(asked));
    if (turn === this.#turn) await this.#play(codes, given.length, ms, turn);
  }

  /**
   * Shows the codes one after another, a frame for each; at once where less motion is wanted.
   * @param {Uint8Array} codes
   * @param {number} given
   * @param {number} ms
   * @param {number} turn
   */
  async #play(codes, given, ms, turn) {
    const book = /** @type {Book} */ (this.#book);
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const ink = paletteAt(this.element)["x-hat"];
    for (let count = isStill ? codes.length : given + 1; count <= codes.length; count += 1) {
      const partial = codes.map((code, i) => (i < count ? code : book.blank));
      const means = await this.#desk.counted(this.#client.decode(partial));
      if (turn !== this.#turn) return;
      Array.from(this.#tiles.children).forEach((tile, i) => {
        const isWritten = i < count;
        /** @type {HTMLElement} */ (tile).style.setProperty("--code", isWritten ? colourOf(book, codes[i]) : "transparent");
        tile.classList.toggle("is-given", i < given);
        tile.classList.toggle("is-blank", isWritten && codes[i] === book.blank);
      });
      paint(this.#canvas, means, ink);
      if (count < codes.length) await new Promise((done) => requestAnimationFrame(done));
    }
    const nats = await this.#desk.counted(this.#client.cost(codes));
    if (turn === this.#turn) this.#said.textContent = words.wrote(codes.length - given, ms, nats / Math.LN2);
  }
}
