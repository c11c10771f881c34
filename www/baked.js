// @ts-check
/** The example that the page opens with, as tests/e2e/bake.mjs computed it with the real model: first paint needs no model. */

import { BAKED } from "./baked/example.js";
import { asNumber } from "./palette.js";

export { BAKED };

/**
 * The baked example in the colours of the theme.
 * @param {import("./palette.js").Palette} palette
 * @returns {import("./types.js").Reading}
 */
export function bakedReading(palette) {
  const floats = (/** @type {readonly number[]} */ values) => Float32Array.from(values);
  return {
    isEmpty: false,
    seen: tinted(BAKED.seen, 2, palette.ink),
    reconstruction: tinted(BAKED.reconstruction, 2, palette["x-hat"]),
    mu: floats(BAKED.mu), sigma: floats(BAKED.sigma), eps: floats(BAKED.eps), z: floats(BAKED.z), kl: floats(BAKED.kl),
    recon: BAKED.recon,
    ms: 0,
  };
}

/**
 * @param {import("./palette.js").Palette} palette
 * @returns {Uint8ClampedArray[]}
 */
export function bakedPriorPictures(palette) {
  return BAKED.prior.map((text) => tinted(text, 1, palette["x-hat"]));
}

/**
 * Hexadecimal values as a picture of one colour.
 * @param {string} text  P values of `digits` hexadecimal digits
 * @param {1 | 2} digits
 * @param {string} colour
 */
function tinted(text, digits, colour) {
  const rgb = asNumber(colour);
  const full = 16 ** digits - 1;
  const rgba = new Uint8ClampedArray((text.length / digits) * 4);
  for (let i = 0; i < rgba.length; i += 4) {
    const at = (i / 4) * digits;
    rgba.set([rgb >> 16, (rgb >> 8) & 255, rgb & 255, (255 * parseInt(text.slice(at, at + digits), 16)) / full], i);
  }
  return rgba;
}
