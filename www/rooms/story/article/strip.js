// @ts-check
import { paletteAt } from "../../../palette.js";
import { SIDE } from "../../../picture.js";
import { element } from "../../dom.js";
import { digitsAmong } from "../digits-among.js";

/** Samples in a row. */
const COLUMNS = 10;

/**
 * Samples in rows; those that are no digits are paler.
 * @param {import("../types.js").Sampled} samples
 * @returns {{ canvas: HTMLCanvasElement, read: number }}  `read`: how many are digits
 */
export function sampleStrip(samples) {
  const { pictures } = samples;
  const isDigit = digitsAmong(samples);
  const canvas = element("canvas", { class: "article-strip", role: "img", width: COLUMNS * SIDE, height: Math.ceil(pictures.length / COLUMNS) * SIDE });
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  Object.assign(ctx, { fillStyle: paletteAt(document.body).sheet, globalAlpha: 0.65 });
  pictures.forEach((rgba, i) => {
    const [x, y] = [(i % COLUMNS) * SIDE, Math.floor(i / COLUMNS) * SIDE];
    ctx.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), SIDE, SIDE), x, y);
    if (!isDigit[i]) ctx.fillRect(x, y, SIDE, SIDE);
  });
  return { canvas, read: isDigit.filter(Boolean).length };
}
