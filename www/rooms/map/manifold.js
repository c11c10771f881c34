// @ts-check
import { SIDE } from "../../picture.js";

/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {import("../../types.js").Decoded} Decoded */

/** Digits decoded at a time: 20 x 20 are one request for each of two workers; in more a drawing gets its turn in between. */
const BATCH = 200;

/**
 * n x n digits decoded from the plane: each the picture of its own z, in a cell whose edges stand where the equal parts of
 * the prior's probability, within the range of the axes, end.
 */
export class Manifold {
  /** The digits side by side, equal in size. */
  #sheet = new OffscreenCanvas(1, 1);
  /** @type {{ n: number, rgba: Uint8ClampedArray, across: Axis, down: Axis } | undefined} */
  #whole;
  /** The sheet with its cells stretched to their places, and the axes that it was stretched for. */
  #layer = new OffscreenCanvas(1, 1);
  /** @type {{ across: Axis, down: Axis } | undefined} */
  #laid;

  /** How many digits to a side; 0 = nothing yet. */
  get n() {
    return this.#whole?.n ?? 0;
  }

  /** @returns {{ rgba: Uint8ClampedArray, side: number } | undefined} all of it, every digit 28 px */
  get picture() {
    return this.#whole && { rgba: this.#whole.rgba, side: this.#whole.n * SIDE };
  }

  /**
   * Decodes the digits of a range; what was there stays until all of them have come.
   * @param {number} n
   * @param {Axis} across
   * @param {Axis} down  upwards
   * @param {((z: Float32Array, columns: number) => Promise<Decoded | undefined>)[]} decoders  who take turns with the rows
   * @returns {Promise<boolean>} false where no answer came: what was there stays
   */
  async ask(n, across, down, decoders) {
    const [xs, ys] = [across.middles(n), down.middles(n).reverse()];
    const rgba = new Uint8ClampedArray(n * n * SIDE * SIDE * 4);
    const rows = Math.max(1, Math.round(BATCH / n));
    let next = 0;
    const isWhole = await Promise.all(decoders.map(async (decode) => {
      while (next < n) {
        const row = next;
        next += rows;
        const answer = await decode(Float32Array.from(ys.slice(row, row + rows).flatMap((y) => xs.flatMap((x) => [x, y]))), n);
        if (!answer) return false;
        rgba.set(answer.pictures[0], row * n * SIDE * SIDE * 4);
      }
      return true;
    }));
    if (isWhole.includes(false)) return false;
    Object.assign(this.#sheet, { width: n * SIDE, height: n * SIDE });
    contextOf(this.#sheet).putImageData(new ImageData(rgba, n * SIDE, n * SIDE), 0, 0);
    this.#whole = { n, rgba, across, down };
    this.#laid = undefined;
    return true;
  }

  /**
   * Paints it where it belongs on the axes that hold now: while they move, it moves along.
   * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} ctx  in CSS px
   * @param {Axis} across
   * @param {Axis} down
   * @param {number} ratio  pixels of the screen to one CSS px
   */
  paint(ctx, across, down, ratio) {
    if (!this.#whole) return;
    const { across: x, down: y } = this.#whole;
    const isSame = this.#laid && this.#laid.across.spacing === across.spacing && this.#layer.width === Math.round(across.length * ratio);
    if (!isSame) this.#lay(this.#whole, across, down, ratio);
    const [left, right] = [across.px(x.from), across.px(x.to)];
    const [bottom, top] = [down.length - down.px(y.from), down.length - down.px(y.to)];
    ctx.imageSmoothingEnabled = false; // while it is stretched, for a moment, speed counts
    ctx.drawImage(this.#layer, left, top, right - left, bottom - top);
  }

  /**
   * Stretches columns, then rows. Magnified pixels stay pixels; digits that are made smaller are averaged.
   * @param {{ n: number, across: Axis, down: Axis }} whole
   * @param {Axis} across
   * @param {Axis} down
   * @param {number} ratio
   */
  #lay({ n, across: x, down: y }, across, down, ratio) {
    const places = (/** @type {Axis} */ axis, /** @type {Axis} */ like) => {
      const [start, end] = [like.px(axis.from), like.px(axis.to)];
      return axis.edges(n).map((edge) => Math.round(((like.px(edge) - start) / (end - start)) * like.length * ratio));
    };
    const [columns, rows] = [places(x, across), places(y, down)];
    const [width, height] = [columns[n], rows[n]];
    const strips = new OffscreenCanvas(width, n * SIDE);
    const pen = contextOf(strips);
    for (let i = 0; i < n; i += 1) {
      const wide = columns[i + 1] - columns[i];
      smooth(pen, wide < SIDE);
      if (wide) pen.drawImage(this.#sheet, i * SIDE, 0, SIDE, n * SIDE, columns[i], 0, wide, n * SIDE);
    }
    Object.assign(this.#layer, { width, height });
    const ink = contextOf(this.#layer);
    for (let i = 0; i < n; i += 1) { // the sheet begins at the top, the axis at the bottom
      const tall = rows[i + 1] - rows[i];
      smooth(ink, tall < SIDE);
      if (tall) ink.drawImage(strips, 0, (n - 1 - i) * SIDE, width, SIDE, 0, height - rows[i + 1], width, tall);
    }
    this.#laid = { across, down };
  }
}

/** @param {OffscreenCanvasRenderingContext2D} ctx @param {boolean} isSmooth */
function smooth(ctx, isSmooth) {
  Object.assign(ctx, { imageSmoothingEnabled: isSmooth, imageSmoothingQuality: "high" });
}

/** @param {OffscreenCanvas} canvas */
function contextOf(canvas) {
  return /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
}
