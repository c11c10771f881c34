// @ts-check
import { element } from "../dom.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./types.js").Snapshot} Snapshot */
/** @typedef {typeof import("../../words/rooms/train.en.js").words} Words */

/** So many checkpoints at a press of Page Up or Page Down. */
const PAGE = 5;

/** The bar over the steps of a run: each checkpoint is a place on it, and its end is the run as it is now. */
export class Scrub {
  element = element("div", { class: "train-scrub" });
  #slider = element("input", { type: "range", id: "train-scrub", min: 0, step: 1, disabled: true });
  #ticks = element("div", { class: "ticks", "aria-hidden": "true" });
  #live = element("button", { type: "button", id: "train-live", "aria-pressed": "true", disabled: true });
  #at = element("output", { id: "train-at", for: "train-scrub" });
  #words;
  #onChoose;
  /** @type {Run | undefined} */
  #run;
  /** @type {Snapshot | undefined} */
  #chosen;
  /** @type {Snapshot[] | undefined} those that have a tick */
  #ticked;
  #isHeld = false;

  /**
   * @param {Words} words
   * @param {(chosen: Snapshot | undefined) => void} onChoose  undefined = the run as it is now
   */
  constructor(words, onChoose) {
    this.#words = words;
    this.#onChoose = onChoose;
    this.#slider.setAttribute("aria-label", words.scrub);
    this.#live.append(words.live);
    this.#slider.addEventListener("input", () => this.choose(this.#slider.valueAsNumber));
    this.#slider.addEventListener("keydown", (event) => this.#press(event));
    this.#slider.addEventListener("pointerdown", () => { this.#isHeld = true; });
    for (const end of ["pointerup", "pointercancel", "change", "blur"]) {
      this.#slider.addEventListener(end, () => {
        this.#isHeld = false;
        if (this.#run) this.show(this.#run, this.#chosen);
      });
    }
    this.#live.addEventListener("click", () => onChoose(undefined));
    this.element.append(this.#ticks, this.#slider, this.#live, this.#at);
  }

  /**
   * The checkpoint nearest to a step, or the run as it is now.
   * @param {number} step
   */
  choose(step) {
    const run = this.#run;
    if (!run) return;
    this.#onChoose(run.checkpoints.nearest(step, run.step));
  }

  /**
   * @param {Run | undefined} run
   * @param {Snapshot | undefined} chosen
   */
  show(run, chosen) {
    [this.#run, this.#chosen] = [run, chosen];
    const step = chosen?.step ?? run?.step ?? 0;
    const last = run?.totalSteps ?? 1;
    this.#slider.disabled = this.#live.disabled = !run;
    this.#slider.max = String(last);
    // While a hand holds it and has chosen nothing, the run does not pull it along.
    if (chosen || !this.#isHeld) this.#slider.value = String(step);
    this.#slider.style.setProperty("--done", `${(100 * (run?.step ?? 0)) / last}%`);
    this.#live.ariaPressed = String(!chosen);
    const text = run ? this.#words.atStep(step, last) : "";
    if (this.#at.textContent !== text) this.#at.textContent = text;
    const { measured } = chosen ?? {};
    const value = !run ? "" : measured ? this.#words.saidAt(text, measured.recon + measured.kl) : this.#words.saidLive(text);
    this.#slider.setAttribute("aria-valuetext", value);
    this.#mark(run);
  }

  /** @param {Run | undefined} run */
  #mark(run) {
    const all = run?.checkpoints.all ?? [];
    if (all === this.#ticked && all.length === this.#ticks.childElementCount) return;
    this.#ticked = all;
    this.#ticks.replaceChildren(...all.map(({ step }) => {
      const tick = element("i");
      tick.style.left = `${(100 * step) / (run?.totalSteps ?? 1)}%`;
      return tick;
    }));
  }

  /** From checkpoint to checkpoint: the steps between them show nothing. @param {KeyboardEvent} event */
  #press(event) {
    const run = this.#run;
    const by = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -PAGE, PageUp: PAGE, Home: -Infinity, End: Infinity }[event.key];
    if (!run || by === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const all = run.checkpoints.all.filter(({ step }) => step < run.step);
    const chosen = this.#chosen;
    // One that has been given up since stands between two that are there.
    const before = all.filter(({ step }) => step < (chosen?.step ?? Infinity)).length;
    const isThere = chosen !== undefined && all.includes(chosen);
    const to = by < 0 ? before + by : before + by - (chosen && !isThere ? 1 : 0);
    this.#onChoose(chosen || by < 0 ? all[Math.max(0, to)] : undefined);
  }
}
