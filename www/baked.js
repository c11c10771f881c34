// @ts-check
/**
 * The example that the page opens with, as tests/e2e/bake.mjs computed it with the default model: there is a real drawing
 * with its real reconstruction before core and model have arrived. Data, so it is fetched (and preloaded), not a script.
 */

import { asNumber } from "./palette.js";
import { tinted } from "./picture.js";

/**
 * Pictures are hexadecimal values, 28x28: two digits a pixel, one digit for the samples of the prior.
 * @typedef {object} Baked
 * @property {number[]} order
 * @property {string} seen
 * @property {string} reconstruction
 * @property {number[]} mu
 * @property {number[]} sigma
 * @property {number[]} eps
 * @property {number[]} z
 * @property {number[]} kl
 * @property {number} recon
 * @property {string[]} prior
 */

/** @returns {Promise<Baked | undefined>} undefined where it could not be fetched: the page does without */
export async function fetchBaked() {
  const response = await fetch(new URL("./baked/example.json", import.meta.url)).catch(() => undefined);
  return response?.ok ? response.json() : undefined;
}

/**
 * The example in the colours of the theme.
 * @param {Baked} baked
 * @param {import("./palette.js").Palette} palette
 * @returns {{ reading: import("./types.js").Reading, prior: Uint8ClampedArray[] }}
 */
export function tintBaked(baked, palette) {
  const { mu, sigma, eps, z, kl, recon } = baked;
  const floats = (/** @type {number[]} */ values) => Float32Array.from(values);
  return {
    reading: {
      isEmpty: false,
      seen: ofHex(baked.seen, 2, palette.ink),
      reconstruction: ofHex(baked.reconstruction, 2, palette["x-hat"]),
      mu: floats(mu), sigma: floats(sigma), eps: floats(eps), z: floats(z), kl: floats(kl), recon,
      ms: 0,
    },
    prior: baked.prior.map((text) => ofHex(text, 1, palette["x-hat"])),
  };
}

/**
 * Hexadecimal values as a picture of one colour.
 * @param {string} text  P values of `digits` hexadecimal digits
 * @param {1 | 2} digits
 * @param {string} colour
 */
function ofHex(text, digits, colour) {
  const full = 16 ** digits - 1;
  const valueAt = (/** @type {number} */ i) => parseInt(text.slice(i * digits, (i + 1) * digits), 16);
  return tinted(text.length / digits, asNumber(colour), (i) => (255 * valueAt(i)) / full);
}
