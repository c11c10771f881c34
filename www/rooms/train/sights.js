// @ts-check
/** What a run has come to, live: its cost, what each dimension says, what it makes of images, what it draws by itself. */

import { PixelGrid } from "../../parts/pixel-grid.js";
import { inked, P } from "../../picture.js";
import { words } from "../../words/rooms/train.en.js";
import { element } from "../dom.js";
import { Curve } from "./curve.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("../../types.js").Desk} Desk */

const SHOWN = 12;
const SAMPLES = 24;
const SAMPLE_SEED = 42;
/** A batch in so many is a point of the curve. */
const THIN = 4;
/** A dimension that says less is not in use. */
const ACTIVE_NATS = 0.01;

export class Sights {
  /** @type {Uint8ClampedArray[]} of the prior */
  samples = [];
  #desk;
  #measured = element("p", { class: "train-measured", id: "train-measured" });
  #active = element("p", { class: "note" });
  #bars = element("div", { class: "train-bars", "aria-hidden": "true" });
  #canvas = element("canvas", { class: "train-curve", id: "train-curve", role: "img", "aria-label": words.curve });
  #truth = tiles(SHOWN, () => words.heldOut);
  #recon = tiles(SHOWN, () => words.heldOut);
  #drawn = tiles(SAMPLES, words.saidSample);
  #pictures = element("div", { id: "train-pictures" });
  #curve;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#curve = new Curve(this.#canvas, words);
  }

  get elements() {
    const row = (/** @type {{ canvas: HTMLCanvasElement }[]} */ some, id = "") =>
      element("div", { class: "train-tiles", ...(id && { id }) }, ...some.map(({ canvas }) => canvas));
    this.#pictures.append(
      element("h3", {}, words.heldOut), row(this.#truth), row(this.#recon, "train-held-out"),
      element("h3", {}, words.samples), row(this.#drawn.slice(0, SHOWN)), row(this.#drawn.slice(SHOWN), "train-samples"));
    return [
      element("div", { class: "train-figures" },
        element("section", {}, element("h3", {}, words.curve), this.#canvas, this.#measured),
        element("section", {}, element("h3", {}, words.kl), this.#bars, this.#active)),
      this.#pictures,
    ];
  }

  /**
   * What needs no pictures; cheap enough for every slice of steps.
   * @param {Run | undefined} run
   */
  show(run) {
    const total = (/** @type {import("./run.js").Cost} */ { step, recon, kl }) => ({ step, nats: recon + kl });
    const batches = run?.batches.filter(({ step }) => step % THIN === 1).map(total) ?? [];
    this.#curve.show(batches, run?.measures.map(total) ?? [], run?.totalSteps ?? 1);
    const last = run?.measures.at(-1);
    this.#measured.textContent = run && last ? words.measured(last.recon, last.kl, !Number.isNaN(run.settings.beta)) : "";
    this.#paintBars(last?.klPerDim ?? new Float64Array());
    if (!run) this.samples = [];
  }

  /**
   * What the page's model, which is the run's, makes of held-out images and of noise that stays the same.
   * @param {Run} run
   * @param {number} step  after which they are made
   */
  async showPictures({ data: { heldOut }, settings: { latent } }, step) {
    const { client, counted, tints } = this.#desk;
    const { mu } = await counted(client.encode(heldOut.images.slice(0, SHOWN * P)));
    const eps = await counted(client.eps(SAMPLE_SEED, SAMPLES, latent));
    const answer = await counted(client.decode("train", { z: Float32Array.of(...mu, ...eps), colour: tints.xHat }));
    if (!answer) return;
    this.samples = answer.pictures.slice(SHOWN);
    this.#truth.forEach(({ grid }, i) => {
      grid.show(inked(heldOut.images.subarray(i * P, (i + 1) * P), tints.ink));
      grid.describe(words.saidTrue(heldOut.labels[i]));
    });
    this.#recon.forEach(({ grid }, i) => {
      grid.show(answer.pictures[i]);
      grid.describe(words.saidRecon(heldOut.labels[i]));
    });
    this.#drawn.forEach(({ grid }, i) => grid.show(this.samples[i]));
    this.#pictures.dataset.step = String(step);
  }

  /** @param {Float64Array} klPerDim */
  #paintBars(klPerDim) {
    const sorted = [...klPerDim].sort((a, b) => b - a);
    const most = Math.max(2, sorted[0] ?? 0);
    while (this.#bars.childElementCount > sorted.length) this.#bars.lastElementChild?.remove();
    while (this.#bars.childElementCount < sorted.length) this.#bars.append(element("i"));
    sorted.forEach((nats, d) => {
      const bar = /** @type {HTMLElement} */ (this.#bars.children[d]);
      bar.style.height = `${Math.max(1, (nats / most) * 100)}%`;
      bar.classList.toggle("is-idle", nats < ACTIVE_NATS);
    });
    this.#active.textContent = sorted.length ? words.active(sorted.filter((nats) => nats >= ACTIVE_NATS).length, sorted.length) : "";
  }
}

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
