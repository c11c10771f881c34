// @ts-check
/** Keeps a run while it goes on: for a reload, and in this tab for when it diverges. */

import { writeKept } from "./kept-run.js";
import { writeSettings } from "./settings.js";
import { lossOf } from "./step-log.js";

/** @typedef {import("./run.js").Past} Past */
/** @typedef {import("./run.js").Run} Run */

/** A run that plays is kept this often: 10 MB each time for 784-400-20, and a reload repeats no more than this. ms */
const EVERY_MS = 15_000;
/** A loss this many times that of the first batch, which is of random weights, is no learning any more. */
const WRECKED = 2;

/** @typedef {{ step: number, bytes: number }} Kept */

export class Keeper {
  /** @type {Run | undefined} of which the rest is */
  #run;
  #time = 0;
  /** @type {Promise<void> | undefined} under way */
  #saving;
  /** The step that was saved last, or was wrecked. */
  #step = 0;
  /** @type {(Past & { step: number }) | undefined} */
  #good;
  /** @type {(kept: Kept) => void} */
  #onKept;
  /** @type {(error: unknown) => void} */
  #onTrouble;

  /**
   * @param {object} callbacks
   * @param {(kept: Kept) => void} callbacks.onKept
   * @param {(error: unknown) => void} callbacks.onTrouble  the browser does not keep it; the run goes on
   */
  constructor({ onKept, onTrouble }) {
    [this.#onKept, this.#onTrouble] = [onKept, onTrouble];
  }

  /** From now on it is this run that counts. @param {Run} run @param {Past & { step: number }} [past]  that it went on from */
  follow(run, past) {
    [this.#run, this.#step, this.#time, this.#good, this.#saving] = [run, run.step, performance.now(), past, undefined];
  }

  /** Where a run that has diverged can go back to: its newest good state, or its beginning. @returns {Past & { step: number }} */
  get good() {
    return this.#good ?? { step: 0, log: new Float64Array(), measures: [], trained: 0 };
  }

  /**
   * Keeps the run where it is time to: now and then while it plays, and at once where it stands still.
   * @param {Run} run
   * @param {boolean} [isUrgent]  the page may be gone soon
   */
  async keep(run, isUrgent = false) {
    if (isUrgent) await this.#saving;
    const isDue = isUrgent || !run.isPlaying || performance.now() - this.#time >= EVERY_MS;
    if (run !== this.#run || this.#saving || run.trouble || run.step === this.#step || !isDue) return;
    const saving = this.#save(run).catch(this.#onTrouble);
    this.#saving = saving;
    await saving;
    if (this.#saving !== saving) return;
    [this.#saving, this.#time] = [undefined, performance.now()];
    if (!run.isPlaying) await this.keep(run); // it may have come to rest meanwhile
  }

  /** @param {Run} run */
  async #save(run) {
    const { step, state } = await run.save();
    if (run !== this.#run) return;
    this.#step = step;
    const [first, last] = [run.log.at(0), run.log.at(-1)];
    if (first && last && lossOf(last) > WRECKED * lossOf(first)) return;
    const { settings, totalSteps, workers, isPlaying, trained, log: { numbers: log } } = run;
    const measures = [...run.measures];
    this.#good = { step, state: new Uint8Array(state), workers, log, measures, trained };
    await writeKept({ format: 1, time: Date.now(), own: writeSettings(settings), step, totalSteps, isPlaying, state, workers, log, measures, trained });
    if (run === this.#run) this.#onKept({ step, bytes: state.byteLength });
  }
}
