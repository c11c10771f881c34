// @ts-check
/** What a person does to a run: the buttons, how far it is, and what has to be said about it. */

import { words } from "../../words/rooms/train.js";
import { element } from "../dom.js";
import { button, notice } from "./notices.js";
import { differences } from "./settings.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./settings.js").Name} Name */
/** @typedef {import("./settings.js").Settings} Settings */

/**
 * @typedef {object} Actions
 * @property {() => void} onPlay  or pause, where it plays
 * @property {() => void} onStep
 * @property {() => void} onEpoch  to the end of this epoch
 * @property {() => void} onReset
 * @property {() => void} onNewRun  with what is set, instead of the run that there is
 * @property {() => void} onBackToRun  what is set is what the run has
 * @property {() => void} onHalf  after a run diverged
 */

export class Transport {
  #play;
  #one;
  #epoch;
  #reset;
  #progress = element("p", { class: "train-progress", id: "train-progress", role: "status" });
  #pending;
  #trouble;

  /** @param {Actions} actions */
  constructor({ onPlay, onStep, onEpoch, onReset, onNewRun, onBackToRun, onHalf }) {
    this.#play = button("train-play", words.play, onPlay);
    this.#one = button("train-step", words.step, onStep);
    this.#epoch = button("train-epoch", words.epoch, onEpoch);
    this.#reset = button("train-reset", words.reset, onReset);
    this.#pending = notice("train-pending", button("train-new-run", words.newRun, onNewRun), button("train-to-run", words.toRun, onBackToRun));
    this.#trouble = notice("train-trouble", button("train-half", words.half, onHalf));
  }

  get elements() {
    const buttons = element("div", { class: "buttons train-transport" }, this.#play, this.#one, this.#epoch, this.#reset);
    return [buttons, this.#progress, this.#trouble.box];
  }

  /** What is said where the settings are not the run's. */
  get pending() {
    return this.#pending.box;
  }

  /**
   * @param {Run | undefined} run
   * @param {Settings} settings  as the form has them
   * @param {number} goodStep  of the newest state that a diverged run can go back to
   */
  show(run, settings, goodStep) {
    this.#play.textContent = run?.isPlaying ? words.pause : run ? words.goOn : words.play;
    this.#play.disabled = this.#one.disabled = this.#epoch.disabled = run?.isOver ?? false;
    this.#reset.disabled = !run;
    this.#progress.textContent = run ? progressOf(run) : words.untrained;
    this.#pending.say(run ? pendingOf(run, settings) : "");
    this.#trouble.say(run?.divergence ? words.diverged[run.divergence](run.step, goodStep) : "");
  }

  /** @param {number} got @param {number} all  bytes */
  showFetching(got, all) {
    this.#progress.textContent = words.fetching(got, all);
  }
}

/**
 * Why what is set is not what runs.
 * @param {Run} run
 * @param {Settings} settings
 */
function pendingOf(run, settings) {
  if (run.refusal) return words.refused(run.refusal);
  const names = differences(run.settings, settings);
  return names.length ? words.pending(names.map((name) => words.value(labelOf(name), textOf(name, settings)))) : "";
}

/** @param {Name} name */
const labelOf = (name) => words.settings[name].label;

/**
 * @param {Name} name
 * @param {Settings} settings
 */
function textOf(name, settings) {
  const { choices } = /** @type {{ choices?: Record<string, string> }} */ (words.settings[name]);
  return choices?.[String(settings[name])] ?? String(settings[name]);
}

/** @param {Run} run */
function progressOf({ step, stepsPerEpoch, totalSteps, trained, isPlaying, isOver, trouble, divergence, batch, workers }) {
  if (trouble && !divergence) return words.stopped(trouble);
  const seconds = trained / 1000;
  const text = words.progress({
    epoch: step / stepsPerEpoch, step, rate: seconds ? (step * batch) / seconds : 0, seconds, workers,
    left: isPlaying && step ? ((totalSteps - step) * seconds) / step : 0,
  });
  return isOver && !trouble ? `${text} \u2013 ${words.done}` : text;
}
