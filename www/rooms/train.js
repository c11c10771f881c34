// @ts-check
/**
 * Training in the page: a worker takes the steps, this room shows what they do. While it is open the model in training is
 * the page's model, so the drawing beside it is reconstructed by it as it is now.
 */

import { OWN } from "../address.js";
import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/train.en.js";
import { element } from "./dom.js";
import { loadData } from "./train/data.js";
import { Run } from "./train/run.js";
import { isSameRun, readSettings } from "./train/settings.js";
import { Sights } from "./train/sights.js";
import { Transport } from "./train/transport.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./train/types.js").Snapshot} Snapshot */

/** A new picture this often: a film, and most of the time is left for training. ms */
const SHOW_MS = 500;
/** Nobody looks: only so that the run has checkpoints to come back to. ms */
const UNSEEN_MS = 2000;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const room = new TrainRoom(body, desk);
  return {
    show: () => room.show(),
    picture: () => ({ name: "train-samples", pictures: room.sights.samples, side: 28, columns: 12 }),
  };
}

class TrainRoom {
  sights;
  #desk;
  #transport;
  /** @type {Run | undefined} */
  #run;
  /** @type {AbortController | undefined} of the run that is being started */
  #starting;
  /** Whether a person has seen the run as the page's model, and may have chosen another since. */
  #isAdopted = false;
  /** @type {Promise<void> | undefined} pictures are on their way */
  #showing;
  /** @type {Snapshot | undefined} the page's model, as it came from the run */
  #shown;
  /** When the last one came, or was shown. */
  #restedFrom = 0;
  #timer = 0;

  /**
   * @param {HTMLElement} body
   * @param {Desk} desk
   */
  constructor(body, desk) {
    this.#desk = desk;
    this.sights = new Sights(desk, { onChoose: () => this.#choose(), visit: (run, snapshot) => this.#visit(run, snapshot) });
    this.#transport = new Transport(desk, {
      onPlay: () => void this.#play(),
      onStep: () => void this.#takeStep(),
      onReset: () => this.#startOver(),
    });
    body.append(element("h2", {}, words.title), element("p", { class: "lead" }, words.lead), ...this.#transport.elements, ...this.sights.elements);
  }

  show() {
    const settings = readSettings(this.#desk.view.own);
    const run = this.#run;
    // However it came to change, by a control, by undo or by another address: a run goes on with what can change on the way,
    // and ends with another anything.
    if (run && !isSameRun(run.settings, settings)) {
      this.#startOver();
      return;
    }
    run?.change(settings);
    this.#transport.show(run);
    this.sights.show(run);
    this.#showModel();
  }

  async #play() {
    if (this.#run?.isPlaying) {
      this.#run.pause();
      this.show();
      return;
    }
    const run = await this.#begin();
    if (!run) return;
    this.#isAdopted = false;
    run.play();
    this.show();
  }

  async #takeStep() {
    const run = await this.#begin();
    if (!run) return;
    this.#isAdopted = false;
    run.takeStep();
    this.show();
  }

  /** The run that there is, or a new one once its images are here. @returns {Promise<Run | undefined>} */
  async #begin() {
    if (this.#run || this.#starting) return this.#run;
    const settings = readSettings(this.#desk.view.own);
    const starting = new AbortController();
    this.#starting = starting;
    try {
      const data = await loadData(settings.data, (got, all) => this.#transport.showFetching(got, all), starting.signal);
      const run = await Run.begin(settings, data, chooseTier(this.#desk.view.tier), () => this.#hear(run));
      if (starting.signal.aborted) run.end();
      else this.#run = run;
    } catch (error) {
      if (!starting.signal.aborted) this.#desk.fail(error);
    } finally {
      if (this.#starting === starting) this.#starting = undefined;
    }
    return this.#run;
  }

  #startOver() {
    this.#run?.end();
    this.#starting?.abort();
    this.#run = this.#starting = undefined;
    this.show();
  }

  /** @param {Run} run */
  #hear(run) {
    if (run !== this.#run) return;
    if (this.#isOpen || run.isOver) this.#showModel();
    else this.#ask(run, UNSEEN_MS);
    if (!this.#isOpen) return;
    this.#transport.show(run);
    this.sights.show(run);
  }

  get #isOpen() {
    return this.#desk.view.room === "train";
  }

  /** A person wants to see a checkpoint, or the run as it is now, and be it in place of a model chosen since. */
  #choose() {
    this.#isAdopted = false;
    this.#showModel();
  }

  /**
   * Shows a checkpoint for its pictures.
   * @param {Run} run
   * @param {Snapshot} snapshot
   */
  async #visit(run, snapshot) {
    const { chosen } = this.sights;
    this.sights.choose(snapshot);
    await this.#showing;
    if (run === this.#run) this.sights.choose(chosen);
  }

  /**
   * Makes the run's model of now, or the checkpoint that was chosen, the page's and shows what it does, again and again while
   * it changes. Where a person has chosen another model meanwhile, that stays.
   */
  #showModel() {
    const run = this.#run;
    if (!run || this.#showing || (this.#isAdopted && this.#desk.view.model !== OWN)) return;
    this.#ask(run, SHOW_MS);
    const snapshot = this.sights.chosen ?? run.latest;
    if (!snapshot || snapshot === this.#shown) return;
    this.#showing = this.#desk.counted(this.#develop(run)).catch((error) => this.#desk.fail(error)).finally(() => {
      this.#showing = undefined;
      this.#restedFrom = performance.now();
      this.#showModel();
    });
  }

  /** What is to be seen may be another by the time that it is shown. @param {Run} run */
  async #develop(run) {
    for (;;) {
      const snapshot = this.sights.chosen ?? run.latest;
      if (!snapshot || snapshot === this.#shown || run !== this.#run) return;
      this.#shown = snapshot;
      await this.#adopt(run, snapshot);
      await this.sights.showPictures(run, snapshot);
    }
  }

  /**
   * Asks for the model of now, once the one before has been here for a while.
   * @param {Run} run
   * @param {number} rest  ms
   */
  #ask(run, rest) {
    if (run.latest?.step === run.step || this.#timer) return;
    const wait = this.#restedFrom + rest - performance.now();
    if (wait <= 0) {
      this.#restedFrom = performance.now();
      run.look();
    } else {
      this.#timer = window.setTimeout(() => {
        this.#timer = 0;
        this.#hear(run);
      }, wait);
    }
  }

  /**
   * @param {Run} run
   * @param {Snapshot} snapshot
   */
  async #adopt({ settings: { preset } }, { weights, measured: { recon, kl, klPerDim } }) {
    await this.#desk.adopt({
      name: OWN,
      title: words.name(words.presets[/** @type {keyof typeof words.presets} */ (preset.name)]),
      file: "",
      bytes: weights.byteLength,
      latent: preset.latent,
      weights,
      metrics: { test: { elbo: -recon - kl, recon, kl, kl_per_dim: [...klPerDim] } },
    });
    this.#isAdopted = true;
  }
}
