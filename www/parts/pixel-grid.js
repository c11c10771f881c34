// @ts-check
import { SIDE } from "../picture.js";

/** A 28x28 image shown as its pixels; the style sheet sizes it at a whole multiple. */
export class PixelGrid {
  #canvas;
  #ctx;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    Object.assign(canvas, { width: SIDE, height: SIDE });
    // Written every frame and never drawn from: keep it in plain memory.
    this.#ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  }

  /** @param {Uint8ClampedArray} rgba */
  show(rgba) {
    this.#ctx.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), SIDE, SIDE), 0, 0);
  }

  /** @param {string} text  what it shows, for those who do not see it */
  describe(text) {
    this.#canvas.setAttribute("aria-label", text);
  }
}
