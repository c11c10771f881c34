// @ts-check
import { element } from "../dom.js";
import { Chart } from "./chart.js";
import { alignedBySteps } from "./series.js";

/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./yardsticks.js").Yardstick} Yardstick */
/** @typedef {import("./chart.js").Column} Column */
/** @typedef {typeof import("../../words/rooms/train.en.js").words} Words */

/** @typedef {"batches" | "heldOut" | "train" | "recon" | "kl"} Name */

/** Held out is a full line, trained on a broken one; what a line is of has the colour that it has in the formula. */
const LINES = /** @type {const} */ ([
  { name: "batches", colour: "muted", isDots: true },
  { name: "train", colour: "ink", width: 1.5, dash: [5, 4] },
  { name: "recon", colour: "x-hat", width: 1.5, dash: [5, 4], isOfTrain: true },
  { name: "kl", colour: "muted", width: 1.5, dash: [5, 4], isOfTrain: true },
  { name: "recon", colour: "x-hat" },
  { name: "kl", colour: "muted" },
  { name: "heldOut", colour: "ink" },
]);
/** In the order of the keys under the chart. @type {readonly Name[]} */
const KEYS = ["heldOut", "train", "recon", "kl", "batches"];
/** KL has a chart of its own; here it would press all the others together. @type {readonly Name[]} */
const USUAL = ["heldOut", "train", "recon", "batches"];

/** The range of nats that is shown at least, so that a curve that has become flat does not look wild. */
const LEAST_RANGE = 30;
/** Above what the run was at after this share of its steps nothing is shown: the first steps would press the others into a line. */
const EARLY = 0.08;
const MOST_NATS = 550;

/** The cost of an image over the steps of a run, with what others have come to, and the keys that switch its lines. */
export class Curve {
  element = element("div", { class: "train-curve", id: "train-curve", role: "img" });
  keys = element("div", { class: "train-keys" });
  #chart;
  #words;
  /** @type {Map<Name, { button: HTMLButtonElement, value: HTMLElement }>} */
  #buttons = new Map();
  /** @type {readonly Yardstick[]} */
  #yardsticks = [];
  /** @type {number[]} */
  #steps = [];
  /** @type {Column[]} */
  #columns = [];
  /** Where a hand is on the chart. @type {number | undefined} */
  #pointed;
  /** What is said of the step that is shown. @type {Partial<Record<Name, number>>} */
  #values = {};

  /**
   * @param {Words} words
   * @param {object} callbacks
   * @param {(step: number) => void} callbacks.onChoose
   * @param {(lines: string | undefined) => void} callbacks.onSwitch  the lines that are shown, as the link has them
   */
  constructor(words, { onChoose, onSwitch }) {
    this.#words = words;
    this.element.setAttribute("aria-label", words.noCurve);
    for (const name of KEYS) {
      const value = element("span", { class: "value" });
      const button = element("button", { type: "button", class: `train-key ${name}`, "data-line": name }, element("i"), words.lines[name], " ", value);
      button.addEventListener("click", () => {
        const shown = KEYS.filter((each) => (each === name) !== (this.#buttons.get(each)?.button.ariaPressed === "true"));
        onSwitch(linesText(shown));
      });
      this.#buttons.set(name, { button, value });
      this.keys.append(button);
    }
    this.#chart = new Chart(this.element, {
      lines: LINES,
      under: (chart, palette) => this.#paintYardsticks(chart, palette),
      onChoose,
      onPoint: (index) => {
        this.#pointed = index;
        this.#sayValues();
      },
    });
  }

  begin() {
    return this.#chart.begin();
  }

  /**
   * @param {Run | undefined} run
   * @param {object} what
   * @param {readonly Yardstick[]} what.yardsticks
   * @param {string | undefined} what.lines  as the link has them
   * @param {{ recon: number, kl: number, step: number, train?: { recon: number, kl: number } } | undefined} what.measure  of the step that is shown
   * @param {number | undefined} what.chosen  that step, if it is not the newest
   */
  show(run, { yardsticks, lines, measure, chosen }) {
    const shown = linesOf(lines);
    const [batches, measures] = [run?.batches ?? [], run?.measures ?? []];
    const train = measures.filter((each) => each.train).map(({ step, train: of }) => ({ step, .../** @type {{ recon: number, kl: number }} */ (of) }));
    const sum = (/** @type {{ recon: number, kl: number }} */ { recon, kl }) => recon + kl;
    const recon = (/** @type {{ recon: number }} */ each) => each.recon;
    const kl = (/** @type {{ kl: number }} */ each) => each.kl;
    ({ steps: this.#steps, columns: this.#columns } = alignedBySteps([batches, measures, train], [
      { of: 0, value: sum }, { of: 2, value: sum }, { of: 2, value: recon }, { of: 2, value: kl },
      { of: 1, value: recon }, { of: 1, value: kl }, { of: 1, value: sum },
    ]));
    this.#yardsticks = yardsticks;
    const isShown = LINES.map(({ name }) => shown.includes(name));
    this.#chart.show(this.#steps, this.#columns, { range: this.#rangeOf(isShown, measures), lastStep: run?.totalSteps ?? 1000, isShown, chosen });
    for (const [name, { button }] of this.#buttons) {
      button.ariaPressed = String(shown.includes(name));
      button.hidden = name === "train" && !train.length;
    }
    this.#values = measure ? { heldOut: sum(measure), recon: measure.recon, kl: measure.kl, ...(measure.train && { train: sum(measure.train) }) } : {};
    this.#sayValues();
    this.element.setAttribute("aria-label", measure ? this.#words.saidCurve(sum(measure), measure.step) : this.#words.noCurve);
  }

  /** The numbers where a hand is on the chart, or of the step that is shown. */
  #sayValues() {
    for (const [name, { value }] of this.#buttons) {
      const number = this.#pointed === undefined ? this.#values[name] : this.#before(name, this.#pointed);
      const text = number === undefined ? "" : number.toFixed(1);
      if (value.textContent !== text) value.textContent = text;
    }
  }

  /** The last number of a line up to a place of the columns. @param {Name} name @param {number} index */
  #before(name, index) {
    const column = this.#columns[LINES.findIndex((line) => line.name === name && !("isOfTrain" in line))];
    return column?.slice(0, index + 1).findLast((number) => number !== null) ?? undefined;
  }

  /**
   * @param {boolean[]} isShown
   * @param {{ step: number, recon: number, kl: number }[]} measures
   * @returns {[number, number]}
   */
  #rangeOf(isShown, measures) {
    const present = this.#columns.flatMap((column, i) => (isShown[i] ? column.filter((number) => number !== null) : []));
    const all = [...present, ...this.#yardsticks.map(({ low }) => low)];
    if (!all.length) return [80, 200];
    const low = Math.floor(all.reduce((a, b) => Math.min(a, b)) / 10) * 10;
    const early = measures.find(({ step }) => step >= EARLY * (measures.at(-1)?.step ?? 0));
    const most = Math.min(early ? early.recon + early.kl : MOST_NATS, MOST_NATS);
    return [low, Math.max(low + LEAST_RANGE, Math.ceil(most / 10) * 10)];
  }

  /** @param {import("uplot")} chart @param {import("../../palette.js").Palette} palette */
  #paintYardsticks(chart, { muted, mark, hairline }) {
    const { ctx, bbox: { left, top, width, height } } = chart;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left, top, width, height);
    ctx.clip();
    Object.assign(ctx, { font: `${11 * ratio}px ${getComputedStyle(this.element).fontFamily}`, textAlign: "right", textBaseline: "bottom" });
    for (const { low, high, name } of this.#yardsticks) {
      const [y, end] = [chart.valToPos(high, "y", true), chart.valToPos(low, "y", true)];
      ctx.fillStyle = low === high ? hairline : mark;
      ctx.fillRect(left, y, width, Math.max(end - y, 2 * ratio));
      ctx.fillStyle = muted;
      ctx.fillText(this.#words.yardsticks[name], left + width - 4 * ratio, y - 2 * ratio);
    }
    ctx.restore();
  }
}

/** @param {string | undefined} text  as the link has it @returns {readonly Name[]} */
function linesOf(text) {
  return text === undefined ? USUAL : KEYS.filter((name) => text.split(",").includes(name));
}

/** @param {readonly Name[]} shown @returns {string | undefined} */
function linesText(shown) {
  return shown.join() === KEYS.filter((name) => USUAL.includes(name)).join() ? undefined : shown.join();
}
