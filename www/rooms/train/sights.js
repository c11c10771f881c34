// @ts-check
/** What a run has come to, live or at a checkpoint: its cost, what each dimension says, what it makes of images, what it draws by itself. */

import { PixelGrid } from "../../parts/pixel-grid.js";
import { inked, P } from "../../picture.js";
import { fixed } from "../../words/numbers.js";
import { words } from "../../words/rooms/train.js";
import { element } from "../dom.js";
import { ACTIVE_NATS, Bars } from "./bars.js";
import { Curve } from "./curve.js";
import { Darkroom, SAMPLES, SHOWN } from "./darkroom.js";
import { FilmButton } from "./film-button.js";
import { Scrub } from "./scrub.js";
import { SmallCurve } from "./small-curve.js";
import { Unfolding } from "./unfolding.js";
import { yardsticksOf } from "./yardsticks.js";

/** @typedef {import("./darkroom.js").Pictures} Pictures */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("../../types.js").Desk} Desk */

/** Curves and bars are drawn anew this often at most: more no eye can follow, and drawing has the main thread to itself. ms */
const DRAW_MS = 100;
/** Images side by side: a phone has room for as many. */
const ROW = 6;

export class Sights {
  /** The checkpoint that is shown; undefined = the run as it is now. @type {Snapshot | undefined} */
  chosen;
  /** @type {Run | undefined} */
  #run;
  #desk;
  #darkroom;
  #onChoose;
  #measured = element("p", { class: "train-measured", id: "train-measured" });
  #active = element("p", { class: "note" });
  #bars = new Bars(words.saidBars);
  #curve;
  #kl = new SmallCurve("train-kl", words.klCurve, { line: { name: "kl", colour: "muted" } });
  #norm = new SmallCurve("train-norm", words.norm, { line: { name: "norm", colour: "muted", width: 1 }, isLog: true });
  #scrub;
  #film;
  #unfolding = new Unfolding(words);
  #truth = tiles(SHOWN, () => words.heldOut);
  #recon = tiles(SHOWN, () => words.heldOut);
  #drawn = tiles(SAMPLES, words.saidSample);
  #pictures = element("div", { id: "train-pictures" });
  #body = element("div", { class: "train-sights" });
  /** @type {Pictures | undefined} those that are shown */
  #shown;
  #drawnAt = 0;
  #timer = 0;

  /**
   * @param {Desk} desk
   * @param {object} callbacks
   * @param {() => void} callbacks.onChoose  another checkpoint is to be seen, or the run as it is now
   * @param {(run: Run, snapshot: Snapshot) => Promise<void>} callbacks.visit  shows a checkpoint, so that its pictures are there
   */
  constructor(desk, { onChoose, visit }) {
    this.#desk = desk;
    this.#onChoose = onChoose;
    this.#darkroom = new Darkroom(desk);
    this.#curve = new Curve(words, { onChoose: (step) => this.#scrub.choose(step), onSwitch: (lines) => desk.set({ lines }) });
    this.#scrub = new Scrub(words, (chosen) => this.choose(chosen));
    this.#film = new FilmButton(words, {
      fail: (error) => desk.fail(error),
      develop: async (run, snapshot) => {
        if (!this.#darkroom.of(snapshot)) await visit(run, snapshot);
        return this.#darkroom.of(snapshot);
      },
    });
    Promise.all([this.#curve, this.#kl, this.#norm].map((each) => each.begin())).then(() => this.#draw(), (error) => desk.fail(error));
  }

  get elements() {
    this.#scrub.element.append(this.#film.element);
    this.#pictures.append(
      element("section", { id: "train-samples" }, element("h3", {}, words.samples), ...rowsOf(this.#drawn)),
      element("section", { id: "train-held-out" }, element("h3", {}, words.heldOut),
        ...rowsOf([0, ROW].flatMap((from) => [this.#truth, this.#recon].flatMap((each) => each.slice(from, from + ROW))))));
    this.#body.append(
      element("section", { class: "train-cost" }, element("h3", {}, words.curve), this.#measured, this.#curve.keys, this.#curve.element,
        this.#scrub.element),
      element("section", { class: "train-small" },
        element("section", {}, element("h3", {}, words.kl), this.#bars.element, this.#active), this.#kl.element, this.#norm.element),
      this.#unfolding.element, this.#pictures);
    return [this.#body];
  }

  /** Of the prior, as they are shown. @returns {Uint8ClampedArray[]} */
  get samples() {
    const { samples } = this.#shown ?? {};
    return samples ? this.#drawn.map((_, i) => inked(samples.subarray(i * P, (i + 1) * P), this.#desk.tints.xHat)) : [];
  }

  /**
   * Shows a checkpoint: its pictures at once where there are any, and its model as soon as the room has made it the page's.
   * @param {Snapshot | undefined} chosen
   */
  choose(chosen) {
    if (chosen === this.chosen) return;
    this.chosen = chosen;
    const snapshot = chosen ?? this.#run?.latest;
    const pictures = snapshot && this.#darkroom.of(snapshot);
    if (this.#run && pictures) this.#paint(this.#run, pictures, snapshot.step);
    this.#draw();
    this.#onChoose();
  }

  /**
   * What needs no pictures.
   * @param {Run | undefined} run
   */
  show(run) {
    if (run !== this.#run) this.chosen = this.#shown = undefined;
    this.#run = run;
    if (this.#timer) return;
    const wait = this.#drawnAt + DRAW_MS - performance.now();
    if (wait <= 0) this.#draw();
    else this.#timer = window.setTimeout(() => this.#draw(), wait);
  }

  /**
   * What the page's model, which is the snapshot's by now, makes of held-out images and of noise that stays the same.
   * @param {Run} run
   * @param {Snapshot} snapshot
   */
  async showPictures(run, snapshot) {
    const pictures = await this.#darkroom.develop(run, snapshot);
    if (pictures && snapshot === (this.chosen ?? run.latest)) this.#paint(run, pictures, snapshot.step);
  }

  #draw() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#drawnAt = performance.now();
    const run = this.#run;
    const measure = this.chosen ? { ...this.chosen.measured, step: this.chosen.step } : run?.measures.at(-1);
    const step = this.chosen?.step;
    const yardsticks = run ? yardsticksOf(run) : [];
    this.#curve.show(run, { yardsticks, lines: this.#desk.view.own["train.lines"], measure, chosen: step });
    this.#scrub.show(run, this.chosen);
    this.#film.show(run);
    const last = run?.totalSteps ?? 1;
    this.#kl.show(run?.measures.map((each) => ({ step: each.step, value: each.kl })) ?? [], last, step, (kl) => fixed(kl, 1));
    this.#norm.show(run?.batches.map((each) => ({ step: each.step, value: each.norm })) ?? [], last, step, (norm) => fixed(norm, norm < 10 ? 1 : 0));
    this.#measured.textContent = run && measure ? words.measured(measure.recon, measure.kl, !Number.isNaN(run.settings.beta)) : "";
    this.#bars.show(measure?.klPerDim ?? []);
    const sizes = [...measure?.klPerDim ?? []];
    this.#active.textContent = sizes.length ? words.active(sizes.filter((nats) => nats >= ACTIVE_NATS).length, sizes.length) : "";
  }

  /**
   * @param {Run} run
   * @param {Pictures} pictures
   * @param {number} step
   */
  #paint({ data }, pictures, step) {
    this.#shown = pictures;
    const { heldOut, hasLabels, classes } = data;
    const { tints, reading } = this.#desk;
    const imageOf = (/** @type {Uint8Array} */ images, /** @type {number} */ i) => images.subarray(i * P, (i + 1) * P);
    const nameOf = (/** @type {number} */ label) => (hasLabels ? classes?.[label] ?? String(label) : words.image);
    this.#truth.forEach(({ canvas, grid }, i) => {
      canvas.hidden = this.#recon[i].canvas.hidden = i >= heldOut.labels.length; // a person's own may be fewer
      if (canvas.hidden) return;
      grid.show(inked(imageOf(heldOut.images, i), tints.ink));
      grid.describe(words.saidTrue(nameOf(heldOut.labels[i])));
      this.#recon[i].grid.show(inked(imageOf(pictures.heldOut, i), tints.xHat));
      this.#recon[i].grid.describe(words.saidRecon(nameOf(heldOut.labels[i])));
    });
    this.#drawn.forEach(({ grid }, i) => grid.show(inked(imageOf(pictures.samples, i), tints.xHat)));
    this.#unfolding.show(pictures, data, reading?.isEmpty ? undefined : reading?.mu, tints.xHat);
    this.#body.classList.toggle("has-plane", !this.#unfolding.element.hidden);
    this.#pictures.dataset.step = String(step);
  }
}

/** @param {{ canvas: HTMLCanvasElement }[]} tiles */
const rowsOf = (tiles) => Array.from({ length: tiles.length / ROW }, (_, i) =>
  element("div", { class: "train-tiles" }, ...tiles.slice(i * ROW, (i + 1) * ROW).map(({ canvas }) => canvas)));

/**
 * @param {number} count
 * @param {(i: number) => string} nameOf
 */
function tiles(count, nameOf) {
  return Array.from({ length: count }, (_, i) => {
    const canvas = element("canvas", { class: "picture", role: "img", "aria-label": nameOf(i) });
    return { canvas, grid: new PixelGrid(canvas) };
  });
}
