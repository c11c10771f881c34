// @ts-check
import { P } from "../../picture.js";
import { chooseTier } from "../../tier.js";
import { words } from "../../words/rooms/codes.js";
import { element } from "../dom.js";
import { loadData } from "../train/data.js";
import { named } from "../worker-client.js";
import { CodesClient } from "./client.js";

/** @typedef {import("./types.js").Progress} Progress */

const EPOCHS = 3;
const SEED = 1;
/** Small batches: who watches sees a step several times a second, and a codebook settles in few images. */
const HOW = { batch: 32, warm_up: 50 };
/** Held-out digits that a run is measured on: a tenth of a second of a slow browser. */
const HELD_OUT = 100;
/** The curve's own units. */
const [WIDE, HIGH] = [300, 90];

/** A codebook that learns while one watches: from 10,000 digits, in a worker of its own. */
export class Lesson {
  element;
  #button = element("button", { type: "button", id: "codes-train" }, words.train);
  #shipped = element("button", { type: "button", id: "codes-shipped", hidden: true }, words.shipped);
  #said = element("p", { class: "note", id: "codes-train-said", role: "status" });
  #curve = element("div", { class: "codes-curve", id: "codes-perplexity", role: "img", "aria-label": words.perplexity });
  #line = document.createElementNS("http://www.w3.org/2000/svg", "polyline");
  /** @type {CodesClient | undefined} */
  #client;
  /** @type {Progress[]} */
  #past = [];
  #abort = new AbortController();
  #isRunning = false;
  #desk;
  #record;
  #onModel;

  /**
   * @param {import("../../types.js").Desk} desk
   * @param {() => string} record  of the model whose config is learned
   * @param {{ onModel: (weights: ArrayBuffer, maps: Uint8Array) => void, onShipped: () => void }} listeners
   */
  constructor(desk, record, { onModel, onShipped }) {
    this.#desk = desk;
    this.#record = record;
    this.#onModel = onModel;
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.append(this.#line);
    this.#curve.append(svg);
    this.element = element("section", { class: "codes-lesson" },
      element("h3", {}, words.trainTitle), element("p", { class: "note" }, words.trainNote),
      element("div", { class: "buttons" }, this.#button, this.#shipped), this.#curve, this.#said);
    this.#shipped.addEventListener("click", () => {
      void this.#stop();
      this.#shipped.hidden = true;
      onShipped();
    });
    this.#button.addEventListener("click", () => void (this.#isRunning ? this.#stop() : this.#begin()));
  }

  async #begin() {
    this.#running(true);
    this.#past = [];
    this.#abort = new AbortController();
    this.#line.setAttribute("points", "");
    this.#said.textContent = words.fetching;
    try {
      const { train, heldOut } = await loadData("10000", () => {}, this.#abort.signal);
      const { config: model, training } = JSON.parse(this.#record());
      delete model.latent.codebook.prior;
      this.#client ??= new CodesClient((error) => this.#fail(error), ({ progress, failed }) => {
        if (progress) this.#take(progress);
        if (failed) this.#fail(named(failed));
      });
      await this.#client.start(chooseTier(this.#desk.view.tier));
      await this.#client.train({
        config: JSON.stringify({ model, training: { ...training.config, ...HOW } }), seed: SEED, epochs: EPOCHS,
        images: train.images, bits: train.bits, labels: train.labels, heldOut: heldOut.images.slice(0, HELD_OUT * P),
      });
    } catch (error) {
      this.#running(false);
      if (!this.#abort.signal.aborted) this.#desk.fail(error);
    }
  }

  async #stop() {
    this.#abort.abort();
    await this.#client?.stop();
    this.#running(false);
  }

  /** @param {boolean} isRunning */
  #running(isRunning) {
    this.#isRunning = isRunning;
    this.#button.textContent = isRunning ? words.stop : words.train;
  }

  /** @param {Error} error */
  #fail(error) {
    this.#running(false);
    this.#desk.fail(error);
  }

  /** @param {Progress} progress */
  #take(progress) {
    if (!this.#isRunning) return;
    this.#past.push(progress);
    const { step, total, usage, perplexity, error, maps, weights } = progress;
    const count = JSON.parse(this.#record()).config.latent.codebook.codes;
    const points = this.#past.map((each) => `${(WIDE * each.step) / total},${HIGH * (1 - each.perplexity / count)}`);
    this.#line.setAttribute("points", points.join(" "));
    this.#curve.setAttribute("aria-label", words.perplexityIs(perplexity));
    this.#curve.dataset.step = String(step);
    this.#said.textContent = words.stands({ step, total, usage, perplexity, error });
    this.#shipped.hidden = false;
    this.#onModel(weights, maps);
    if (step >= total) this.#running(false);
  }
}
