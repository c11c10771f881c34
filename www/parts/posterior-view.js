// @ts-check
import { paletteAt } from "../palette.js";
import { Sheet } from "./sheet.js";

/** @typedef {{ mu: Float32Array, sigma: Float32Array, z: Float32Array, kl: Float32Array, isEmpty: boolean }} Posterior */

/** The chart reaches this many standard deviations of the prior, up and down. */
const REACH = 3;
/** Room left of the axis for its numbers, and below for the bars of KL, in px. */
const AXIS = 28;
const BARS = 64;
/** KL of one dimension that fills its bar, in nats; a fixed scale, so that bars can be compared between drawings. */
const FULL_BAR = 4;

/**
 * The posterior of one drawing, one dimension beside the other: a tick at mu, a thick stroke over mu ± sigma, a thin one
 * over mu ± 2 sigma, a ring at the sampled z, all against the prior's band; below, the KL of each dimension as a bar.
 */
export class PosteriorView {
  #canvas;
  #sheet;
  #onPoint;
  /** @type {Posterior | undefined} */
  #posterior;
  /** @type {readonly number[]} */
  #order = [];
  #marked = -1;
  #isActive = false;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {object} callbacks
   * @param {(dimension: number) => void} callbacks.onPoint  a dimension is pointed at; -1 = none any more
   */
  constructor(canvas, { onPoint }) {
    this.#canvas = canvas;
    this.#onPoint = onPoint;
    this.#sheet = new Sheet(canvas, () => this.repaint());
    canvas.addEventListener("pointermove", (event) => this.#isActive && onPoint(this.#dimensionAt(event.offsetX)));
    canvas.addEventListener("pointerdown", (event) => this.#isActive && onPoint(this.#dimensionAt(event.offsetX)));
    canvas.addEventListener("pointerleave", (event) => this.#isActive && event.pointerType === "mouse" && onPoint(-1));
    canvas.addEventListener("blur", () => this.#isActive && onPoint(-1));
    canvas.addEventListener("keydown", (event) => this.#isActive && this.#key(event));
  }

  /**
   * @param {Posterior} posterior
   * @param {readonly number[]} order  the dimensions from left to right
   */
  show(posterior, order) {
    this.#isActive = true;
    this.#posterior = posterior;
    this.#order = order;
    this.repaint();
  }

  /** Leaves the canvas to another view. */
  rest() {
    this.#isActive = false;
  }

  /** @param {number} dimension  -1 = none */
  mark(dimension) {
    if (dimension === this.#marked) return;
    this.#marked = dimension;
    this.repaint();
  }

  repaint() {
    const posterior = this.#posterior;
    if (!this.#isActive || !posterior) return;
    const { ctx, width, height } = this.#sheet;
    const palette = paletteAt(this.#canvas);
    this.#sheet.wipe();
    const middle = (height - BARS) / 2;
    const unit = middle / REACH;
    this.#paintPrior(palette, middle, unit);
    const pitch = (width - AXIS) / this.#order.length;
    this.#order.forEach((dimension, i) => {
      const x = AXIS + (i + 0.5) * pitch;
      if (dimension === this.#marked) {
        ctx.fillStyle = palette.mark;
        ctx.fillRect(x - pitch / 2, 0, pitch, height);
      }
      if (!posterior.isEmpty) this.#paintDimension(palette, x, pitch, middle, unit, dimension, posterior);
      this.#paintSample(palette, x, middle - Math.max(-REACH, Math.min(REACH, posterior.z[dimension])) * unit, pitch);
    });
  }

  /**
   * The band of N(0, 1): one and two standard deviations, and the axis.
   * @param {import("../palette.js").Palette} palette
   * @param {number} middle
   * @param {number} unit
   */
  #paintPrior({ ink, muted, hairline }, middle, unit) {
    const { ctx, width, height } = this.#sheet;
    ctx.fillStyle = ink;
    for (const [sigmas, alpha] of [[2, 0.035], [1, 0.045]]) {
      ctx.globalAlpha = alpha;
      ctx.fillRect(AXIS, middle - sigmas * unit, width - AXIS, 2 * sigmas * unit);
    }
    ctx.globalAlpha = 1;
    ctx.fillStyle = hairline;
    ctx.fillRect(AXIS, Math.round(middle), width - AXIS, 1);
    ctx.fillRect(AXIS, height - BARS + 12, width - AXIS, 1);
    ctx.fillStyle = muted;
    Object.assign(ctx, { font: `11px ${getComputedStyle(this.#canvas).fontFamily}`, textAlign: "right", textBaseline: "middle" });
    for (const value of [-2, -1, 0, 1, 2]) ctx.fillText(String(value).replace("-", "\u2212"), AXIS - 8, middle - value * unit);
    ctx.fillText("KL", AXIS - 8, height - BARS + 19);
  }

  /**
   * @param {import("../palette.js").Palette} palette
   * @param {number} x
   * @param {number} pitch
   * @param {number} middle
   * @param {number} unit
   * @param {number} dimension
   * @param {Posterior} posterior
   */
  #paintDimension(palette, x, pitch, middle, unit, dimension, { mu, sigma, kl }) {
    const { ctx, height } = this.#sheet;
    const y = (/** @type {number} */ value) => middle - Math.max(-REACH, Math.min(REACH, value)) * unit;
    const [m, s] = [mu[dimension], sigma[dimension]];
    const bar = Math.max(2, Math.min(6, pitch * 0.45));
    ctx.fillStyle = palette.sigma;
    ctx.fillRect(x - 0.5, y(m + 2 * s), 1, y(m - 2 * s) - y(m + 2 * s));
    ctx.globalAlpha = 0.55;
    ctx.fillRect(x - bar / 2, y(m + s), bar, y(m - s) - y(m + s));
    ctx.globalAlpha = 1;
    ctx.fillStyle = palette.mu;
    const tick = Math.max(5, Math.min(12, pitch * 0.8));
    ctx.fillRect(x - tick / 2, y(m) - 1, tick, 2);
    if (!kl.length) return;
    ctx.fillStyle = palette.muted;
    const full = BARS - 14;
    ctx.fillRect(x - bar / 2, height - BARS + 13, bar, Math.min(full, Math.max(0.5, (kl[dimension] / FULL_BAR) * full)));
  }

  /**
   * @param {import("../palette.js").Palette} palette
   * @param {number} x
   * @param {number} y
   * @param {number} pitch
   */
  #paintSample({ sheet, z }, x, y, pitch) {
    const { ctx } = this.#sheet;
    Object.assign(ctx, { fillStyle: sheet, strokeStyle: z, lineWidth: 1.5 });
    ctx.beginPath();
    ctx.arc(x, y, Math.max(2, Math.min(3, pitch * 0.25)), 0, 2 * Math.PI);
    ctx.fill();
    ctx.stroke();
  }

  /** @param {number} x */
  #dimensionAt(x) {
    const i = Math.floor(((x - AXIS) / (this.#sheet.width - AXIS)) * this.#order.length);
    return this.#order[i] ?? -1;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = this.#order.indexOf(this.#marked);
    const next = at < 0 ? 0 : Math.min(this.#order.length - 1, Math.max(0, at + step));
    this.#onPoint(this.#order[next]);
  }
}
