// @ts-check
/** Scene 6: the same noise through three decoders, and how many digits come of it. */

import { seedFrom } from "../../address.js";
import { paletteAt } from "../../palette.js";
import { SIDE } from "../../picture.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { seedField } from "../seed-field.js";
import { digitsAmong } from "./digits-among.js";

/** @typedef {import("./types.js").Sampled} Sampled */

const COUNT = 100;
const COLUMNS = 10;
/** The third decoder's beta, by the names of models/index.json. @type {[string, string][]} */
const BETAS = [["0", "beta-0"], ["0.1", "beta-0.1"], ["0.5", "beta-0.5"], ["4", "beta-4"], ["10", "beta-10"]];
const FIRST = "4";
const SEED = 42;

const text = words.scenes.sampling;

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open({ desk, studio, figure, own, set, tell, lit, fail }) {
  const again = element("button", { type: "button", id: "story-noise" }, text.newNoise);
  const field = seedField("story-samples", words.seed, (seed) => set({ samples: seed === SEED ? undefined : String(seed) }));
  const select = element("select", { id: "story-against" }, ...BETAS.map(([beta]) => element("option", { value: beta }, beta)));
  const accuracy = element("p", { class: "note", id: "story-accuracy", "data-symbol": "judge" });
  const grids = ["ae", "vae", "third"].map((id) => new Grid(id, (i) => point(i)));
  const pointed = element("p", { class: "note", id: "story-pointed" }, "\u00a0");
  figure.append(
    element("div", { class: "buttons story-transport" }, element("span", { "data-symbol": "eps" }, again), field.field, element("label", { class: "field" }, text.betaLabel, " ", select)),
    ...grids.map((grid) => grid.element),
    element("div", { class: "story-transport" }, pointed, accuracy),
  );

  const seed = () => seedFrom(own("samples") ?? null) ?? SEED;
  const beta = () => BETAS.find(([each]) => each === own("against")) ?? /** @type {[string, string]} */ (BETAS.find(([each]) => each === FIRST));
  again.addEventListener("click", () => set({ samples: String((seed() + 1) >>> 0) }));
  select.addEventListener("change", () => set({ against: select.value === FIRST ? undefined : select.value }));

  /** The same noise in all three. @param {number | undefined} i */
  function point(i) {
    for (const grid of grids) grid.mark(i);
    pointed.textContent = i === undefined ? "\u00a0" : [text.sample(i + 1), ...grids.map((grid) => grid.read(i))].join(" · ");
  }

  /** Of which noise, decoders and colours the grids are. */
  let shown = "";

  async function sample() {
    const [number, name] = beta();
    const colour = desk.tints.xHat;
    const wanted = [seed(), name, colour].join();
    if (wanted === shown) return;
    const names = ["ae", "vae", name];
    const titles = [text.names.ae, text.names.vae, text.beta(number)];
    const [[entry]] = await Promise.all([Promise.all(names.map((each) => studio.model(each))), studio.judge()]);
    const samples = await Promise.all(names.map((model) => studio.sample({ model, seed: seed(), count: COUNT, colour })));
    grids.forEach((grid, i) => grid.show(titles[i], samples[i]));
    shown = wanted;
    accuracy.textContent = text.accuracy(entry.metrics?.judge?.reference.accuracy ?? NaN);
    tell({ "x-hat": text.size(COUNT), eps: `${words.seed} ${seed()}`, judge: grids.map(({ count }) => count).join(" | ") });
    point(undefined);
    lit();
  }

  return {
    show() {
      field.show(seed());
      select.value = beta()[0];
      desk.counted(studio.newest("sampling", sample)).catch(fail);
    },
  };
}

/** A hundred samples of one decoder; those that read as no digit are paler. */
class Grid {
  element;
  count = 0;
  #canvas;
  #ctx;
  #title = element("h3", {});
  #count = element("output", {});
  #mark = element("span", { class: "story-mark", hidden: true });
  /** @type {Sampled | undefined} */
  #samples;

  /** @param {string} id @param {(i: number | undefined) => void} onPoint */
  constructor(id, onPoint) {
    this.#canvas = element("canvas", { class: "story-grid", id: `story-grid-${id}`, role: "img", "data-symbol": "x-hat", width: COLUMNS * SIDE, height: (COUNT / COLUMNS) * SIDE });
    this.#ctx = /** @type {CanvasRenderingContext2D} */ (this.#canvas.getContext("2d", { willReadFrequently: true }));
    this.element = element("section", { class: "story-samples" }, this.#title,
      element("div", { class: "story-held" }, this.#canvas, this.#mark), element("p", { "data-symbol": "judge" }, this.#count));
    this.#canvas.addEventListener("pointermove", ({ offsetX, offsetY }) => {
      const cell = this.#canvas.clientWidth / COLUMNS;
      const [x, y] = [offsetX, offsetY].map((at) => Math.min(COLUMNS - 1, Math.max(0, Math.floor(at / cell))));
      onPoint(y * COLUMNS + x);
    });
    this.#canvas.addEventListener("pointerleave", () => onPoint(undefined));
  }

  /** @param {string} title @param {Sampled} samples */
  show(title, samples) {
    this.#samples = samples;
    const isDigit = digitsAmong(samples);
    this.count = isDigit.filter(Boolean).length;
    this.#title.textContent = title;
    this.#count.textContent = text.count(this.count);
    this.#count.dataset.value = String(this.count);
    this.#canvas.setAttribute("aria-label", text.grid(title, this.count));
    const { sheet } = paletteAt(this.#canvas);
    this.#ctx.clearRect(0, 0, this.#canvas.width, this.#canvas.height);
    samples.pictures.forEach((rgba, i) => {
      const [x, y] = [(i % COLUMNS) * SIDE, Math.floor(i / COLUMNS) * SIDE];
      this.#ctx.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), SIDE, SIDE), x, y);
      if (isDigit[i]) return;
      Object.assign(this.#ctx, { fillStyle: sheet, globalAlpha: 0.65 });
      this.#ctx.fillRect(x, y, SIDE, SIDE);
      this.#ctx.globalAlpha = 1;
    });
  }

  /** @param {number | undefined} i */
  mark(i) {
    this.#mark.hidden = i === undefined;
    if (i === undefined) return;
    const cell = this.#canvas.clientWidth / COLUMNS;
    Object.assign(this.#mark.style, { width: `${cell}px`, height: `${cell}px`, left: `${(i % COLUMNS) * cell}px`, top: `${Math.floor(i / COLUMNS) * cell}px` });
  }

  /** @param {number} i */
  read(i) {
    const verdict = this.#samples?.reads[i];
    return verdict ? text.read(this.#title.textContent ?? "", verdict.digit, verdict.share) : "";
  }
}
