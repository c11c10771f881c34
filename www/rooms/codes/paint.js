// @ts-check
import { asNumber } from "../../palette.js";
import { tinted } from "../../picture.js";

/**
 * A square image of means, 0…1, as its pixels on a canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} means
 * @param {string} ink  #rrggbb
 */
export function paint(canvas, means, ink) {
  const side = Math.sqrt(means.length);
  if (canvas.width !== side) Object.assign(canvas, { width: side, height: side });
  const rgba = tinted(means.length, asNumber(ink), (i) => Math.round(255 * means[i]));
  canvas.getContext("2d", { willReadFrequently: true })?.putImageData(new ImageData(rgba, side, side), 0, 0);
}
