// @ts-check
import { SIDE } from "../picture.js";
import { Sheet } from "./sheet.js";


/**
 * A grid of images that fills the width it is given: as many columns as fit at a whole multiple of 28 px, the space
 * between them shared out.
 */
export class PriorRow {
  /** As many images as the widest page has room for; a narrower one shows the first of them. */
  static COUNT = 44;

  #canvas;
  #sheet;
  #onFit;
  /** @type {Uint8ClampedArray[]} */
  #pictures = [];
  #tile = new OffscreenCanvas(SIDE, SIDE);
  #pen = /** @type {OffscreenCanvasRenderingContext2D} */ (this.#tile.getContext("2d", { willReadFrequently: true }));

  /**
   * @param {HTMLCanvasElement} canvas  its style says `--cell`, the side of an image, and `--rows`
   * @param {object} callbacks
   * @param {() => void} callbacks.onFit  its size has changed, and with it maybe how many images are shown
   */
  constructor(canvas, { onFit }) {
    this.#canvas = canvas;
    this.#onFit = onFit;
    this.#sheet = new Sheet(canvas, () => {
      this.repaint();
      this.#onFit();
    });
  }

  /** @param {Uint8ClampedArray[]} pictures  RGBA */
  show(pictures) {
    this.#pictures = pictures;
    this.repaint();
  }

  /** @param {string} text  what it shows, for those who do not see it */
  describe(text) {
    this.#canvas.setAttribute("aria-label", text);
  }

  /** How many images there is room for. */
  get shown() {
    const { cell, rows } = this.#measures();
    return Math.min(this.#pictures.length, rows * this.#columns(cell));
  }

  /** How many stand side by side. */
  get columns() {
    return this.#columns(this.#measures().cell);
  }

  repaint() {
    const { ctx, width, height } = this.#sheet;
    const { cell, rows } = this.#measures();
    const columns = this.#columns(cell);
    const across = columns > 1 ? (width - columns * cell) / (columns - 1) : 0;
    const down = rows > 1 ? (height - rows * cell) / (rows - 1) : 0;
    this.#sheet.wipe();
    ctx.imageSmoothingEnabled = false;
    this.#pictures.slice(0, rows * columns).forEach((rgba, i) => {
      this.#pen.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), SIDE, SIDE), 0, 0);
      const [x, y] = [(i % columns) * (cell + across), Math.floor(i / columns) * (cell + down)];
      ctx.drawImage(this.#tile, Math.round(x), Math.round(y), cell, cell);
    });
  }

  /** @param {number} cell */
  #columns(cell) {
    return Math.max(1, Math.floor((this.#sheet.width + 4) / (cell + 4)));
  }

  #measures() {
    const style = getComputedStyle(this.#canvas);
    return { cell: parseFloat(style.getPropertyValue("--cell")) || 84, rows: parseFloat(style.getPropertyValue("--rows")) || 2 };
  }
}
