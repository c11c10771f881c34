// @ts-check
/** One run of training: its worker, and everything that it has told so far. Nothing of it is shown here. */

import { Checkpoints } from "./checkpoints.js";
import { isFiner } from "./imported.js";
import { recordOf } from "./safetensors.js";
import { keepSome, Series } from "./series.js";
import { configOf, differences, isSame, KINDS, NAMES, trainingOf } from "./settings.js";
import { lossOf, StepLog } from "./step-log.js";

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./step-log.js").Batch} Batch */
/** @typedef {import("./types.js").Begun} Begun */
/** @typedef {import("./types.js").DataSet} DataSet */
/** @typedef {import("./types.js").Failed} Failed */
/** @typedef {import("./types.js").Refused} Refused */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {import("./types.js").Steps} Steps */

/** A batch, or what was measured after a step: nats of an image. @typedef {{ step: number, recon: number, kl: number }} Cost */
/** Of the held-out images, and of some that it learns from. @typedef {Cost & { klPerDim: Float64Array, train?: { recon: number, kl: number } }} Measure */

/**
 * Where a run goes on from: what it had told by then, and the trainer's own state; none is its beginning.
 * @typedef {object} Past
 * @property {Uint8Array<ArrayBuffer>} [state]
 * @property {number} [workers]  which shared a batch: another number would add up in another order
 * @property {Float64Array} log  as StepLog has it
 * @property {Measure[]} measures
 * @property {number} trained
 */

/**
 * A loss so many times that of the first batch, which is of random weights, for so many steps comes to nothing any more. Chosen: at a learning
 * rate of 100 and more it is 1e6 times that and stays there, and the largest change of β on the way is over in some twenty steps.
 */
const APART = { times: 50, steps: 100 };

/** A curve is drawn over a thousand pixels: so many points of it are enough, however long a run is. */
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
  /** How many workers share a batch. */
  workers = 1;
  /** Why it cannot go on. */
  trouble = "";
  /** @type {"" | "infinite" | "apart"} whether that is because its numbers were no longer finite, or its loss beyond all measure */
  divergence = "";
  /** Why what was set last is not what runs. */
  refusal = "";
  /** Each step, to be kept and taken along. */
  log = new StepLog();
  /** @type {Measure[]} each time that it was measured */
  measures = [];
  /** @type {Snapshot | undefined} the newest that was asked for */
  latest;
  checkpoints = new Checkpoints();
  /** @type {Series<Cost & { norm: number }>} */
  #costs = new Series(MOST_BATCHES);
  /** @type {Worker} */
  #worker;
  /** @type {() => void} */
  #onChange;
  /** Milliseconds of training before it went on from where it was. */
  #trainedBefore = 0;
  /** Whether a model is on its way: the one of random weights comes unasked. */
  #isAsked = true;
  /** The step at which it pauses by itself. */
  #until = Infinity;
  /** Steps without a break whose loss was beyond all measure. */
  #apart = 0;
  /** @type {{ before: Settings, after: Settings } | undefined} the change that was sent last */
  #change;
  /** @type {Settings | undefined} which the worker did not take */
  #refused;
  /** @type {Map<string, ((told: any) => void)[]>} who waits for an answer, by its event */
  #waiting = new Map();

  /**
   * Starts a worker with a run from random weights, or from where another was. The training images move there.
   * @param {Settings} settings
   * @param {DataSet} data
   * @param {import("../../types.js").Tier} tier
   * @param {() => void} onChange
   * @param {number} helped  how many workers to take where as many as help are asked for; 0 = the worker tries
   * @param {Past} [past]
   * @returns {Promise<Run>}
   */
  static async begin(settings, data, tier, onChange, helped, past) {
    const images = data.train.labels.length;
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    const begun = new Promise((resolve, reject) => {
      worker.onmessage = ({ data: told }) => (told.event === "begun" ? resolve(told) : reject(new Error(told.message)));
      worker.onerror = (event) => reject(new Error(event.message || "its script did not start"));
    });
    const { seed, epochs } = settings;
    const workers = past?.workers ?? (settings.workers || helped);
    const before = past?.state && recordOf(past.state).run;
    // A state knows its config to the last bit; the settings' numbers have gone through text.
    const config = before?.config ?? configOf(settings, images);
    const isOther = before && (isFiner(before.data) || !crypto.subtle);
    worker.postMessage({
      action: "begin", tier, config: JSON.stringify(config), ...data.train, heldOut: data.heldOut, seed, epochs, workers,
      digest: data.digest, state: past?.state, ...(isOther && { stateOf: before.data }),
    }, [data.train.images.buffer]);
    try {
      return new Run(settings, data, worker, await begun, onChange, past);
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
   * @param {Past} [past]
   */
  constructor(settings, data, worker, { stepsPerEpoch, totalSteps, step, workers }, onChange, past) {
    Object.assign(this, { stepsPerEpoch, totalSteps, step, workers });
    if (past) this.#takeUp(past);
    [this.settings, this.data, this.#worker, this.#onChange] = [settings, data, worker, onChange];
    worker.onmessage = ({ data: told }) => this.#hear(told);
    worker.onerror = (event) => this.#fail("Panic", event.message);
  }

  /** B, as it is: there may be fewer images than were asked for. */
  get batch() {
    return Math.min(this.settings.batch, this.data.train.labels.length);
  }

  /** Each step, and in a long run the means of a few. */
  get batches() {
    return this.#costs.points;
  }

  get isOver() {
    return this.trouble !== "" || this.step >= this.totalSteps;
  }

  play() {
    this.#until = Infinity;
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

  takeEpoch() {
    this.#until = (Math.floor(this.step / this.stepsPerEpoch) + 1) * this.stepsPerEpoch;
    this.isPlaying = true;
    this.#worker.postMessage({ action: "epoch" });
  }

  /**
   * Takes over what can change while it goes on. Where anything else differs too, the settings are another run's, and
   * this one stays as it is.
   * @param {Settings} settings
   */
  change(settings) {
    const before = this.settings;
    if (differences(before, settings).length || (this.#refused && isSame(settings, this.#refused))) return;
    [this.refusal, this.#refused] = ["", undefined];
    const isOther = (/** @type {import("./settings.js").Name} */ name) => KINDS[name].acts === "at once" && !Object.is(before[name], settings[name]);
    const changed = NAMES.filter(isOther);
    this.settings = settings;
    if (!changed.length) return;
    this.#change = { before, after: settings };
    const isBeta = changed.includes("beta");
    this.#worker.postMessage({
      action: "set",
      ...(isBeta && { beta: settings.beta }),
      ...(changed.length > Number(isBeta) && { training: JSON.stringify(trainingOf(settings, this.data.train.labels.length)) }),
    });
  }

  /** What the trainer goes on from, after all steps that were told by then. @returns {Promise<{ step: number, state: ArrayBuffer }>} */
  save() {
    return this.#ask("save", "state");
  }

  /**
   * The weights file with its record.
   * @param {object} training
   * @param {object} metrics
   * @returns {Promise<ArrayBuffer>}
   */
  async file(training, metrics) {
    const { bytes } = await this.#ask("file", "file", { training: JSON.stringify(training), metrics: JSON.stringify(metrics) });
    return bytes;
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

  /**
   * @param {string} action
   * @param {string} event  what the answer is called
   * @param {object} [request]
   * @returns {Promise<any>}
   */
  #ask(action, event, request = {}) {
    return new Promise((resolve) => {
      this.#waiting.set(event, [...(this.#waiting.get(event) ?? []), resolve]);
      this.#worker.postMessage({ action, ...request });
    });
  }

  /** @param {Steps | Snapshot | Failed | Refused | { event: "state" | "file" }} told */
  #hear(told) {
    if (told.event === "steps") this.#count(told);
    else if (told.event === "failed") this.#fail(told.kind, told.message);
    else if (told.event === "refused") this.#refuse(told.message);
    else if (told.event === "model") {
      const { step, measured: { recon, kl, klPerDim }, trainMeasured: train } = told;
      this.#isAsked = false;
      this.latest = told;
      keepSome(this.measures, { step, recon, kl, klPerDim, train }, MOST_MEASURES);
      this.checkpoints.add(told);
      this.#onChange();
    } else this.#waiting.get(told.event)?.shift()?.(told);
  }

  /** @param {Past} past */
  #takeUp({ log, measures, trained }) {
    for (const batch of new StepLog(log)) this.#add(batch);
    this.measures = [...measures];
    this.trained = this.#trainedBefore = trained;
  }

  /** @param {Batch} batch */
  #add(batch) {
    const { step, recon, kl, norm } = batch;
    this.log.push(batch);
    const first = /** @type {Batch} */ (this.log.at(0));
    this.#apart = lossOf(batch) > APART.times * lossOf(first) ? this.#apart + 1 : 0;
    this.#costs.push({ step, recon, kl, norm });
  }

  /** @param {Steps} told */
  #count({ step, steps, trained, learningRate: rate, beta, isPlaying }) {
    this.trained = this.#trainedBefore + trained;
    for (let i = 0; i < steps.length; i += 3) {
      const each = step - (steps.length - i) / 3 + 1;
      this.#add({ step: each, recon: steps[i], kl: steps[i + 1], norm: steps[i + 2], rate, beta, trained: this.trained });
    }
    this.step = step;
    if (this.#apart >= APART.steps) {
      this.pause();
      [this.trouble, this.divergence] = ["it has come apart", "apart"];
    }
    if (this.isOver || (step >= this.#until && !isPlaying)) this.isPlaying = false;
    this.#onChange();
  }

  /** @param {string} message */
  #refuse(message) {
    this.refusal = message;
    if (this.#change) [this.settings, this.#refused] = [this.#change.before, this.#change.after];
    this.#onChange();
  }

  /** @param {string} kind @param {string} message */
  #fail(kind, message) {
    [this.isPlaying, this.trouble, this.divergence] = [false, message, kind === "DivergedError" ? "infinite" : ""];
    this.#onChange();
  }
}
