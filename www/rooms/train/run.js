// @ts-check
/** One run of training: its worker, and everything that it has told so far. Nothing of it is shown here. */

import { Checkpoints } from "./checkpoints.js";
import { keepSome, Series } from "./series.js";
import { configOf } from "./settings.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./types.js").Begun} Begun */
/** @typedef {import("./types.js").DataSet} DataSet */
/** @typedef {import("./types.js").Failed} Failed */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Steps} Steps */

/** A batch, or what was measured after a step: nats of an image. @typedef {{ step: number, recon: number, kl: number }} Cost */

/** A curve is drawn over a thousand pixels: so many points of it are enough, and 10 minutes of training take no more memory than one. */
const MOST_BATCHES = 2048;
const MOST_MEASURES = 1024;

export class Run {
  /** @type {Settings} */
  settings;
  /** @type {DataSet} */
  data;
  stepsPerEpoch = 1;
  totalSteps = 1;
  step = 0;
  /** Milliseconds of training. */
  trained = 0;
  isPlaying = false;
  /** Why it cannot go on. */
  trouble = "";
  /** @type {Series<Cost & { norm: number }>} */
  #costs = new Series(MOST_BATCHES);
  /** @type {(Cost & { klPerDim: Float64Array, train?: { recon: number, kl: number } })[]} of the held-out images, and of some that it learns from */
  measures = [];
  /** @type {Snapshot | undefined} the newest that was asked for */
  latest;
  checkpoints = new Checkpoints();
  /** @type {Worker} */
  #worker;
  /** @type {() => void} */
  #onChange;
  /** Whether a model is on its way: the one of random weights comes unasked. */
  #isAsked = true;

  /**
   * Starts a worker with a run from random weights.
   * @param {Settings} settings
   * @param {DataSet} data
   * @param {import("../../types.js").Tier} tier
   * @param {() => void} onChange
   * @returns {Promise<Run>}
   */
  static async begin(settings, data, tier, onChange) {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    const begun = new Promise((resolve, reject) => {
      worker.onmessage = ({ data: told }) => (told.event === "begun" ? resolve(told) : reject(new Error(told.message)));
      worker.onerror = (event) => reject(new Error(event.message || "its script did not start"));
    });
    worker.postMessage({
      action: "begin", tier, config: JSON.stringify(configOf(settings)), ...data.train, heldOut: data.heldOut,
      seed: settings.seed, epochs: settings.epochs,
    });
    try {
      return new Run(settings, data, worker, await begun, onChange);
    } catch (error) {
      worker.terminate();
      throw error;
    }
  }

  /**
   * @param {Settings} settings
   * @param {DataSet} data
   * @param {Worker} worker
   * @param {Begun} begun
   * @param {() => void} onChange
   */
  constructor(settings, data, worker, { stepsPerEpoch, totalSteps }, onChange) {
    Object.assign(this, { stepsPerEpoch, totalSteps });
    [this.settings, this.data, this.#worker, this.#onChange] = [settings, data, worker, onChange];
    worker.onmessage = ({ data: told }) => this.#hear(told);
    worker.onerror = (event) => this.#fail(event.message);
  }

  /** Each step, and in a long run the means of a few. */
  get batches() {
    return this.#costs.points;
  }

  get isOver() {
    return this.trouble !== "" || this.step >= this.totalSteps;
  }

  play() {
    this.isPlaying = true;
    this.#worker.postMessage({ action: "play" });
  }

  pause() {
    this.isPlaying = false;
    this.#worker.postMessage({ action: "pause" });
  }

  takeStep() {
    this.isPlaying = false;
    this.#isAsked = true;
    this.#worker.postMessage({ action: "step" });
  }

  /**
   * What can change while it goes on.
   * @param {Settings} settings
   */
  change(settings) {
    const { rate, beta } = this.settings;
    if (settings.rate !== rate) this.#worker.postMessage({ action: "set", learningRate: settings.rate });
    if (!Object.is(settings.beta, beta)) this.#worker.postMessage({ action: "set", beta: settings.beta });
    this.settings = settings;
  }

  /** Asks for the model of now and what it measures, unless that is on its way, or what is here is as new. */
  look() {
    if (this.#isAsked || this.latest?.step === this.step) return;
    this.#isAsked = true;
    this.#worker.postMessage({ action: "show" });
  }

  end() {
    this.isPlaying = false;
    this.#worker.terminate();
  }

  /** @param {Steps | Snapshot | Failed} told */
  #hear(told) {
    if (told.event === "steps") this.#count(told);
    else if (told.event === "failed") this.#fail(told.message);
    else {
      const { step, measured: { recon, kl, klPerDim }, trainMeasured: train } = told;
      this.#isAsked = false;
      this.latest = told;
      keepSome(this.measures, { step, recon, kl, klPerDim, train }, MOST_MEASURES);
      this.checkpoints.add(told);
      this.#onChange();
    }
  }

  /** @param {Steps} told */
  #count({ step, steps, trained }) {
    for (let i = 0; i < steps.length; i += 3) {
      this.#costs.push({ step: step - (steps.length - i) / 3 + 1, recon: steps[i], kl: steps[i + 1], norm: steps[i + 2] });
    }
    [this.step, this.trained] = [step, trained];
    if (this.isOver) this.isPlaying = false;
    this.#onChange();
  }

  /** @param {string} message */
  #fail(message) {
    [this.isPlaying, this.trouble] = [false, message];
    this.#onChange();
  }
}
