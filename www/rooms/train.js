// @ts-check
/**
 * Training in the page: a worker takes the steps, this room shows what they do. While it is open the model in training is
 * the page's model, so the drawing beside it is reconstructed by it as it is now.
 */

import { OWN } from "../address.js";
import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/train.js";
import { words as fileWords } from "../words/rooms/train-files.js";
import { element } from "./dom.js";
import { loadData } from "./train/data.js";
import { Form } from "./train/form.js";
import { isFiner, isOf, settingsOf } from "./train/imported.js";
import { KeptNotice } from "./train/kept-notice.js";
import { Keeper } from "./train/keeper.js";
import { findOwn } from "./train/own-data/kept.js";
import { Run } from "./train/run.js";
import { recordOf } from "./train/safetensors.js";
import { readSettings, writeSettings } from "./train/settings.js";
import { Sights } from "./train/sights.js";
import { TakeAway } from "./train/take-away.js";
import { Transport } from "./train/transport.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./train/run.js").Past} Past */
/** @typedef {import("./train/settings.js").Settings} Settings */
/** @typedef {import("./train/take-away.js").Opened} Opened */
/** @typedef {import("./train/types.js").Snapshot} Snapshot */

/** Where nothing is drawn a run is measured this often all the same, and has checkpoints to come back to. ms */
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
  #form;
  #files;
  #kept;
  #keeper;
  /** @type {Run | undefined} */
  #run;
  /** @type {AbortController | undefined} of the run that is being started */
  #starting;
  /** Whether a person has seen the run as the page's model, and may have chosen another since. */
  #isAdopted = false;
  /** Whether the page's model came from a file since, so that the run, which rests, must not take its place. */
  #isForeign = false;
  /** @type {Promise<void> | undefined} pictures are on their way */
  #showing;
  /** @type {Snapshot | undefined} the page's model, as it came from the run */
  #shown;
  /** When the last one came, or was shown. */
  #restedFrom = 0;
  #timer = 0;
  /** How many workers helped when that was tried: tried again it might be another number, and so another run. */
  #helped = 0;
  /** The step at which the tab was hidden. */
  #hiddenAt = 0;

  /**
   * @param {HTMLElement} body
   * @param {Desk} desk
   */
  constructor(body, desk) {
    this.#desk = desk;
    this.sights = new Sights(desk, { onChoose: () => this.#choose(), visit: (run, snapshot) => this.#visit(run, snapshot) });
    this.#transport = new Transport({
      onPlay: () => void this.#play(),
      onStep: () => void this.#act((run) => run.takeStep()),
      onEpoch: () => void this.#act((run) => run.takeEpoch()),
      onReset: () => void this.#startOver(),
      onNewRun: () => void this.#startAnew(),
      onBackToRun: () => this.#run && desk.set(writeSettings(this.#run.settings)),
      onHalf: () => void this.#goOnByHalf(),
    });
    this.#form = new Form(desk, () => void this.#chooseOwn());
    this.#kept = new KeptNotice((kept) => void this.#goOnWithKept(kept));
    this.#keeper = new Keeper(this.#kept);
    this.#files = new TakeAway(body, () => this.#run, {
      onWeights: (file) => this.#openWeights(file),
      onState: (file) => this.#openState(file),
    });
    body.append(
      element("h2", {}, words.title), element("p", { class: "lead" }, words.lead),
      this.#kept.offer, ...this.#transport.elements, ...this.#form.first, this.#form.more, this.#transport.pending,
      ...this.sights.elements, ...this.#files.elements, this.#kept.said);
    void this.#kept.look();
    document.addEventListener("visibilitychange", () => this.#turnAway());
    // A tab that is closed or reloaded may still get through what it has begun.
    window.addEventListener("pagehide", () => void (this.#run && this.#keeper.keep(this.#run, true)));
  }

  show() {
    const settings = this.#settings;
    const run = this.#run;
    // However they came to change, by a control, by undo or by another address.
    run?.change(settings);
    this.#form.show(settings);
    this.#transport.show(run, settings, this.#keeper.good.step);
    this.#files.show(run);
    this.#kept.show(run);
    this.sights.show(run);
    this.#showModel();
  }

  get #settings() {
    return readSettings(this.#desk.view.own);
  }

  // ------------------------------------------------------------------------------------------ what a person does

  #play() {
    if (!this.#run?.isPlaying) return this.#act((run) => run.play());
    this.#run.pause();
    void this.#keeper.keep(this.#run);
    this.show();
    return undefined;
  }

  /** @param {(run: Run) => void} act  on the run that there is, or on a new one once its images are here */
  async #act(act) {
    const run = this.#run ?? await this.#begin(this.#settings);
    if (!run) return;
    this.#takeOver();
    act(run);
    this.show();
  }

  /** The run ends; it is kept, so that a person who did not mean it can go on with it. */
  async #startOver() {
    const run = this.#run;
    this.#leave();
    this.show();
    if (!run) return;
    await this.#keeper.keep(run, true);
    run.end();
    await this.#kept.look();
  }

  async #startAnew() {
    const wasPlaying = this.#run?.isPlaying;
    this.#run?.end();
    this.#leave();
    await this.#act((run) => wasPlaying && run.play());
  }

  /** From the newest good state: with the state before the step that failed, the same step would fail again. */
  async #goOnByHalf() {
    const [failed, good] = [this.#run, this.#keeper.good];
    if (!failed) return;
    const settings = { ...failed.settings, rate: failed.settings.rate / 2 };
    failed.end();
    this.#leave();
    const run = await this.#begin(failed.settings, good);
    if (!run) return;
    run.change(settings);
    this.#takeOver();
    run.play();
    this.#desk.set(writeSettings(settings));
  }

  async #chooseOwn() {
    try {
      const { openOwnData } = await this.#desk.counted(import("./train/own-data.js"));
      await openOwnData(this.#desk, () => void this.#takeOwn().catch((error) => this.#desk.fail(error)));
    } catch (error) {
      this.#desk.fail(error);
    }
  }

  /** The setting may be what it was while the images are others: a run on those before them is over then. */
  async #takeOwn() {
    this.#desk.set({ data: "own", epochs: undefined });
    const run = this.#run;
    if (run?.settings.data !== "own") return;
    const chosen = await findOwn();
    if (chosen?.digest !== run.data.digest && run === this.#run) await this.#startOver();
  }

  // ------------------------------------------------------------------------------------------ a run begins

  /**
   * A run of these settings, from random weights or from where another was. What goes wrong is said.
   * @param {Settings} settings
   * @param {Past} [past]
   * @returns {Promise<Run | undefined>}
   */
  async #begin(settings, past) {
    if (this.#starting) return undefined;
    const starting = new AbortController();
    this.#starting = starting;
    try {
      const images = await loadData(settings.data, (got, all) => this.#transport.showFetching(got, all), starting.signal);
      const digest = past?.state && recordOf(past.state).run.data;
      if (digest && !isOf(digest, images)) throw new Error(fileWords.otherImages(images.title));
      const run = await Run.begin(settings, images, chooseTier(this.#desk.view.tier), () => this.#hear(run), this.#helped, past);
      if (starting.signal.aborted) {
        run.end();
        return undefined;
      }
      this.#run = run;
      if (!settings.workers && !past) this.#helped = run.workers;
      this.#keeper.follow(run, past && { ...past, step: run.step });
    } catch (error) {
      if (!starting.signal.aborted) this.#desk.fail(error);
    } finally {
      if (this.#starting === starting) this.#starting = undefined;
    }
    this.show();
    return this.#run;
  }

  /** The run is the page's model from now on, whatever was chosen before. */
  #takeOver() {
    this.#isAdopted = this.#isForeign = false;
  }

  /** There is no run any more, and none is on its way. */
  #leave() {
    this.#starting?.abort();
    this.#run = this.#starting = undefined;
  }

  /** @param {import("./train/kept-run.js").KeptRun} kept */
  async #goOnWithKept({ own, state, workers, log, measures, trained, isPlaying }) {
    this.#run?.end();
    this.#leave();
    this.#desk.set(writeSettings(readSettings(prefixed(own))));
    const run = await this.#begin(this.#settings, { state: new Uint8Array(state), workers, log, measures, trained });
    if (!run) return;
    this.#takeOver();
    if (isPlaying) run.play();
    this.#files.say(coarser(new Uint8Array(state)));
    this.show();
  }

  /** @param {Opened} file */
  async #openState({ name, bytes, record }) {
    const settings = settingsOf(record.run, this.#settings);
    this.#run?.end();
    this.#leave();
    this.#desk.set(writeSettings(settings));
    const run = await this.#begin(settings, { state: bytes, log: new Float64Array(), measures: [], trained: 0 });
    if (!run) return;
    this.#takeOver();
    this.#files.say(fileWords.resumed(name, run.step) + coarser(bytes));
    this.show();
  }

  /** A model without what it takes to go on: a run that plays stops, so that it does not take its place. @param {Opened} file */
  async #openWeights({ name, bytes, record }) {
    const weights = bytes.buffer;
    // A second worker tries it first, where there is one: a file that is broken inside must not become the page's model.
    await (await this.#desk.spare()).load(weights);
    this.#run?.pause();
    this.#isForeign = true;
    const { latent } = record.config;
    await this.#desk.adopt({
      name: OWN, title: words.opened(name.replace(/\.safetensors$/i, "")), file: "", bytes: weights.byteLength,
      latent: (latent.gaussian ?? latent.plain).size, weights, config: record.config, metrics: record.metrics,
    });
    this.#files.say(fileWords.opened(name));
    this.show();
  }

  // ------------------------------------------------------------------------------------------ a run goes on

  /** @param {Run} run */
  #hear(run) {
    if (run !== this.#run) return;
    void this.#keeper.keep(run);
    if (this.#isOpen || run.isOver) this.#showModel();
    else this.#ask(run, UNSEEN_MS);
    if (!this.#isOpen) return;
    const settings = this.#settings;
    this.#transport.show(run, settings, this.#keeper.good.step);
    this.#files.show(run);
    this.sights.show(run);
  }

  get #isOpen() {
    return this.#desk.view.room === "train";
  }

  /** Nobody sees the tab: the worker trains on, nothing is drawn, and the run is kept, since tabs may end unseen. */
  #turnAway() {
    const run = this.#run;
    if (!run) return;
    if (document.hidden) {
      this.#hiddenAt = run.step;
      void this.#keeper.keep(run, true);
      return;
    }
    if (run.step > this.#hiddenAt) this.#files.say(fileWords.unseen(run.step - this.#hiddenAt));
    this.show();
  }

  /** A person wants to see a checkpoint, or the run as it is now, and be it in place of a model chosen since. */
  #choose() {
    this.#takeOver();
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
    if (!run || this.#showing || this.#isForeign || (this.#isAdopted && this.#desk.view.model !== OWN)) return;
    const { speed } = this.#settings;
    const isSeen = !document.hidden && (speed > 0 || !run.isPlaying || this.sights.chosen);
    this.#ask(run, isSeen && speed ? 1000 / speed : UNSEEN_MS);
    const snapshot = this.sights.chosen ?? run.latest;
    if (!isSeen || !snapshot || snapshot === this.#shown) return;
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
  async #adopt({ settings: { kind, latent, beta } }, { weights, measured: { recon, kl, klPerDim } }) {
    await this.#desk.adopt({
      name: OWN,
      title: words.name(kind, latent, beta),
      file: "",
      bytes: weights.byteLength,
      latent,
      weights,
      metrics: { test: { elbo: -recon - kl, recon, kl, kl_per_dim: [...klPerDim] } },
    });
    this.#isAdopted = true;
  }
}

/** @param {Record<string, string | undefined>} own @returns {Record<string, string>} as a link has them */
const prefixed = (own) => Object.fromEntries(Object.entries(own).flatMap(([name, text]) => (text === undefined ? [] : [[`train.${name}`, text]])));

/** A sentence more, where a state has learnt from the page's images at more levels. @param {Uint8Array} state */
const coarser = (state) => (isFiner(recordOf(state).run.data) ? fileWords.coarser : "");
