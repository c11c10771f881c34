// @ts-check
/** What a person does to a run: the buttons, and the settings of this one and the next. */

import { seedFrom } from "../../address.js";
import { words } from "../../words/rooms/train.js";
import { element } from "../dom.js";
import { PRESETS, readSettings } from "./settings.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("../../types.js").Desk} Desk */

/**
 * @typedef {object} Actions
 * @property {() => void} onPlay  or pause, where it plays
 * @property {() => void} onStep
 * @property {() => void} onReset
 */

export class Transport {
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
  #progress = element("p", { class: "train-progress", id: "train-progress", role: "status" });
  #desk;

  /**
   * @param {Desk} desk
   * @param {Actions} actions
   */
  constructor(desk, { onPlay, onStep, onReset }) {
    this.#desk = desk;
    this.#play.addEventListener("click", onPlay);
    this.#one.addEventListener("click", onStep);
    this.#reset.addEventListener("click", onReset);
    this.#preset.addEventListener("change", () => desk.set({ net: this.#preset.value === PRESETS[0].name ? undefined : this.#preset.value, beta: undefined, rate: undefined }));
    this.#data.addEventListener("change", () => desk.set({ data: this.#data.value === "10000" ? undefined : this.#data.value }));
    this.#seed.addEventListener("change", () => {
      const seed = seedFrom(this.#seed.value);
      this.#seed.toggleAttribute("aria-invalid", seed === undefined);
      if (seed !== undefined) desk.set({ seed: seed === 0 ? undefined : String(seed) });
    });
    const turn = (/** @type {HTMLInputElement} */ slider, /** @type {(value: string) => Record<string, string>} */ settingOf) => {
      slider.addEventListener("input", () => desk.set(settingOf(slider.value), true));
      slider.addEventListener("change", () => desk.set(settingOf(slider.value)));
    };
    turn(this.#rate, (value) => ({ rate: (10 ** Number(value)).toPrecision(2) }));
    turn(this.#beta, (beta) => ({ beta }));
  }

  get elements() {
    return [
      element("div", { class: "buttons train-transport" }, this.#play, this.#one, this.#reset,
        element("label", { class: "field" }, words.preset, " ", this.#preset),
        element("label", { class: "field" }, words.data, " ", this.#data),
        element("label", { class: "field seed" }, words.seed, " ", this.#seed)),
      element("div", { class: "buttons train-live" },
        element("label", { class: "field", for: "train-rate" }, words.rate), this.#rate, this.#rateText,
        element("label", { class: "field", for: "train-beta" }, words.beta), this.#beta, this.#betaText),
      this.#progress,
    ];
  }

  /** @param {Run | undefined} run */
  show(run) {
    const { preset, data, seed, rate, beta } = readSettings(this.#desk.view.own);
    this.#preset.value = preset.name;
    this.#data.value = data;
    if (document.activeElement !== this.#seed) this.#seed.value = String(seed);
    this.#rate.value = String(Math.log10(rate));
    this.#rateText.textContent = rate.toPrecision(2);
    this.#beta.disabled = Number.isNaN(beta);
    this.#beta.max = String(Math.max(10, preset.beta || 0));
    this.#beta.value = String(beta || 0);
    this.#betaText.textContent = Number.isNaN(beta) ? "\u2013" : String(beta);
    this.#play.textContent = run?.isPlaying ? words.pause : run ? words.goOn : words.play;
    this.#play.disabled = this.#one.disabled = run?.isOver ?? false;
    this.#reset.disabled = !run;
    this.#progress.textContent = run ? progressOf(run) : words.untrained;
  }

  /** @param {number} got @param {number} all  bytes */
  showFetching(got, all) {
    this.#progress.textContent = words.fetching(got, all);
  }
}

/** @param {Run} run */
function progressOf({ step, stepsPerEpoch, totalSteps, trained, isPlaying, isOver, trouble }) {
  if (trouble) return words.diverged(trouble);
  const seconds = trained / 1000;
  const text = words.progress({
    epoch: step / stepsPerEpoch, step, rate: seconds ? (step * 128) / seconds : 0, seconds,
    left: isPlaying && step ? ((totalSteps - step) * seconds) / step : 0,
  });
  return isOver ? `${text} \u2013 ${words.done}` : text;
}
