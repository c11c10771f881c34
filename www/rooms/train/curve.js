// @ts-check
import { paletteAt } from "../../palette.js";
import { Sheet } from "../../parts/sheet.js";

/** @typedef {{ step: number, nats: number }} Point */

/** The range of nats that is shown at least, so that a curve that has become flat does not look wild. */
const LEAST_RANGE = 20;
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 8, 8, 24];

/** The cost of an image over the steps of a run: each batch as a faint point's height, what was held out as a line. */
export class Curve {
  #canvas;
  #sheet;
  /** @type {Point[]} */
  #batches = [];
  /** @type {Point[]} */
  #heldOut = [];
  #lastStep = 1;
  #names;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {{ steps: string }} names
   */
  constructor(canvas, names) {
    this.#canvas = canvas;
    this.#names = names;
    this.#sheet = new Sheet(canvas, () => this.repaint());
  }

  /**
   * @param {Point[]} batches
   * @param {Point[]} heldOut
   * @param {number} lastStep  of the run
   */
  show(batches, heldOut, lastStep) {
    [this.#batches, this.#heldOut, this.#lastStep] = [batches, heldOut, lastStep];
    this.repaint();
  }

  repaint() {
    const { ctx, width, height } = this.#sheet;
    const palette = paletteAt(this.#canvas);
    this.#sheet.wipe();
    if (!this.#batches.length && !this.#heldOut.length) return;
    const all = [...this.#batches, ...this.#heldOut].map(({ nats }) => nats).filter(Number.isFinite);
    // The first steps fall from 550: they would press everything that follows into a line.
    const low = Math.floor(Math.min(...all, 200) / 10) * 10;
    const high = Math.max(low + LEAST_RANGE, Math.min(Math.max(...all, 0), low + 150));
    const x = (/** @type {number} */ step) => LEFT + ((width - LEFT - RIGHT) * step) / this.#lastStep;
    const y = (/** @type {number} */ nats) => TOP + (height - TOP - BOTTOM) * Math.min(1, (high - nats) / (high - low));
    this.#paintAxes(palette, low, high, y);
    ctx.save();
    ctx.beginPath();
    ctx.rect(LEFT, 0, width - LEFT, height);
    ctx.clip();
    ctx.fillStyle = palette.muted;
    ctx.globalAlpha = 0.35;
    for (const { step, nats } of this.#batches) ctx.fillRect(x(step) - 0.75, y(nats) - 0.75, 1.5, 1.5);
    ctx.globalAlpha = 1;
    Object.assign(ctx, { strokeStyle: palette["x-hat"], lineWidth: 2, lineJoin: "round" });
    ctx.beginPath();
    for (const { step, nats } of this.#heldOut) ctx.lineTo(x(step), y(nats));
    ctx.stroke();
    ctx.restore();
  }

  /**
   * @param {import("../../palette.js").Palette} palette
   * @param {number} low
   * @param {number} high
   * @param {(nats: number) => number} y
   */
  #paintAxes({ muted, hairline }, low, high, y) {
    const { ctx, width, height } = this.#sheet;
    ctx.font = `11px ${getComputedStyle(this.#canvas).fontFamily}`;
    const spacing = high - low > 80 ? 50 : high - low > 40 ? 20 : 10;
    Object.assign(ctx, { textAlign: "right", textBaseline: "middle" });
    for (let nats = Math.ceil(low / spacing) * spacing; nats <= high; nats += spacing) {
      ctx.fillStyle = hairline;
      ctx.fillRect(LEFT, Math.round(y(nats)), width - LEFT - RIGHT, 1);
      ctx.fillStyle = muted;
      ctx.fillText(String(nats), LEFT - 8, y(nats));
    }
    Object.assign(ctx, { textAlign: "right", textBaseline: "bottom" });
    ctx.fillText(`${this.#lastStep} ${this.#names.steps}`, width - RIGHT, height - 2);
    ctx.textAlign = "left";
    ctx.fillText("0", LEFT, height - 2);
  }
}
