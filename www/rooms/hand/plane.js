// @ts-check
import { words } from "../../words/rooms/hand.js";
import { across, dot } from "./directions.js";
import { svg } from "./svg.js";
import { EM } from "./trace.js";

/** @typedef {[number, number]} Point  along the plane's two directions */
/** @typedef {import("./types.js").Glyph} Glyph */

/** Units of the drawing: one of z. */
const UNIT = 100;
/** The plane reaches from -REACH to REACH, and a little around it. */
const REACH = 3;
const SIDE = 2 * (REACH + 0.4) * UNIT;
/** Digits stand at every whole place. */
const PLACES = Array.from({ length: 2 * REACH + 1 }, (_, i) => i - REACH);
const GLYPH = 0.9 * UNIT;
const STEP = { fine: 0.1, coarse: 0.5 };

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** A plane through a hand: one digit as it is written at every place, where the hand is known to lie, and z, which can be dragged. */
export class Plane {
  element = svg("svg", { id: "hand-map", class: "hand-map", viewBox: `${-SIDE / 2} ${-SIDE / 2} ${SIDE} ${SIDE}`, tabindex: 0, role: "application", "aria-label": words.map, "aria-describedby": "hand-map-keys" });
  #digits = svg("g", { class: "digits" });
  #ellipse = svg("ellipse", { class: "sigma" });
  #mu = svg("path", { class: "mu", d: "M-14 0H14M0 -14V14" });
  #z = svg("circle", { class: "z", r: 11 });
  #onMove;
  #onHome;
  /** @type {{ u: Float32Array, v: Float32Array, middle: Float32Array }} */
  #axes = { u: new Float32Array(), v: new Float32Array(), middle: new Float32Array() };
  /** @type {Point} */
  #at = [0, 0];

  /** @param {{ onMove: (at: Point, isPassing: boolean) => void, onHome: () => void }} listeners */
  constructor({ onMove, onHome }) {
    this.#onMove = onMove;
    this.#onHome = onHome;
    this.element.append(
      ...[3, 2, 1].map((sigmas) => svg("circle", { class: "standard", r: sigmas * UNIT })),
      svg("path", { class: "axes", d: `M${-SIDE / 2} 0H${SIDE / 2}M0 ${-SIDE / 2}V${SIDE / 2}` }),
      this.#digits, this.#ellipse, this.#mu, this.#z);
    let isDown = false;
    this.element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      isDown = true;
      this.element.setPointerCapture(event.pointerId);
      this.#onMove(this.#placeOf(event), true);
    });
    this.element.addEventListener("pointermove", (event) => isDown && this.#onMove(this.#placeOf(event), true));
    this.element.addEventListener("pointerup", (event) => {
      if (isDown) this.#onMove(this.#placeOf(event), false);
      isDown = false;
    });
    this.element.addEventListener("pointercancel", () => { isDown = false; });
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * The plane of two directions through a hand.
   * @param {Float32Array} first
   * @param {Float32Array} second
   * @param {Float32Array} middle  mu
   */
  turn(first, second, middle) {
    this.#axes = { u: first, v: across(first, second), middle };
  }

  /** The z of a place; without one, the hand's own. @param {Point | undefined} at */
  zAt(at) {
    const { u, v, middle } = this.#axes;
    if (!at) return middle;
    const [a, b] = [at[0] - dot(u, middle), at[1] - dot(v, middle)];
    return middle.map((value, d) => value + a * u[d] + b * v[d]);
  }

  /** The z of every place where a digit stands, row by row. */
  places() {
    return PLACES.flatMap((row) => PLACES.map((column) => this.zAt([column, -row])));
  }

  /** @param {Glyph[]} glyphs  one for each of `places` */
  showDigits(glyphs) {
    this.#digits.replaceChildren(...glyphs.map(({ path }, i) => {
      const [column, row] = [PLACES[i % PLACES.length], PLACES[Math.floor(i / PLACES.length)]];
      return svg("path", { d: path, transform: `translate(${column * UNIT - GLYPH / 2} ${row * UNIT - GLYPH / 2}) scale(${GLYPH / EM})` });
    }));
  }

  /**
   * @param {Point | undefined} at  where z was put; else it is mu
   * @param {Float32Array} sigma
   * @param {boolean} isKnown  whether there are drawings: otherwise the posterior is the prior
   */
  show(at, sigma, isKnown) {
    const { u, v, middle } = this.#axes;
    /** @type {Point} */
    const mu = [dot(u, middle), dot(v, middle)];
    this.#at = at ?? mu;
    const covariance = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) => a.reduce((sum, value, d) => sum + value * b[d] * sigma[d] * sigma[d], 0);
    const [uu, uv, vv] = [covariance(u, u), covariance(u, v), covariance(v, v)];
    const apart = Math.hypot((uu - vv) / 2, uv);
    const place = `translate(${mu[0] * UNIT} ${-mu[1] * UNIT})`;
    this.#ellipse.setAttribute("transform", `${place} rotate(${(-Math.atan2(2 * uv, uu - vv) * 90) / Math.PI})`);
    this.#ellipse.setAttribute("rx", String(UNIT * Math.sqrt((uu + vv) / 2 + apart)));
    this.#ellipse.setAttribute("ry", String(UNIT * Math.sqrt(Math.max(0, (uu + vv) / 2 - apart))));
    this.#mu.setAttribute("transform", place);
    for (const mark of [this.#ellipse, this.#mu]) mark.classList.toggle("is-hidden", !isKnown);
    this.#z.setAttribute("transform", `translate(${this.#at[0] * UNIT} ${-this.#at[1] * UNIT})`);
    this.element.setAttribute("aria-label", words.said.map(...this.#at, !at));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrow) {
      const step = event.shiftKey ? STEP.coarse : STEP.fine;
      this.#onMove(within([this.#at[0] + arrow[0] * step, this.#at[1] + arrow[1] * step]), false);
    } else if (event.key === "Home") this.#onHome();
    else return;
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  #placeOf({ clientX, clientY }) {
    const { left, top, width, height } = this.element.getBoundingClientRect();
    const unit = SIDE / UNIT;
    return within([((clientX - left) / width - 0.5) * unit, (0.5 - (clientY - top) / height) * unit]);
  }
}

/** @param {Point} point @returns {Point} */
const within = ([a, b]) => [limited(a), limited(b)];
const limited = (/** @type {number} */ value) => Math.min(REACH, Math.max(-REACH, value));
