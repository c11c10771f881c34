// @ts-check
import { PixelGrid } from "../../parts/pixel-grid.js";
import { words } from "../../words/rooms/blend.js";
import { element } from "../dom.js";
import { Film } from "./film.js";
import { segmentAt } from "./paths.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

/** This near to a drawing, in CSS px, a finger means the drawing itself. */
const SNAP_PX = 4;
/** The share from which a frame counts as read. */
const SURE = 0.5;
/** How long the walk from one drawing to the next takes. */
const SEGMENT_MS = 2500;
/** Steps of the scrub bar between two drawings. */
export const STEPS = 50;

const calm = matchMedia("(prefers-reduced-motion: reduce)");
const picture = (/** @type {string} */ id, /** @type {string} */ label, kind = "picture") => element("canvas", { class: kind, role: "img", id, "aria-label": label });

/** The filmstrip with its scrub bar, the place on it, and the walk along it. */
export class Journey {
  #film = picture("blend-film", words.filmTitle, "blend-film");
  #fade = picture("blend-fade", words.fadeTitle, "blend-film is-muted");
  #mark = element("i", { class: "blend-mark" });
  #strip = element("div", { class: "blend-strip" }, this.#film, this.#mark);
  #digits = element("p", { class: "blend-digits", "aria-hidden": "true" });
  #range = element("input", { type: "range", id: "blend-t", min: 0, step: 1 / STEPS, "aria-label": words.scrub });
  #play = element("button", { type: "button", id: "blend-play" }, calm.matches ? words.step : words.play);
  #big = picture("blend-point", words.blended);
  #mixed = picture("blend-mixed", words.mixed);
  #place = element("p", { class: "blend-place" });
  #reads = element("p", { class: "blend-place", id: "blend-reads" });
  #films = { film: new Film(this.#film, () => this.#callbacks.onFit()), fade: new Film(this.#fade, () => {}) };
  #grids = { big: new PixelGrid(this.#big), mixed: new PixelGrid(this.#mixed) };
  #callbacks;
  #stops = 2;
  #t = 0;
  #walk = 0;

  /**
   * @param {object} callbacks
   * @param {(t: number, isPassing: boolean, time: number) => void} callbacks.onScrub
   * @param {() => void} callbacks.onFit
   * @param {(t: number) => number} callbacks.nextFrame  t of the frame after
   */
  constructor(callbacks) {
    this.#callbacks = callbacks;
    const scrub = (/** @type {Event} */ event) => {
      this.#stop();
      callbacks.onScrub(Number(this.#range.value), event.type === "input", event.timeStamp);
    };
    this.#range.addEventListener("input", scrub);
    this.#range.addEventListener("change", scrub);
    for (const strip of [this.#strip, this.#fade]) this.#scrubOn(strip);
    this.#play.addEventListener("click", () => this.#toggle());
    calm.addEventListener("change", () => {
      this.#stop();
      this.#play.textContent = calm.matches ? words.step : words.play;
    });
  }

  /** The strips. */
  get strips() {
    return element("div", { class: "blend-journey" },
      this.#strip, this.#digits, this.#range, this.#fade, element("p", { class: "blend-fade-note" }, words.fadeTitle));
  }

  /** The place on them. */
  get point() {
    const figure = (/** @type {HTMLElement} */ canvas, /** @type {string} */ text, /** @type {string} */ kind) =>
      element("figure", {}, canvas, element("figcaption", { class: kind }, text));
    return [element("div", { class: "blend-two" }, figure(this.#big, words.blended, "x-hat"), figure(this.#mixed, words.mixed, "kl")),
      this.#place, this.#reads];
  }

  get play() {
    return this.#play;
  }

  get isWalking() {
    return this.#walk !== 0;
  }

  /** @param {number} stops */
  fit(stops) {
    return this.#films.film.fit(stops);
  }

  /**
   * @param {number} stops
   * @param {number} t
   * @param {number} cell
   */
  showPlace(stops, t, cell) {
    [this.#stops, this.#t] = [stops, t];
    const { from, s } = segmentAt(stops, t);
    this.#range.max = String(stops - 1);
    this.#range.value = String(t);
    this.#range.setAttribute("aria-valuetext", words.said.place(from, s));
    this.#strip.parentElement?.style.setProperty("--cell", `${cell}px`);
    this.#mark.style.left = `calc((100% - ${cell}px) * ${t / (stops - 1)})`;
  }

  /**
   * @param {Uint8ClampedArray[]} frames
   * @param {Uint8ClampedArray[]} mixed
   * @param {Verdict[] | undefined} reads
   */
  showStrips(frames, mixed, reads) {
    const { cell } = this.#films.film.fit(this.#stops);
    this.#films.film.show(frames, cell);
    this.#films.fade.show(mixed, cell);
    const spans = frames.map((_, i) => element("span", {}, reads ? (reads[i].share < SURE ? "·" : String(reads[i].digit)) : "\u00a0"));
    this.#digits.replaceChildren(...spans);
  }

  /**
   * @param {Uint8ClampedArray | undefined} blended
   * @param {Uint8ClampedArray} mixed
   * @param {number} length  of z
   * @param {Verdict} [read]
   */
  showPoint(blended, mixed, length, read) {
    if (blended) this.#grids.big.show(blended);
    this.#grids.mixed.show(mixed);
    this.#place.textContent = words.point(this.#t, length);
    this.#reads.textContent = words.reads(read);
  }

  /** @param {{ film: string, fade: string, big: string, mixed: string }} texts */
  describe({ film, fade, big, mixed }) {
    this.#film.setAttribute("aria-label", film);
    this.#fade.setAttribute("aria-label", fade);
    this.#grids.big.describe(big);
    this.#grids.mixed.describe(mixed);
  }

  /** @param {HTMLElement} strip */
  #scrubOn(strip) {
    const at = (/** @type {PointerEvent} */ event, /** @type {boolean} */ isPassing) => {
      const { left, width } = strip.getBoundingClientRect();
      const { cell } = this.#films.film.fit(this.#stops);
      const reach = width - cell;
      const t = Math.min(1, Math.max(0, (event.clientX - left - cell / 2) / reach)) * (this.#stops - 1);
      const isNear = (Math.abs(t - Math.round(t)) * reach) / (this.#stops - 1) < SNAP_PX;
      this.#callbacks.onScrub(isNear ? Math.round(t) : Math.round(t * STEPS) / STEPS, isPassing, event.timeStamp);
    };
    strip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.#stop();
      strip.setPointerCapture(event.pointerId);
      at(event, true);
    });
    // Raw updates come as the hand moves, a frame's wait earlier than pointermove, where the browser has them.
    strip.addEventListener("onpointerrawupdate" in window ? "pointerrawupdate" : "pointermove", (event) => {
      if (event instanceof PointerEvent && strip.hasPointerCapture(event.pointerId)) at(event, true);
    });
    strip.addEventListener("pointerup", (event) => {
      if (strip.hasPointerCapture(event.pointerId)) at(event, false);
    });
    // A finger that scrolls the page: what it had moved stays, as a step of its own.
    strip.addEventListener("pointercancel", () => this.#callbacks.onScrub(this.#t, false, performance.now()));
  }

  #toggle() {
    if (calm.matches) this.#callbacks.onScrub(this.#callbacks.nextFrame(this.#t), false, performance.now());
    else if (this.#walk) {
      this.#stop();
      this.#callbacks.onScrub(this.#t, false, performance.now());
    } else this.#start();
  }

  /** Back and forth, until somebody stops it or leaves the room. */
  #start() {
    let [direction, before] = [this.#t >= this.#stops - 1 ? -1 : 1, performance.now()];
    let t = this.#t;
    const step = (/** @type {number} */ now) => {
      if (this.#strip.offsetParent === null) return this.#stop();
      t += (direction * Math.max(0, now - before)) / SEGMENT_MS;
      before = now;
      if (t >= this.#stops - 1 || t <= 0) direction = t <= 0 ? 1 : -1;
      t = Math.min(this.#stops - 1, Math.max(0, t));
      this.#callbacks.onScrub(Math.round(t * STEPS * 2) / (STEPS * 2), true, now);
      if (this.#walk) this.#walk = requestAnimationFrame(step);
    };
    this.#walk = requestAnimationFrame(step);
    this.#play.textContent = words.pause;
  }

  #stop() {
    if (!this.#walk) return;
    cancelAnimationFrame(this.#walk);
    this.#walk = 0;
    this.#play.textContent = calm.matches ? words.step : words.play;
  }
}
