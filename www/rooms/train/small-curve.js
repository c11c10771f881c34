// @ts-check
import { element } from "../dom.js";
import { Chart } from "./chart.js";

/** @typedef {import("./chart.js").Line} Line */
/** @typedef {{ step: number, value: number }} Point */

/** One number over the steps of a run, with what it is at the step that is shown. */
export class SmallCurve {
  element;
  #place;
  #number = element("output", {});
  #name;
  #isLog;
  #chart;

  /**
   * @param {string} id
   * @param {string} name
   * @param {{ line: Line, isLog?: boolean }} how
   */
  constructor(id, name, { line, isLog = false }) {
    this.#place = element("div", { class: "train-small-curve", role: "img", "aria-label": name });
    this.element = element("section", { id }, element("h3", {}, name, " ", this.#number), this.#place);
    this.#name = name;
    this.#isLog = isLog;
    this.#chart = new Chart(this.#place, { lines: [line], isLog, isSmall: true });
  }

  begin() {
    return this.#chart.begin();
  }

  /**
   * @param {Point[]} points
   * @param {number} lastStep
   * @param {number | undefined} chosen  a step that is marked
   * @param {(value: number) => string} textOf
   */
  show(points, lastStep, chosen, textOf) {
    const present = points.filter(({ value }) => Number.isFinite(value));
    const at = chosen === undefined ? present.at(-1) : present.findLast(({ step }) => step <= chosen) ?? present[0];
    const text = at ? textOf(at.value) : "";
    if (this.#number.textContent !== text) this.#number.textContent = text;
    this.#place.setAttribute("aria-label", `${this.#name} ${text}`);
    this.#chart.show(present.map(({ step }) => step), [present.map(({ value }) => value)],
      { range: this.#rangeOf(present.map(({ value }) => value)), lastStep, isShown: [true], chosen });
  }

  /** @param {number[]} values @returns {[number, number]} */
  #rangeOf(values) {
    const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, 0]);
    if (this.#isLog) return high ? [10 ** Math.floor(Math.log10(Math.max(low, 1e-3))), 10 ** Math.ceil(Math.log10(high) + 1e-9)] : [1, 100];
    return [0, Math.max(10, 10 * Math.ceil(high / 10))];
  }
}
