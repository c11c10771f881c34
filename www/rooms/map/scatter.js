// @ts-check
import { P, SIDE } from "../../picture.js";
import { coordinateOf } from "./axis.js";

/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {import("./axis.js").Spacing} Spacing */
/** @typedef {import("./test-points.js").TestPoints} TestPoints */

/** Radius of a point in CSS px on the whole plane, the largest that it grows to when zoomed in, and the plane for which that holds. */
const RADIUS = { whole: 1.4, most: 3.5, on: 560 };
/** A point may stand between pixels: this many places per pixel in each direction. */
const PHASES = 4;
/** Points whose middle is beyond the edge by less than their radius still show. px of the screen */
const MARGIN = 32;
/** When no more points than this are in sight, each is shown as the digit that it stands for. */
const FEW = 160;

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
  /** Of which points the coordinates are: another model has an array of its own. @type {Float32Array | undefined} */
  #mu;

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
    const [wide, high] = [width + 2 * MARGIN, height + 2 * MARGIN];
    if (this.#image.width !== wide || this.#image.height !== high) {
      this.#image = new ImageData(wide, high);
      this.#words = new Uint32Array(this.#image.data.buffer);
    } else this.#words.fill(0);
    this.#place(points, across.spacing);
    const [ax, bx] = [across.stretch * ratio, across.start * across.stretch * ratio];
    const [ay, by] = [down.stretch * ratio, (down.start * down.stretch + down.length) * ratio];
    const inks = colours.map(asWord);
    const isHidden = Array.from(colours, (_, label) => hidden.has(label));
    const small = Math.max(0.7, Math.min(1, across.length / RADIUS.on)); // as many points on a phone as elsewhere
    const radius = Math.min(RADIUS.most, RADIUS.whole * Math.max(1, zoom) ** 0.4) * small * ratio;

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
        this.#stampDigit(x + MARGIN, y + MARGIN, points.pixels, i, scale, inks[points.labels[i]]);
      }
    } else {
      const discs = discsOf(radius, wide);
      for (let i = 0; i < points.count; i += 1) {
        if (!seen(i)) continue;
        this.#stamp(this.#coordinates[2 * i] * ax - bx + MARGIN, by - this.#coordinates[2 * i + 1] * ay + MARGIN, discs, inks[points.labels[i]]);
      }
    }
    ctx.putImageData(this.#image, -MARGIN, -MARGIN);
    return { shown, isDigits };
  }

  /**
   * Where the points are along the axes: worked out once for each, so that moving the plane is a product and a sum.
   * @param {TestPoints} points
   * @param {Spacing} spacing
   */
  #place({ mu, count }, spacing) {
    if (spacing !== this.#spacing || mu !== this.#mu) {
      this.#coordinates = new Float64Array(mu.length);
      [this.#spacing, this.#mu] = [spacing, mu];
      this.#done = 0;
    }
    for (let i = 2 * this.#done; i < 2 * count; i += 1) this.#coordinates[i] = coordinateOf(mu[i], spacing);
    this.#done = count;
  }

  /**
   * The margin takes what stands out over the edge, so that nothing has to be asked for each pixel.
   * @param {number} x
   * @param {number} y
   * @param {Disc[]} discs
   * @param {number} ink
   */
  #stamp(x, y, discs, ink) {
    const words = this.#words;
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const { offsets, alphas } = discs[Math.floor((y - top) * PHASES) * PHASES + Math.floor((x - left) * PHASES)];
    const middle = top * this.#image.width + left;
    for (let i = 0; i < offsets.length; i += 1) {
      const at = middle + offsets[i];
      const under = words[at];
      words[at] = alphas[i] === 255 || under === 0 ? (alphas[i] << 24) | ink : over(under, ink, alphas[i]);
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
        if (alpha && u >= 0 && u < width) this.#words[v * width + u] = over(this.#words[v * width + u], ink, alpha);
      }
    }
  }
}

/**
 * One pixel over another.
 * @param {number} under  RGBA as a little-endian word
 * @param {number} ink  the same, without its alpha
 * @param {number} alpha  1…255
 */
function over(under, ink, alpha) {
  const kept = ((under >>> 24) * (255 - alpha)) / 255;
  const sum = alpha + kept;
  const red = ((ink & 255) * alpha + (under & 255) * kept) / sum;
  const green = (((ink >>> 8) & 255) * alpha + ((under >>> 8) & 255) * kept) / sum;
  const blue = (((ink >>> 16) & 255) * alpha + ((under >>> 16) & 255) * kept) / sum;
  return ((sum + 0.5) << 24) | ((blue + 0.5) << 16) | ((green + 0.5) << 8) | (red + 0.5);
}

/** @typedef {{ offsets: Int32Array, alphas: Uint8Array }} Disc  The pixels that it covers, from the one that its middle is in. */

/** @type {{ radius: number, width: number, discs: Disc[] } | undefined} the last ones drawn: they hold while the plane only moves */
let drawn;

/**
 * One disc for each place that its middle may have within a pixel.
 * @param {number} radius  px
 * @param {number} width  of the image, px
 * @returns {Disc[]}
 */
function discsOf(radius, width) {
  if (drawn?.radius !== radius || drawn.width !== width) {
    const discs = Array.from({ length: PHASES * PHASES }, (_, phase) =>
      discAt(((phase % PHASES) + 0.5) / PHASES, (Math.floor(phase / PHASES) + 0.5) / PHASES, radius, width));
    drawn = { radius, width, discs };
  }
  return drawn.discs;
}

/**
 * @param {number} x  its middle, 0…1
 * @param {number} y
 * @param {number} radius
 * @param {number} width
 * @returns {Disc}
 */
function discAt(x, y, radius, width) {
  const half = Math.ceil(radius + 0.5);
  /** @type {[number, number][]} */
  const covered = [];
  for (let row = -half; row <= half; row += 1) {
    for (let column = -half; column <= half; column += 1) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      const alpha = Math.round(255 * Math.min(1, Math.max(0, radius + 0.5 - distance)));
      if (alpha) covered.push([row * width + column, alpha]);
    }
  }
  return { offsets: Int32Array.from(covered, ([offset]) => offset), alphas: Uint8Array.from(covered, ([, alpha]) => alpha) };
}

/** `0xRRGGBB` as a little-endian word of RGBA without its alpha. @param {number} colour */
const asWord = (colour) => ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16);
