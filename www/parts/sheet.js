// @ts-check
/**
 * A canvas that is as sharp as the screen: its backing store follows its size in CSS pixels times the pixel ratio, so
 * that parts draw in CSS pixels. The size is measured when it changes, never while drawing.
 */
export class Sheet {
  /** @type {CanvasRenderingContext2D} */
  ctx;
  width = 0;
  height = 0;
  #canvas;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => void} onResize  the canvas is blank now: draw again
   */
  constructor(canvas, onResize) {
    this.#canvas = canvas;
    this.ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this.#measure();
    new ResizeObserver(() => {
      if (this.#measure()) onResize();
    }).observe(canvas);
  }

  /** Wipes the sheet and leaves the context in CSS pixels. */
  wipe() {
    this.ctx.clearRect(0, 0, this.width, this.height);
  }

  /** @returns {boolean} whether anything changed */
  #measure() {
    const [width, height] = [this.#canvas.clientWidth, this.#canvas.clientHeight];
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    const isFitting = this.#canvas.width === across && this.#canvas.height === down;
    if (isFitting && this.width === width && this.height === height) return false;
    Object.assign(this, { width, height });
    if (!isFitting) { // where two sheets share a canvas, the first has done it, and its view may have drawn already
      Object.assign(this.#canvas, { width: across, height: down });
      this.ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    }
    return true;
  }
}
