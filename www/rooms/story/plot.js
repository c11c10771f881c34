// @ts-check
import { svg } from "./marks.js";

/**
 * A range of numbers and where it lies on the screen.
 * @typedef {object} Span
 * @property {number} from
 * @property {number} to
 * @property {boolean} [isLog]
 * @property {{ at: number, text: string }[]} ticks
 */

/** Room for the numbers beside the axes, px. */
const LEFT = 40;
const BELOW = 20;
const ABOVE = 8;
const RIGHT = 10;

/** The width that a chart gets which would like so much: on a phone less, so that its numbers stay as large. @param {number} wished  px */
export const widthFor = (wished) => Math.min(wished, document.documentElement.clientWidth - 32);

/** A small chart: two axes, and on them whatever a scene draws. */
export class Plot {
  element;
  /** What lies on the axes. */
  ground = svg("g");
  /** px */
  #width = 0;
  #height = 0;
  /** @type {Span} */
  #across;
  /** @type {Span} */
  #down;

  /**
   * @param {{ width: number, height: number, across: Span, down: Span, label: string }} how  width and height in px
   */
  constructor({ width, height, across, down, label }) {
    [this.#width, this.#height] = [width, height];
    [this.#across, this.#down] = [across, down];
    this.element = svg("svg", { class: "story-plot", viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": label });
    const bottom = height - BELOW;
    this.element.append(
      svg("g", { class: "axes" },
        svg("path", { d: `M${LEFT} ${ABOVE}V${bottom}H${width - RIGHT}` }),
        ...across.ticks.map(({ at, text }) => svg("text", { x: this.x(at), y: height - 5, "text-anchor": "middle" }, text)),
        ...across.ticks.map(({ at }) => svg("path", { d: `M${this.x(at)} ${bottom}v4` })),
        ...down.ticks.map(({ at, text }) => svg("text", { x: LEFT - 6, y: this.y(at) + 4, "text-anchor": "end" }, text)),
        ...down.ticks.map(({ at }) => svg("path", { class: "rule", d: `M${LEFT} ${this.y(at)}H${width - RIGHT}` }))),
      this.ground);
  }

  /** @param {number} value */
  x(value) {
    return LEFT + part(this.#across, value) * (this.#width - LEFT - RIGHT);
  }

  /** @param {number} value */
  y(value) {
    const bottom = this.#height - BELOW;
    return bottom - part(this.#down, value) * (bottom - ABOVE);
  }

  /** The path through points. @param {ArrayLike<number>} xs @param {ArrayLike<number>} ys */
  path(xs, ys) {
    return Array.from(xs, (x, i) => `${i ? "L" : "M"}${this.x(x).toFixed(1)} ${this.y(ys[i]).toFixed(1)}`).join("");
  }

  /** @param {string} text */
  describe(text) {
    this.element.setAttribute("aria-label", text);
  }
}

/**
 * Where in the span a value lies, 0…1; what is beyond its ends is at them.
 * @param {Span} span
 * @param {number} value
 */
function part({ from, to, isLog }, value) {
  const of = isLog ? (/** @type {number} */ v) => Math.log(Math.max(v, from)) : (/** @type {number} */ v) => v;
  return Math.min(1, Math.max(0, (of(value) - of(from)) / (of(to) - of(from))));
}
