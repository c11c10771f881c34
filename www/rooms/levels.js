// @ts-check
/** Pixels as files hold them: a byte each, or two in a byte where they have 16 levels. */

/**
 * @param {Uint8Array} packed
 * @param {number} bits  of a pixel: 8, or 4 with the first of two in the upper half
 * @returns {Uint8Array} 0 to 255; the same array where they were bytes
 */
export function unpackPixels(packed, bits) {
  if (bits === 8) return packed;
  const pixels = new Uint8Array(packed.length * 2);
  for (let i = 0; i < packed.length; i += 1) {
    pixels[2 * i] = (packed[i] >> 4) * 17;
    pixels[2 * i + 1] = (packed[i] & 15) * 17;
  }
  return pixels;
}
