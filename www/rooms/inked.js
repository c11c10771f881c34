// @ts-check
/** Images of P values and pictures of RGBA, where ink is a colour with the value as its alpha. */

/**
 * @param {Uint8Array} pixels
 * @param {number} colour  0xRRGGBB
 */
export function inked(pixels, colour) {
  const rgba = new Uint8ClampedArray(pixels.length * 4);
  const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
  pixels.forEach((value, i) => rgba.set([red, green, blue, value], 4 * i));
  return rgba;
}

/** @param {Uint8ClampedArray} rgba */
export const pixelsOf = (rgba) => Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i + 3]);
