// @ts-check
/** Images of P values, 255 = ink, and pictures of RGBA, where ink is a colour with the value as its alpha. */

/** Pixels along a side of an image. */
export const SIDE = 28;
/** P, the pixels of an image. */
export const P = SIDE * SIDE;

/**
 * A picture of one colour.
 * @param {number} count
 * @param {number} colour  0xRRGGBB
 * @param {(i: number) => number} alphaOf  0…255
 */
export function tinted(count, colour, alphaOf) {
  const rgba = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i += 1) rgba.set([colour >> 16, (colour >> 8) & 255, colour & 255, alphaOf(i)], 4 * i);
  return rgba;
}

/**
 * An image as a picture.
 * @param {Uint8Array} pixels
 * @param {number} colour  0xRRGGBB
 */
export function inked(pixels, colour) {
  // Whole words of RGBA: a room that trains has 160 images to paint twice a second.
  const words = new Uint32Array(pixels.length);
  const ink = ((colour & 0xff) << 16) | (colour & 0xff00) | (colour >> 16);
  for (let i = 0; i < words.length; i += 1) words[i] = (pixels[i] << 24) | ink;
  return new Uint8ClampedArray(words.buffer);
}

/** The image of a picture. @param {Uint8ClampedArray} rgba */
export const pixelsOf = (rgba) => Uint8Array.from({ length: rgba.length / 4 }, (_, i) => rgba[4 * i + 3]);
