// @ts-check
import { asNumber, paletteAt } from "../../palette.js";
import { paintPosterior, traceEllipse } from "../../parts/plane-view.js";
import { Sheet } from "../../parts/sheet.js";
import { fixed } from "../../words/numbers.js";
import { Axis } from "./axis.js";
import { Manifold } from "./manifold.js";
import { Scatter } from "./scatter.js";
import { REACH, WHOLE } from "./settings.js";

/** @typedef {import("../../parts/plane-view.js").Pen} Pen */
/** @typedef {import("./axis.js").Spacing} Spacing */
/** @typedef {import("./test-points.js").TestPoints} TestPoints */
/** @typedef {{ mu: ArrayLike<number>, sigma: ArrayLike<number>, z?: ArrayLike<number> }} Posterior */

/**
 * What the plane shows. The first of these make its ground, which is kept while only marks move.
 * @typedef {object} Shown
 * @property {import("./settings.js").PlaneView} view
 * @property {Spacing} spacing
 * @property {ReadonlySet<number>} hidden  classes
 * @property {TestPoints | undefined} points
 * @property {number} grid  the manifold is shown; 0 = not
 * @property {Posterior | undefined} posterior  of the drawing
 * @property {Posterior | undefined} digit  posterior of the test digit that was taken
 * @property {[number, number]} z  the one that is decoded
 * @property {[number, number] | undefined} left  where z comes back to, while a hand has it
 */

/** Numbers along an axis stand so far apart where it is widest, so far anywhere, and so far from its ends. px */
const TICK = 48;
const LABEL = 28;
const EDGE = 12;
const STEPS = [2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01];
/** Sides of the polygon that stands for an ellipse where the axes are not to scale. */
const CORNERS = 96;
/** Radii of the ring around z where it was left, and in a hand. px */
const KEPT = 9;
const IN_HAND = 5;
/** The manifold gives way to the points on it. */
const FAINT = 0.62;

/** The latent plane: manifold, prior and test digits as its ground, and on that the marks that move with the hand. */
export class Plane {
  manifold = new Manifold();
  #canvas;
  #sheet;
  #onPaint;
  #scatter = new Scatter();
  #dots = new OffscreenCanvas(1, 1);
  #ground = new OffscreenCanvas(1, 1);
  #isGroundOld = true;
  #seen = 0;
  #frame = 0;
  #palette;
  /** @type {number[]} 0xRRGGBB of the classes */
  #colours = [];
  /** @type {Shown} */
  #shown = {
    view: WHOLE, spacing: "scale", hidden: new Set(), points: undefined, grid: 0,
    posterior: undefined, digit: undefined, z: [0, 0], left: undefined,
  };
  /** @type {{ across: Axis, down: Axis }} */
  #axes;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {object} callbacks
   * @param {() => void} callbacks.onPaint  a frame has been painted
   * @param {() => void} callbacks.onResize
   */
  constructor(canvas, { onPaint, onResize }) {
    this.#canvas = canvas;
    this.#onPaint = onPaint;
    this.#sheet = new Sheet(canvas, () => {
      this.#axes = this.#lay();
      this.#isGroundOld = true;
      this.#paint();
      onResize();
    });
    this.#palette = paletteAt(canvas);
    this.#axes = this.#lay();
    this.recolour();
  }

  /** Both axes; `down` counts upwards from the bottom. */
  get axes() {
    return this.#axes;
  }

  get isLaidOut() {
    return this.#sheet.width > 0;
  }

  /** @param {Partial<Shown>} changes */
  show(changes) {
    const before = this.#shown;
    this.#shown = { ...before, ...changes };
    const ground = groundOf(this.#shown);
    if (ground !== groundOf(before)) {
      this.#axes = this.#lay();
      this.#isGroundOld = true;
    }
    this.#schedule();
  }

  /** There are more points, or another manifold. @param {boolean} [isNow]  without waiting for the next frame */
  renew(isNow = false) {
    this.#isGroundOld = true;
    if (isNow) this.#paint();
    else this.#schedule();
  }

  /** Takes the colours of the theme that holds now. */
  recolour() {
    this.#palette = paletteAt(this.#canvas);
    const style = getComputedStyle(this.#canvas);
    this.#colours = Array.from({ length: 10 }, (_, label) => asNumber(style.getPropertyValue(`--class-${label}`).trim()));
    this.renew();
  }

  /** How many test digits are in sight. */
  get shown() {
    return this.#seen;
  }

  /** @param {number} px @param {number} py @returns {[number, number]} */
  zAt(px, py) {
    return [this.#axes.across.z(px), this.#axes.down.z(this.#axes.down.length - py)];
  }

  /** @param {ArrayLike<number>} z @returns {[number, number]} px */
  place = (z) => [this.#axes.across.px(z[0]), this.#axes.down.length - this.#axes.down.px(z[1])];

  /** What a view and this canvas make of the axes. @param {import("./settings.js").PlaneView} [view] */
  #lay(view = this.#shown.view) {
    const { spacing } = this.#shown;
    const half = REACH / view.zoom;
    const axis = (/** @type {number} */ middle, /** @type {number} */ length) => new Axis(middle - half, middle + half, Math.max(1, length), spacing);
    return { across: axis(view.x, this.#sheet.width), down: axis(view.y, this.#sheet.height) };
  }

  #schedule() {
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.isLaidOut) return;
    if (this.#isGroundOld) this.#paintGround();
    const { ctx, width, height } = this.#sheet;
    const { posterior, digit, z, left } = this.#shown;
    ctx.drawImage(this.#ground, 0, 0, width, height);
    for (const each of [digit, posterior]) {
      if (!each) continue;
      this.#clear(this.place(each.mu));
      paintPosterior(ctx, this.#palette, each, this.place, this.#trace);
    }
    if (left) this.#paintZ(left, KEPT);
    this.#paintZ(z, left ? IN_HAND : KEPT);
    this.#publish(posterior);
    this.#onPaint();
  }

  #paintGround() {
    const { width, height } = this.#sheet;
    const { points, grid, view, hidden } = this.#shown;
    const { across, down } = this.#axes;
    const [wide, high] = [this.#canvas.width, this.#canvas.height];
    const ratio = wide / width;
    const ctx = sized(this.#ground, wide, high);
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.fillStyle = this.#palette.sheet;
    ctx.fillRect(0, 0, width, height);
    const hasManifold = grid > 0 && this.manifold.n > 0;
    const hasPoints = Boolean(points?.count) && hidden.size < 10;
    if (hasManifold) {
      ctx.globalAlpha = hasPoints ? FAINT : 1;
      this.manifold.paint(ctx, across, down, ratio);
      ctx.globalAlpha = 1;
    }
    this.#paintPrior(ctx, hasManifold);
    this.#seen = 0;
    if (points && hasPoints) {
      const { shown, isDigits } = this.#scatter.paint(sized(this.#dots, wide, high), points, {
        across, down, zoom: view.zoom, ratio, hidden, colours: this.#colours,
      });
      if (isDigits && hasManifold) this.#wash(ctx);
      ctx.drawImage(this.#dots, 0, 0, width, height);
      this.#seen = shown;
    }
    this.#paintNumbers(ctx);
    this.#isGroundOld = false;
  }

  /** Digits of the test set are told from decoded ones by what lies behind them. @param {Pen} ctx */
  #wash(ctx) {
    Object.assign(ctx, { fillStyle: this.#palette.sheet, globalAlpha: 0.6 });
    ctx.fillRect(0, 0, this.#sheet.width, this.#sheet.height);
    ctx.globalAlpha = 1;
  }

  /**
   * The prior at one, two and three sigma, and the axes.
   * @param {Pen} ctx
   * @param {boolean} isLine  something lies beneath
   */
  #paintPrior(ctx, isLine) {
    const { ink, hairline, muted } = this.#palette;
    Object.assign(ctx, { fillStyle: ink, strokeStyle: isLine ? muted : hairline, lineWidth: 1 });
    for (const sigmas of [3, 2, 1]) {
      ctx.beginPath();
      this.#trace(ctx, [0, 0], [sigmas, sigmas], this.place);
      ctx.globalAlpha = isLine ? 0.5 : 0.03;
      if (isLine) ctx.stroke();
      else ctx.fill();
    }
    ctx.globalAlpha = 1;
    ctx.fillStyle = hairline;
    const [x, y] = this.place([0, 0]);
    ctx.fillRect(0, Math.round(y), this.#sheet.width, 1);
    ctx.fillRect(Math.round(x), 0, 1, this.#sheet.height);
  }

  /** Numbers along the edges, so that they stay in sight wherever the plane is moved to. @param {Pen} ctx */
  #paintNumbers(ctx) {
    const { across, down } = this.#axes;
    const { height } = this.#sheet;
    const { muted, sheet } = this.#palette;
    Object.assign(ctx, {
      font: `11px ${getComputedStyle(this.#canvas).fontFamily}`, fillStyle: muted, strokeStyle: sheet, lineWidth: 4, lineJoin: "round",
    });
    const write = (/** @type {string} */ text, /** @type {number} */ x, /** @type {number} */ y) => {
      ctx.strokeText(text, x, y);
      ctx.fillText(text, x, y);
    };
    for (const { px, text } of ticksOf(across)) {
      Object.assign(ctx, { textAlign: "center", textBaseline: "bottom" });
      ctx.fillRect(Math.round(px), height - 5, 1, 5);
      write(text, px, height - 7);
    }
    for (const { px, text } of ticksOf(down)) {
      if (px < 24) continue; // the corner belongs to the other axis
      Object.assign(ctx, { textAlign: "left", textBaseline: "middle" });
      ctx.fillRect(0, Math.round(height - px), 5, 1);
      write(text, 8, height - px);
    }
  }

  /** The path of an ellipse as the axes bend it. @type {typeof traceEllipse} */
  #trace = (ctx, middle, radii, place) => {
    if (this.#shown.spacing === "scale") {
      traceEllipse(ctx, middle, radii, place);
      return;
    }
    for (let i = 0; i < CORNERS; i += 1) {
      const turn = (i / CORNERS) * 2 * Math.PI;
      ctx.lineTo(...place([middle[0] + radii[0] * Math.cos(turn), middle[1] + radii[1] * Math.sin(turn)]));
    }
    ctx.closePath();
  };

  /** Room for a mark among the dots. @param {[number, number]} at  px */
  #clear([x, y]) {
    const { ctx } = this.#sheet;
    ctx.beginPath();
    ctx.arc(x, y, KEPT, 0, 2 * Math.PI);
    Object.assign(ctx, { fillStyle: this.#palette.sheet, globalAlpha: 0.8 });
    ctx.fill();
    ctx.globalAlpha = 1;
  }

  /**
   * @param {[number, number]} z
   * @param {number} radius
   */
  #paintZ(z, radius) {
    const { ctx } = this.#sheet;
    const [x, y] = this.place(z);
    ctx.beginPath();
    ctx.arc(x, y, radius, 0, 2 * Math.PI);
    Object.assign(ctx, { strokeStyle: this.#palette.sheet, lineWidth: 4.5 });
    ctx.stroke();
    Object.assign(ctx, { strokeStyle: this.#palette.z, lineWidth: 2 });
    ctx.stroke();
  }

  /** What was painted, in numbers, for scripts that watch the page. @param {Posterior | undefined} posterior */
  #publish(posterior) {
    const { dataset } = this.#canvas;
    const z = this.place(this.#shown.z).map((px) => px.toFixed(2)).join(" ");
    if (dataset.z !== z) dataset.z = z;
    const ellipse = posterior ? this.#ellipseOf(posterior).map((px) => px.toFixed(2)).join(" ") : "";
    if (dataset.ellipse !== ellipse) dataset.ellipse = ellipse;
  }

  /** Middle and half-axes of the ellipse at one sigma, px. @param {Posterior} posterior */
  #ellipseOf({ mu, sigma }) {
    const [x, y] = this.place(mu);
    const [right, top] = this.place([mu[0] + sigma[0], mu[1] + sigma[1]]);
    return [x, y, right - x, y - top];
  }
}

/** What makes the ground what it is, as text. @param {Shown} shown */
function groundOf({ view, spacing, hidden, grid, points }) {
  return [view.x, view.y, view.zoom, spacing, ...hidden, "of", Boolean(points), grid > 0].join();
}

/**
 * Round numbers along an axis, as many as stand apart where it is widest; where it is narrow some are left out.
 * @param {Axis} axis
 * @returns {{ px: number, text: string }[]}
 */
function ticksOf(axis) {
  const widest = Math.min(axis.to, Math.max(axis.from, 0)); // the prior is densest at 0
  const [near, far] = widest + (axis.to - axis.from) / 100 > axis.to ? [-0.01, 0] : [0, 0.01];
  const perUnit = (axis.px(widest + far) - axis.px(widest + near)) / 0.01;
  const step = STEPS.findLast((each) => each * perUnit >= TICK) ?? STEPS[0];
  const places = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const steps = Array.from({ length: Math.floor(axis.to / step) - Math.ceil(axis.from / step) + 1 }, (_, i) => Math.ceil(axis.from / step) + i);
  /** @type {{ px: number, text: string }[]} */
  const ticks = [];
  for (const i of steps.sort((a, b) => Math.abs(a * step - widest) - Math.abs(b * step - widest))) {
    const px = axis.px(i * step);
    const isFree = ticks.every((tick) => Math.abs(tick.px - px) >= LABEL);
    if (isFree && px >= EDGE && px <= axis.length - EDGE) ticks.push({ px, text: fixed(i * step, places) });
  }
  return ticks;
}

/**
 * The context of a canvas of this size, blank.
 * @param {OffscreenCanvas} canvas
 * @param {number} width
 * @param {number} height
 */
function sized(canvas, width, height) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  return /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}
