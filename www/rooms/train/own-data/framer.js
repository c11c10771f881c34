// @ts-check
/** From a file that is a picture to the images in it: decoded by the browser, brought to 28x28 as a person wants it. */

import { words } from "../../../words/rooms/train-data.js";
import { fitWhole, groundOf, levelsOf } from "./frame.js";
import { guessTile, isBlank, tilesOf } from "./sheet.js";

/** @typedef {import("./reading.js").Way} Way */
/** @typedef {import("../../../types.js").Core} Core */
/** @typedef {{ image: Uint8Array, ground?: number }} Framed  P levels of light and that around the figure, or P values of ink. */

/** Pixels of a picture: 8,000 x 8,000 need 256 MB while they are decoded. */
const MOST_PIXELS = 64e6;
/** The longest side that a picture is reduced to before it is framed, px. */
const [FIGURE_SIDE, WHOLE_SIDE] = [560, 112];

export class Framer {
  #way;
  #core;

  /**
   * @param {Way} way
   * @param {Core} [core]  where figures are to be found
   */
  constructor(way, core) {
    this.#way = way;
    this.#core = core;
  }

  /**
   * @param {Blob} file
   * @param {import("./picture-size.js").Size} size  as it says itself
   * @param {boolean} isOnly  it was given alone, so it may be a sheet of tiles
   * @returns {Promise<{ images: Framed[], blank: number, tile?: number }>} `blank` tiles held nothing; `tile` is the side of
   *   one where a sheet was looked for, 0 where none was found
   * @throws {Error} in words
   */
  async read(file, { width, height }, isOnly) {
    if (!(width > 0 && height > 0)) throw new Error(words.noPixels(width, height));
    if (width * height > MOST_PIXELS) throw new Error(words.manyPixels(width, height, MOST_PIXELS));
    const picture = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => {
      throw new Error(words.pictureDamaged);
    });
    try {
      const mayBeSheet = this.#way.tile === undefined ? isOnly : this.#way.tile > 0;
      const sheet = mayBeSheet ? this.#readSheet(picture) : undefined;
      if (sheet?.tile) return sheet;
      const one = this.#framePicture(picture);
      if (!one) throw new Error(words.noFigure);
      return { images: [one], blank: 0, tile: sheet?.tile };
    } finally {
      picture.close();
    }
  }

  /**
   * @param {Uint8Array} levels
   * @param {number} width
   * @param {number} height
   * @returns {Framed | undefined} undefined where no figure is told from its ground
   */
  frame(levels, width, height) {
    if (this.#core) {
      const rgba = new Uint8ClampedArray(4 * levels.length);
      levels.forEach((level, i) => rgba.set([level, level, level, 255], 4 * i));
      return this.#figureOf(new ImageData(rgba, width, height));
    }
    const ground = groundOf(levels, width, height);
    return { image: fitWhole(levels, width, height, ground), ground };
  }

  /** @param {ImageBitmap} picture */
  #readSheet(picture) {
    const { width, height } = picture;
    const levels = levelsOf(rgbaOf(picture, width, height).data);
    const tile = this.#way.tile ?? guessTile(levels, width, height) ?? 0;
    if (width < tile || height < tile) throw new Error(words.noTile(width, height, tile));
    /** @type {Framed[]} */
    const images = [];
    let blank = 0;
    for (const one of tile ? tilesOf(levels, width, height, tile) : []) {
      const framed = isBlank(one) ? undefined : this.frame(one, tile, tile);
      if (framed) images.push(framed);
      else blank += 1;
    }
    return { images, blank, tile };
  }

  /** @param {ImageBitmap} picture */
  #framePicture(picture) {
    const shrink = Math.min(1, (this.#core ? FIGURE_SIDE : WHOLE_SIDE) / Math.max(picture.width, picture.height));
    const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * shrink)));
    const pixels = rgbaOf(picture, width, height);
    return this.#core ? this.#figureOf(pixels) : this.frame(levelsOf(pixels.data), width, height);
  }

  /**
   * As a picture that is dropped onto the pad.
   * @param {ImageData} pixels
   * @returns {Framed | undefined}
   */
  #figureOf(pixels) {
    const x = /** @type {Core} */ (this.#core).inkFromPicture(pixels);
    return x && { image: Uint8Array.from(x, (value) => Math.round(value * 255)) };
  }
}

/**
 * @param {ImageBitmap} picture
 * @param {number} width
 * @param {number} height
 */
function rgbaOf(picture, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(picture, 0, 0, width, height);
  return ctx.getImageData(0, 0, width, height);
}
