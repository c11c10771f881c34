// @ts-check
import { paletteAt } from "../../../palette.js";
import { Sheet } from "../../../parts/sheet.js";
import { element } from "../../dom.js";
import { cloudMarks } from "../cloud.js";
import { svg } from "../marks.js";

/** Units of the drawing along a side; the style sheet sizes it. */
const SIDE = 400;
/** A point without width is drawn so large, units. */
const DOT = 0.9;

/** @typedef {{ parts: import("../types.js").CloudPart[], latent: number, reach: number }} Clouds  `reach`: where the axes end */

/** Two latent dimensions with the clouds of many images, the circles of N(0, I), and a cloud that stands out. */
export class Plane {
  element;
  #canvas = element("canvas", { role: "img" });
  #marks = svg("svg", { class: "story-marks", viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  #sheet;
  /** @type {Clouds | undefined} */
  #clouds;

  /** @param {string} label */
  constructor(label) {
    this.element = element("div", { class: "article-plane" }, this.#canvas, this.#marks);
    this.#sheet = new Sheet(this.#canvas, () => this.#paint());
    this.describe(label);
  }

  /** @param {string} label */
  describe(label) {
    this.#canvas.setAttribute("aria-label", label);
  }

  /** @param {Clouds} clouds @param {{ mu: ArrayLike<number>, sigma: ArrayLike<number> }} [chosen]  in colour */
  show(clouds, chosen) {
    this.#clouds = clouds;
    const unit = SIDE / (2 * clouds.reach);
    const place = (/** @type {ArrayLike<number>} */ z) => /** @type {[number, number]} */ ([SIDE / 2 + z[0] * unit, SIDE / 2 - z[1] * unit]);
    this.#marks.replaceChildren(
      ...[3, 2, 1].map((sigmas) => svg("circle", { class: "prior-ring", cx: SIDE / 2, cy: SIDE / 2, r: sigmas * unit })),
      ...(chosen ? [svg("circle", { class: "halo", cx: place(chosen.mu)[0], cy: place(chosen.mu)[1], r: 14 }), ...cloudMarks(chosen, place)] : []));
    this.#paint();
  }

  #paint() {
    this.#sheet.wipe();
    if (!this.#clouds) return;
    const { parts, latent, reach } = this.#clouds;
    const { ctx, width } = this.#sheet;
    const unit = SIDE / (2 * reach);
    ctx.save();
    ctx.scale(width / SIDE, width / SIDE);
    Object.assign(ctx, { fillStyle: paletteAt(this.#canvas).muted, globalAlpha: 0.2 });
    for (const { mu, sigma } of parts) {
      for (let i = 0; i < mu.length; i += latent) {
        const [wide, high] = [sigma[i], sigma[i + 1]].map((each) => Math.max(DOT, each * unit));
        ctx.beginPath();
        ctx.ellipse(SIDE / 2 + mu[i] * unit, SIDE / 2 - mu[i + 1] * unit, wide, high, 0, 0, 2 * Math.PI);
        ctx.fill();
      }
    }
    ctx.restore();
  }
}
