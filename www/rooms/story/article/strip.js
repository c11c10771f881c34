// @ts-check
import { SURE } from "../../../captions.js";
import { paletteAt } from "../../../palette.js";
import { SIDE } from "../../../picture.js";
import { element } from "../../dom.js";

/** Samples in a row. */
const COLUMNS = 10;

/**
 * Samples in rows; those that the judge is not sure of are paler.
 * @param {import("../types.js").Sampled} samples
 * @returns {{ canvas: HTMLCanvasElement, read: number }}  `read`: of how many it is sure
 */
export function sampleStrip({ pictures, reads }) {
  const canvas = element("canvas", { class: "article-strip", role: "img", width: COLUMNS * SIDE, height: Math.ceil(pictures.length / COLUMNS) * SIDE });
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  Object.assign(ctx, { fillStyle: paletteAt(document.body).sheet, globalAlpha: 0.65 });
  pictures.forEach((rgba, i) => {
    const [x, y] = [(i % COLUMNS) * SIDE, Math.floor(i / COLUMNS) * SIDE];
    ctx.putImageData(new ImageData(/** @type {Uint8ClampedArray<ArrayBuffer>} */ (rgba), SIDE, SIDE), x, y);
    if (reads[i].share <= SURE) ctx.fillRect(x, y, SIDE, SIDE);
  });
  return { canvas, read: reads.filter(({ share }) => share > SURE).length };
}
