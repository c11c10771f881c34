// @ts-check
import { Sheet } from "../../parts/sheet.js";
import { SIDE } from "../../picture.js";

/** Where there is no room for this many of the larger size, and one between each two stops, the smaller is taken. */
const FEWEST = 5;

/** A row of images from the left edge to the right one, at a whole multiple of 28 px. */
export class Film {
  #sheet;
  /** @type {Uint8ClampedArray[]} */
  #pictures = [];
  #cell = SIDE;
  #tile = new OffscreenCanvas(SIDE, SIDE);
  #pen = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#tile.getContext("2d", { willReadFrequently: true }));

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onFit  its size has changed, and with it how many images there is room for
   */
  constructor(canvas, onFit) {
    this.#sheet = new Sheet(canvas, () => {
      this.#paint();
      onFit();
    });
  }

  /**
   * Side of an image, CSS px, and how many fit.
   * @param {number} stops  at least as many
   */
  fit(stops) {
    const { width } = this.#sheet;
    const cell = Math.floor(width / (2 * SIDE)) >= Math.max(FEWEST, 2 * stops - 1) ? 2 * SIDE : SIDE;
    return { cell, most: Math.max(stops, Math.floor(width / cell)), width };
  }

  /**
   * @param {Uint8ClampedArray[]} pictures  RGBA
   * @param {number} cell  side of an image, CSS px
   */
  show(pictures, cell) {
    this.#pictures = pictures;
    this.#cell = cell;
    this.#paint();
  }

  #paint() {
    const { ctx, width, height } = this.#sheet;
    this.#sheet.wipe();
    ctx.imageSmoothingEnabled = false;
    const [count, cell] = [this.#pictures.length, this.#cell];
    this.#pictures.forEach((rgba, i) => {
      this.#pen.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), SIDE, SIDE), 0, 0);
      ctx.drawImage(this.#tile, Math.round((i * (width - cell)) / Math.max(1, count - 1)), Math.round((height - cell) / 2), cell, cell);
    });
  }
}
