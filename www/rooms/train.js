// @ts-check
/**
 * Training in the page: a worker takes the steps, this room shows what they do. The model in training is the page's model,
 * so the drawing beside it is reconstructed by it as it is now.
 */

import { OWN, seedFrom } from "../address.js";
import { PixelGrid } from "../parts/pixel-grid.js";
import { P, inked } from "../picture.js";
import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/train.en.js";
import { fetchDigits } from "./digits.js";
import { element } from "./dom.js";
import { Curve } from "./train/curve.js";
import { configOf, PRESETS } from "./train/presets.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./train/types.js").Begun} Begun */
/** @typedef {import("./train/types.js").Failed} Failed */
/** @typedef {import("./train/types.js").Images} Images */
/** @typedef {import("./train/types.js").Snapshot} Snapshot */
/** @typedef {import("./train/types.js").Steps} Steps */
/** @typedef {import("./train/curve.js").Point} Point */

const PARTS = 6;
const PER_PART = 10_000;
/** Every so many of the test digits are held out, so that all hands are among them. */
const EVERY = 20;
const SHOWN = 12;
const SAMPLES = 24;
const SAMPLE_SEED = 42;
/** Epochs by the number of images: about as many steps, and half a minute on a laptop. */
const EPOCHS = { [PER_PART]: 40, [PARTS * PER_PART]: 8 };
/** A new picture this often: a film, and most of the time is left for training. */
const SHOW_MS = 500;
/** A batch in so many is a point of the curve. */
const THIN = 4;
/** A dimension that says less is not in use. */
const ACTIVE_NATS = 0.01;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const room = new TrainRoom(body, desk);
  return {
    show: () => room.show(),
    picture: () => ({ name: "train-samples", pictures: room.samples, side: 28, columns: 12 }),
  };
}

class TrainRoom {
  #desk;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Images | undefined} */
  #heldOut;
  /** What runs: undefined before the first run, and after Start over. */
  #isPlaying = false;
  #isOver = false;
  /** @type {AbortController | undefined} of the fetch under way */
  #fetching;
  /** @type {Point[]} */
  #batches = [];
  /** @type {Point[]} */
  #measures = [];
  #begun = { stepsPerEpoch: 1, totalSteps: 1 };
  #step = 0;
  /** What the worker was told last. @type {{ run?: { preset: import("./train/presets.js").Preset, images: number, seed: number }, rate: number, beta: number }} */
  #told = { rate: 0, beta: 0 };
  #shownAt = 0;
  /** @type {Uint8ClampedArray[]} */
  samples = [];

  #play = element("button", { type: "button", id: "train-play" }, words.play);
  #one = element("button", { type: "button", id: "train-step" }, words.step);
  #reset = element("button", { type: "button", id: "train-reset" }, words.reset);
  #preset = element("select", { id: "train-preset" }, ...PRESETS.map(({ name }) => new Option(words.presets[/** @type {keyof typeof words.presets} */ (name)], name)));
  #data = element("select", { id: "train-data" }, new Option(words.tenThousand, "10000"), new Option(words.sixtyThousand, "60000"));
  #seed = element("input", { type: "text", id: "train-seed", inputmode: "numeric", autocomplete: "off", maxlength: 10 });
  #rate = element("input", { type: "range", id: "train-rate", min: -4, max: -2, step: 0.1 });
  #rateText = element("output", { for: "train-rate" });
  #beta = element("input", { type: "range", id: "train-beta", min: 0, max: 10, step: 0.1 });
  #betaText = element("output", { for: "train-beta" });
  #progress = element("p", { class: "train-progress", id: "train-progress", role: "status" }, words.untrained);
  #measured = element("p", { class: "train-measured", id: "train-measured" });
  #active = element("p", { class: "note" });
  #curve;
  /** @type {PixelGrid[]} */
  #trueGrids;
  /** @type {PixelGrid[]} */
  #reconGrids;
  /** @type {PixelGrid[]} */
  #sampleGrids;
  #bars = element("div", { class: "train-bars", "aria-hidden": "true" });

  /**
   * @param {HTMLElement} body
   * @param {Desk} desk
   */
  constructor(body, desk) {
    this.#desk = desk;
    const canvas = element("canvas", { class: "train-curve", id: "train-curve", role: "img", "aria-label": words.curve });
    const tiles = (/** @type {number} */ count, /** @type {(i: number) => string} */ nameOf) =>
      Array.from({ length: count }, (_, i) => element("canvas", { class: "picture", role: "img", "aria-label": nameOf(i) }));
    const [truth, recon, samples] = [tiles(SHOWN, () => words.heldOut), tiles(SHOWN, () => words.heldOut), tiles(SAMPLES, words.saidSample)];
    body.append(
      element("h2", {}, words.title),
      element("p", { class: "lead" }, words.lead),
      element("div", { class: "buttons train-transport" }, this.#play, this.#one, this.#reset,
        element("label", { class: "field" }, words.preset, " ", this.#preset),
        element("label", { class: "field" }, words.data, " ", this.#data),
        element("label", { class: "field seed" }, words.seed, " ", this.#seed)),
      element("div", { class: "buttons train-live" },
        element("label", { class: "field", for: "train-rate" }, words.rate), this.#rate, this.#rateText,
        element("label", { class: "field", for: "train-beta" }, words.beta), this.#beta, this.#betaText),
      this.#progress,
      element("div", { class: "train-figures" },
        element("section", {}, element("h3", {}, words.curve), canvas, this.#measured),
        element("section", {}, element("h3", {}, words.kl), this.#bars, this.#active)),
      element("h3", {}, words.heldOut),
      element("div", { class: "train-tiles" }, ...truth),
      element("div", { class: "train-tiles", id: "train-held-out" }, ...recon),
      element("h3", {}, words.samples),
      element("div", { class: "train-tiles" }, ...samples.slice(0, SHOWN)),
      element("div", { class: "train-tiles", id: "train-samples" }, ...samples.slice(SHOWN)),
    );
    this.#curve = new Curve(canvas, words);
    [this.#trueGrids, this.#reconGrids, this.#sampleGrids] = [truth, recon, samples].map((all) => all.map((one) => new PixelGrid(one)));
    this.#play.addEventListener("click", () => void this.#toggle());
    this.#one.addEventListener("click", () => void this.#takeStep());
    this.#reset.addEventListener("click", () => this.#startOver());
    this.#preset.addEventListener("change", () => desk.set({ net: this.#preset.value === PRESETS[0].name ? undefined : this.#preset.value, beta: undefined, rate: undefined }));
    this.#data.addEventListener("change", () => desk.set({ data: this.#data.value === "60000" ? "60000" : undefined }));
    this.#seed.addEventListener("change", () => {
      const seed = seedFrom(this.#seed.value);
      this.#seed.toggleAttribute("aria-invalid", seed === undefined);
      if (seed !== undefined) desk.set({ seed: seed === 0 ? undefined : String(seed) });
    });
    for (const [input, name] of /** @type {[HTMLInputElement, string][]} */ ([[this.#rate, "rate"], [this.#beta, "beta"]])) {
      input.addEventListener("input", () => this.#turn(name, input.value, true));
      input.addEventListener("change", () => this.#turn(name, input.value, false));
    }
  }

  show() {
    const { preset, images, seed, rate, beta } = this.#settings();
    this.#preset.value = preset.name;
    this.#data.value = String(images);
    if (document.activeElement !== this.#seed) this.#seed.value = String(seed);
    this.#rate.value = String(Math.log10(rate));
    this.#rateText.textContent = rate.toPrecision(2);
    this.#beta.disabled = Number.isNaN(beta);
    this.#beta.max = String(Math.max(10, preset.beta || 0));
    this.#beta.value = String(beta || 0);
    this.#betaText.textContent = Number.isNaN(beta) ? "\u2013" : String(beta);
    this.#play.textContent = this.#isPlaying ? words.pause : this.#worker ? words.goOn : words.play;
    this.#play.disabled = this.#isOver;
    this.#one.disabled = this.#isOver;
    this.#reset.disabled = !this.#worker;
    this.#curve.repaint();
    if (!this.#worker) return;
    // However it came to change, by a control, by undo or by another address: a run goes on with another rate or beta, and
    // ends with another anything.
    const { run } = this.#told;
    if (preset !== run?.preset || images !== run.images || seed !== run.seed) {
      this.#startOver();
      return;
    }
    if (rate !== this.#told.rate) this.#tell({ action: "set", learningRate: rate });
    if (!Object.is(beta, this.#told.beta)) this.#tell({ action: "set", beta });
    this.#told = { run, rate, beta };
  }

  #settings() {
    const own = this.#desk.view.own;
    const preset = PRESETS.find(({ name }) => name === own["train.net"]) ?? PRESETS[0];
    const number = (/** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most, /** @type {number} */ otherwise) => {
      const value = Number(own[`train.${name}`] ?? NaN);
      return value >= least && value <= most ? value : otherwise;
    };
    return {
      preset,
      images: own["train.data"] === "60000" ? PARTS * PER_PART : PER_PART,
      seed: seedFrom(own["train.seed"] ?? null) ?? 0,
      rate: number("rate", 1e-4, 1e-2, preset.rate),
      beta: Number.isNaN(preset.beta) ? NaN : number("beta", 0, 100, preset.beta),
    };
  }

  /**
   * What can change while a run goes on.
   * @param {string} name
   * @param {string} value
   * @param {boolean} isPassing
   */
  #turn(name, value, isPassing) {
    const text = name === "rate" ? (10 ** Number(value)).toPrecision(2) : value;
    this.#desk.set({ [name]: text }, isPassing);
  }

  async #toggle() {
    if (this.#isPlaying) this.#tell({ action: "pause" });
    else if (await this.#begin()) this.#tell({ action: "play" });
    else return;
    this.#isPlaying = !this.#isPlaying;
    this.show();
  }

  async #takeStep() {
    if (!(await this.#begin())) return;
    this.#isPlaying = false;
    this.#tell({ action: "step" });
    this.show();
  }

  /** Fetches the digits and starts a run, unless one is under way. @returns {Promise<boolean>} whether one is */
  async #begin() {
    if (this.#worker) return true;
    if (this.#fetching) return false;
    const { preset, images: count, seed, rate, beta } = this.#settings();
    this.#fetching = new AbortController();
    try {
      const { train, heldOut } = await this.#fetch(count, this.#fetching.signal);
      this.#heldOut = heldOut;
      const worker = new Worker(new URL("./train/worker.js", import.meta.url), { type: "module" });
      const tier = chooseTier(this.#desk.view.tier);
      worker.postMessage({ action: "begin", tier, config: configOf(preset, rate, beta), ...train, heldOut, seed, epochs: EPOCHS[count] });
      const first = await new Promise((resolve) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => resolve({ event: "failed", message: event.message || "its script did not start" });
      });
      worker.onmessage = ({ data }) => void this.#hear(data);
      worker.onerror = (event) => this.#fail(event.message);
      this.#worker = worker;
      this.#told = { run: { preset, images: count, seed }, rate, beta };
      await this.#hear(first);
      return !this.#isOver;
    } catch (error) {
      this.#desk.fail(error);
      return false;
    } finally {
      this.#fetching = undefined;
    }
  }

  /**
   * @param {number} count
   * @param {AbortSignal} signal
   */
  async #fetch(count, signal) {
    const names = ["mnist-test.bin", ...Array.from({ length: count / PER_PART }, (_, i) => `mnist-train-${i}.bin`)];
    /** @type {[number, number][]} */
    const progress = names.map(() => [0, 0]);
    const [test, ...parts] = await Promise.all(names.map((name, i) => fetchDigits(name, (got, all) => {
      progress[i] = [got, all];
      const [sum, total] = progress.reduce(([a, b], [c, d]) => [a + c, b + d]);
      this.#progress.textContent = words.fetching(sum, total);
    }, signal)));
    const train = { images: new Uint8Array(count * P), labels: new Uint8Array(count) };
    parts.forEach(({ pixels, labels }, i) => {
      train.images.set(pixels, i * PER_PART * P);
      train.labels.set(labels, i * PER_PART);
    });
    const held = Array.from({ length: PER_PART / EVERY }, (_, i) => i * EVERY);
    const heldOut = { images: new Uint8Array(held.length * P), labels: Uint8Array.from(held, (i) => test.labels[i]) };
    held.forEach((from, i) => heldOut.images.set(test.pixels.subarray(from * P, (from + 1) * P), i * P));
    return { train, heldOut };
  }

  #startOver() {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#fetching?.abort();
    this.samples = [];
    [this.#isPlaying, this.#isOver, this.#batches, this.#measures, this.#step] = [false, false, [], [], 0];
    this.#progress.textContent = words.untrained;
    this.#measured.textContent = "";
    this.#curve.show([], [], 1);
    this.show();
  }

  /** @param {object} message */
  #tell(message) {
    this.#worker?.postMessage(message);
  }

  /** @param {Begun | Steps | Snapshot | Failed} told */
  async #hear(told) {
    if (told.event === "begun") this.#begun = told;
    else if (told.event === "steps") this.#count(told);
    else if (told.event === "failed") this.#fail(told.message);
    else {
      const worker = this.#worker;
      await this.#picture(told).catch((error) => this.#desk.fail(error));
      const wait = Math.max(0, SHOW_MS - (performance.now() - this.#shownAt));
      this.#shownAt = performance.now() + wait;
      if (worker === this.#worker && told.step < this.#step) setTimeout(() => worker === this.#worker && this.#tell({ action: "show" }), wait);
      else this.#shownAt = 0; // the last one was shown: the next steps ask again
    }
  }

  /** @param {Steps} told */
  #count({ step, steps, trained, isPlaying }) {
    const { stepsPerEpoch, totalSteps } = this.#begun;
    const first = step - steps.length / 3;
    for (let i = 0; i < steps.length / 3; i += 1) {
      if ((first + i) % THIN === 0) this.#batches.push({ step: first + i + 1, nats: steps[3 * i] + steps[3 * i + 1] });
    }
    this.#step = step;
    const rate = (step * 128) / (trained / 1000);
    this.#progress.textContent = words.progress({
      epoch: step / stepsPerEpoch, step, rate, seconds: trained / 1000, left: isPlaying ? ((totalSteps - step) * trained) / step / 1000 : 0,
    });
    this.#curve.show(this.#batches, this.#measures, totalSteps);
    if (this.#shownAt === 0) {
      this.#shownAt = performance.now();
      this.#tell({ action: "show" });
    }
    if (step >= totalSteps) {
      [this.#isPlaying, this.#isOver] = [false, true];
      this.#progress.textContent += ` \u2013 ${words.done}`;
      this.show();
    }
  }

  /**
   * Makes the model of now the page's, and shows what it does.
   * @param {Snapshot} told
   */
  async #picture({ step, weights, measured: { recon, kl, klPerDim } }) {
    const { preset } = this.#settings();
    const hasKl = !Number.isNaN(preset.beta);
    this.#measures.push({ step, nats: recon + kl });
    this.#measured.textContent = words.measured(recon, kl, hasKl);
    this.#curve.show(this.#batches, this.#measures, this.#begun.totalSteps);
    this.#paintBars(klPerDim);
    const { client, counted } = this.#desk;
    const title = words.name(words.presets[/** @type {keyof typeof words.presets} */ (preset.name)]);
    await this.#desk.adopt({
      name: OWN, title, file: "", bytes: weights.byteLength, latent: preset.latent, weights,
      metrics: { test: { elbo: -recon - kl, recon, kl, kl_per_dim: [...klPerDim] } },
    });
    const heldOut = this.#heldOut;
    if (!heldOut) return;
    const { mu } = await counted(client.encode(heldOut.images.slice(0, SHOWN * P)));
    const eps = await counted(client.eps(SAMPLE_SEED, SAMPLES, preset.latent));
    const answer = await counted(client.decode("train", { z: Float32Array.of(...mu, ...eps), colour: this.#desk.tints.xHat }));
    if (!answer) return;
    this.samples = answer.pictures.slice(SHOWN);
    this.#trueGrids.forEach((grid, i) => {
      grid.show(inked(heldOut.images.subarray(i * P, (i + 1) * P), this.#desk.tints.ink));
      grid.describe(words.saidTrue(heldOut.labels[i]));
    });
    this.#reconGrids.forEach((grid, i) => {
      grid.show(answer.pictures[i]);
      grid.describe(words.saidRecon(heldOut.labels[i]));
    });
    this.#sampleGrids.forEach((grid, i) => grid.show(this.samples[i]));
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

  /** @param {string} message */
  #fail(message) {
    [this.#isPlaying, this.#isOver] = [false, true];
    this.#progress.textContent = words.diverged(message);
    this.show();
  }
}
