// @ts-check
import { paletteAt } from "../palette.js";
import { fixed } from "../words/numbers.js";
import { Sheet } from "./sheet.js";

/** @typedef {import("./posterior-view.js").Posterior} Posterior */

/** The plane reaches from -REACH to REACH in both directions. */
const REACH = 3.5;
/** Side of the lens as a part of the plane's. */
const LENS = 0.36;
/** The lens shows this many standard deviations around mu, at least, and magnifies by one of these. */
const LENS_SIGMAS = 3;
const MAGNIFICATIONS = [100, 50, 20, 10, 5, 2];

/**
 * The posterior of a two-dimensional model, to scale on the latent plane: ellipses at one and two sigma, mu, and z,
 * against the prior's circles. A narrow posterior is a speck there, so a lens in the corner shows it larger and says by
 * how much.
 */
export class PlaneView {
  #canvas;
  #sheet;
  /** @type {Posterior | undefined} */
  #posterior;
  #isActive = false;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#sheet = new Sheet(canvas, () => this.repaint());
  }

  /** Pixels per unit of the latent plane. */
  get scale() {
    return this.#side / (2 * REACH);
  }

  get #side() {
    return Math.min(this.#sheet.width, this.#sheet.height);
  }

  /** @param {Posterior} posterior */
  show(posterior) {
    this.#isActive = true;
    this.#posterior = posterior;
    this.repaint();
  }

  /** Leaves the canvas to another view. */
  rest() {
    this.#isActive = false;
  }

  repaint() {
    const posterior = this.#posterior;
    if (!this.#isActive || !posterior) return;
    const { ctx, width, height } = this.#sheet;
    const palette = paletteAt(this.#canvas);
    this.#sheet.wipe();
    ctx.save();
    ctx.translate((width - this.#side) / 2, (height - this.#side) / 2);
    this.#paintPlane(palette);
    const half = this.#side / 2;
    if (posterior.isEmpty) paintSample(ctx, palette, [half, half]);
    else {
      paintPosterior(ctx, palette, posterior, (at) => [half + at[0] * this.scale, half - at[1] * this.scale]);
      if (posterior.sigma.some((s) => s > 0)) this.#paintLens(palette, posterior);
    }
    ctx.restore();
  }

  /** @param {import("../palette.js").Palette} palette */
  #paintPlane({ ink, muted, hairline }) {
    const { ctx } = this.#sheet;
    const [side, half, unit] = [this.#side, this.#side / 2, this.scale];
    ctx.fillStyle = ink;
    for (const sigmas of [3, 2, 1]) {
      ctx.globalAlpha = 0.03;
      ctx.beginPath();
      ctx.arc(half, half, sigmas * unit, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.globalAlpha = 1;
    ctx.fillStyle = hairline;
    ctx.fillRect(0, Math.round(half), side, 1);
    ctx.fillRect(Math.round(half), 0, 1, side);
    ctx.fillStyle = muted;
    ctx.font = `11px ${getComputedStyle(this.#canvas).fontFamily}`;
    for (const value of [-3, -2, -1, 1, 2, 3]) {
      const text = String(value).replace("-", "\u2212");
      Object.assign(ctx, { textAlign: "center", textBaseline: "top" });
      ctx.fillText(text, half + value * unit, half + 5);
      ctx.fillRect(half + value * unit, half - 2, 1, 5);
      Object.assign(ctx, { textAlign: "right", textBaseline: "middle" });
      ctx.fillText(text, half - 6, half - value * unit);
      ctx.fillRect(half - 2, half - value * unit, 5, 1);
    }
  }

  /**
   * @param {import("../palette.js").Palette} palette
   * @param {Posterior} posterior
   */
  #paintLens(palette, posterior) {
    const { ctx } = this.#sheet;
    const { mu, sigma } = posterior;
    const lens = this.#side * LENS;
    const times = MAGNIFICATIONS.find((n) => LENS_SIGMAS * Math.max(...sigma) * this.scale * n <= lens / 2);
    if (!times) return; // the posterior is wide enough to be seen as it is
    // The corner away from mu, so that the lens never hides what it magnifies.
    const left = mu[0] > 0 ? 0 : this.#side - lens;
    const top = mu[1] > 0 ? this.#side - lens : 0;
    ctx.save();
    ctx.beginPath();
    ctx.rect(left + 0.5, top + 0.5, lens - 1, lens - 1);
    Object.assign(ctx, { fillStyle: palette.sheet, strokeStyle: palette.muted, lineWidth: 1 });
    ctx.fill();
    ctx.stroke();
    ctx.clip();
    const unit = this.scale * times;
    paintPosterior(ctx, palette, posterior, (at) => [left + lens / 2 + (at[0] - mu[0]) * unit, top + lens / 2 - (at[1] - mu[1]) * unit]);
    ctx.fillStyle = palette.muted;
    Object.assign(ctx, { font: `11px ${getComputedStyle(this.#canvas).fontFamily}`, textAlign: "left", textBaseline: "bottom" });
    ctx.fillText(`\u00d7${times}`, left + 6, top + lens - 5);
    const bar = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01].find((length) => length * unit <= lens * 0.4) ?? 0.01;
    ctx.textAlign = "right";
    ctx.fillText(fixed(bar, bar < 0.1 ? 2 : 1), left + lens - 6, top + lens - 10);
    ctx.fillRect(left + lens - 6 - bar * unit, top + lens - 8, bar * unit, 1);
    ctx.restore();
  }
}

/** @typedef {import("../palette.js").Palette} Palette */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Pen */
/** @typedef {(z: ArrayLike<number>) => [number, number]} Place  Where a z stands, px. */

/**
 * Ellipses at one and two sigma, mu as a cross, and z.
 * @param {Pen} ctx
 * @param {Palette} palette
 * @param {{ mu: ArrayLike<number>, sigma: ArrayLike<number>, z?: ArrayLike<number> }} posterior
 * @param {Place} place
 * @param {typeof traceEllipse} [trace]
 */
export function paintPosterior(ctx, palette, { mu, sigma, z }, place, trace = traceEllipse) {
  Object.assign(ctx, { fillStyle: palette.sigma, strokeStyle: palette.sigma, lineWidth: 1 });
  for (const sigmas of [2, 1]) {
    ctx.beginPath();
    trace(ctx, mu, [sigmas * sigma[0], sigmas * sigma[1]], place);
    ctx.globalAlpha = 0.2;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.stroke();
  }
  const [x, y] = place(mu);
  ctx.fillStyle = palette.mu;
  ctx.fillRect(x - 5, y - 0.75, 10, 1.5);
  ctx.fillRect(x - 0.75, y - 5, 1.5, 10);
  if (z) paintSample(ctx, palette, place(z));
}

/**
 * The path of an ellipse where equal lengths of the plane are equal on the screen.
 * @param {Pen} ctx
 * @param {ArrayLike<number>} middle
 * @param {[number, number]} radii  in units of the plane
 * @param {Place} place
 */
export function traceEllipse(ctx, middle, radii, place) {
  const [x, y] = place(middle);
  const [right, top] = place([middle[0] + radii[0], middle[1] + radii[1]]);
  ctx.ellipse(x, y, right - x, y - top, 0, 0, 2 * Math.PI);
}

/**
 * @param {Pen} ctx
 * @param {Palette} palette
 * @param {[number, number]} place  px
 */
export function paintSample(ctx, { sheet, z }, [x, y]) {
  Object.assign(ctx, { fillStyle: sheet, strokeStyle: z, lineWidth: 1.5 });
  ctx.beginPath();
  ctx.arc(x, y, 3, 0, 2 * Math.PI);
  ctx.fill();
  ctx.stroke();
}
