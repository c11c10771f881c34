// @ts-check
import { coordinateOf } from "./axis.js";

/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {import("./axis.js").Spacing} Spacing */
/** @typedef {import("./test-points.js").TestPoints} TestPoints */

/** Radius of a point in CSS px on the whole plane, and the largest that it grows to when zoomed in. */
const RADIUS = { whole: 1.4, most: 3.5 };
/** A point may stand between pixels: this many places per pixel in each direction. */
const PHASES = 4;
/** When no more points than this are in sight, each is shown as the digit that it stands for. */
const FEW = 160;
const SIDE = 28;
const P = SIDE * SIDE;

/**
 * Thousands of points as coloured discs, or a few as the digits themselves, stamped pixel by pixel: ten thousand calls of
 * a canvas would not fit a frame, and these do.
 */
export class Scatter {
  #image = new ImageData(1, 1);
  #words = new Uint32Array(this.#image.data.buffer);
  /** @type {Float64Array} along the axes, two for each point */
  #coordinates = new Float64Array(0);
  #done = 0;
  /** @type {Spacing | undefined} */
  #spacing;

  /**
   * Paints the points as the axes have them.
   * @param {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} ctx  its canvas gets nothing but the points
   * @param {TestPoints} points
   * @param {{ across: Axis, down: Axis, zoom: number, ratio: number, hidden: ReadonlySet<number>, colours: number[] }} how
   *   `colours` are 0xRRGGBB, one for each class
   * @returns {{ shown: number, isDigits: boolean }} how many are in sight
   */
  paint(ctx, points, { across, down, zoom, ratio, hidden, colours }) {
    const { width, height } = ctx.canvas;
    if (this.#image.width !== width || this.#image.height !== height) {
      this.#image = new ImageData(width, height);
      this.#words = new Uint32Array(this.#image.data.buffer);
    } else this.#words.fill(0);
    this.#place(points, across.spacing);
    const [ax, bx] = [across.stretch * ratio, across.start * across.stretch * ratio];
    const [ay, by] = [down.stretch * ratio, (down.start * down.stretch + down.length) * ratio];
    const inks = colours.map(asWord);
    const isHidden = Array.from(colours, (_, label) => hidden.has(label));
    const radius = Math.min(RADIUS.most, RADIUS.whole * Math.max(1, zoom) ** 0.4) * ratio;

    /** @type {number[]} */
    const few = [];
    const seen = (/** @type {number} */ i) => {
      const [x, y] = [this.#coordinates[2 * i] * ax - bx, by - this.#coordinates[2 * i + 1] * ay];
      return x > -radius && y > -radius && x < width + radius && y < height + radius && !isHidden[points.labels[i]];
    };
    let shown = 0;
    for (let i = 0; i < points.count; i += 1) {
      if (!seen(i)) continue;
      shown += 1;
      if (shown <= FEW) few.push(i);
    }
    const isDigits = zoom > 1 && shown <= FEW;
    if (isDigits) {
      const scale = Math.max(1, Math.round(ratio));
      for (const i of few) {
        const [x, y] = [this.#coordinates[2 * i] * ax - bx, by - this.#coordinates[2 * i + 1] * ay];
        this.#stampDigit(x, y, points.pixels, i, scale, inks[points.labels[i]]);
      }
    } else {
      const discs = discsOf(radius);
      for (let i = 0; i < points.count; i += 1) {
        if (!seen(i)) continue;
        this.#stamp(this.#coordinates[2 * i] * ax - bx, by - this.#coordinates[2 * i + 1] * ay, discs, inks[points.labels[i]]);
      }
    }
    ctx.putImageData(this.#image, 0, 0);
    return { shown, isDigits };
  }

  /**
   * Where the points are along the axes: worked out once for each, so that moving the plane is a product and a sum.
   * @param {TestPoints} points
   * @param {Spacing} spacing
   */
  #place({ mu, count }, spacing) {
    if (spacing !== this.#spacing || this.#coordinates.length !== mu.length || count < this.#done) {
      this.#coordinates = new Float64Array(mu.length);
      this.#spacing = spacing;
      this.#done = 0;
    }
    for (let i = 2 * this.#done; i < 2 * count; i += 1) this.#coordinates[i] = coordinateOf(mu[i], spacing);
    this.#done = count;
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {Discs} discs
   * @param {number} ink
   */
  #stamp(x, y, { side, masks }, ink) {
    const { width, height } = this.#image;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const mask = masks[Math.floor((y - top) * PHASES) * PHASES + Math.floor((x - left) * PHASES)];
    const half = (side - 1) / 2;
    for (let row = 0; row < side; row += 1) {
      const v = top - half + row;
      if (v < 0 || v >= height) continue;
      for (let column = 0; column < side; column += 1) {
        const u = left - half + column;
        const alpha = mask[row * side + column];
        if (alpha && u >= 0 && u < width) this.#ink(v * width + u, ink, alpha);
      }
    }
  }

  /**
   * @param {number} x  its middle
   * @param {number} y
   * @param {Uint8Array} pixels
   * @param {number} i
   * @param {number} scale  pixels of the screen to one of the digit
   * @param {number} ink
   */
  #stampDigit(x, y, pixels, i, scale, ink) {
    const { width, height } = this.#image;
    const [left, top] = [Math.round(x - (SIDE * scale) / 2), Math.round(y - (SIDE * scale) / 2)];
    for (let row = 0; row < SIDE * scale; row += 1) {
      const v = top + row;
      if (v < 0 || v >= height) continue;
      const source = i * P + Math.floor(row / scale) * SIDE;
      for (let column = 0; column < SIDE * scale; column += 1) {
        const u = left + column;
        const alpha = pixels[source + Math.floor(column / scale)];
        if (alpha && u >= 0 && u < width) this.#ink(v * width + u, ink, alpha);
      }
    }
  }

  /**
   * One pixel over what is there.
   * @param {number} at
   * @param {number} ink  0x00BBGGRR
   * @param {number} alpha  1…255
   */
  #ink(at, ink, alpha) {
    const under = this.#words[at];
    if (alpha === 255 || under === 0) {
      this.#words[at] = (alpha << 24) | ink;
      return;
    }
    const kept = ((under >>> 24) * (255 - alpha)) / 255;
    const sum = alpha + kept;
    const mix = (/** @type {number} */ shift) => Math.round((((ink >>> shift) & 255) * alpha + ((under >>> shift) & 255) * kept) / sum);
    this.#words[at] = (Math.round(sum) << 24) | (mix(16) << 16) | (mix(8) << 8) | mix(0);
  }
}

/** @typedef {{ side: number, masks: Uint8Array[] }} Discs  Alpha of a disc, for each place that its middle may have within a pixel. */

/** @type {Map<number, Discs>} */
const kept = new Map();

/**
 * @param {number} radius  px
 * @returns {Discs}
 */
function discsOf(radius) {
  const key = Math.round(radius * 8);
  const discs = kept.get(key) ?? drawDiscs(key / 8);
  kept.set(key, discs);
  return discs;
}

/** @param {number} radius @returns {Discs} */
function drawDiscs(radius) {
  const half = Math.ceil(radius + 0.5);
  const side = 2 * half + 1;
  const masks = Array.from({ length: PHASES * PHASES }, (_, phase) => {
    const x = half + ((phase % PHASES) + 0.5) / PHASES;
    const y = half + (Math.floor(phase / PHASES) + 0.5) / PHASES;
    return Uint8Array.from({ length: side * side }, (_, i) => {
      const distance = Math.hypot((i % side) + 0.5 - x, Math.floor(i / side) + 0.5 - y);
      return Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)));
    });
  });
  return { side, masks };
}

/** `0xRRGGBB` as a little-endian word of RGBA without its alpha. @param {number} colour */
const asWord = (colour) => ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16);
