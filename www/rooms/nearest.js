// @ts-check
/** The nearest of many: one pass over all of them, leaving each as soon as it is further than the nearest so far. */

import { P } from "../picture.js";

/** @typedef {{ index: number, squared: number }} Nearest  Squared distance; index -1 = there was none to compare with. */

/** How many pixels are compared before it is asked whether that is too far already. */
const STRIDE = 112;

/** @type {Nearest} */
export const NONE = Object.freeze({ index: -1, squared: Infinity });

/**
 * The image with the least squared error, summed over P, in parts of full ink: 0 where they are alike, P at most.
 * @param {Uint8Array} query  P values
 * @param {Uint8Array} images  B x P values
 * @param {Nearest} [nearest]  of those that were searched before
 * @param {number} [offset]  the number of the first image
 * @returns {Nearest}
 */
export function nearestImage(query, images, nearest = NONE, offset = 0) {
  let { index } = nearest;
  let least = nearest.squared * 255 * 255;
  for (let at = 0; at < images.length; at += P) {
    let sum = 0;
    for (let from = 0; from < P && sum < least; from += STRIDE) {
      for (let i = from; i < from + STRIDE; i += 1) {
        const difference = query[i] - images[at + i];
        sum += difference * difference;
      }
    }
    if (sum < least) [least, index] = [sum, offset + at / P];
  }
  return { index, squared: least / (255 * 255) };
}

/**
 * The point with the least Euclidean distance.
 * @param {ArrayLike<number>} query  Z
 * @param {Float32Array} points  at least B x Z
 * @param {number} count  B
 * @returns {Nearest}
 */
export function nearestPoint(query, points, count) {
  const latent = query.length;
  let { index, squared: least } = NONE;
  for (let point = 0, at = 0; point < count; point += 1, at += latent) {
    let sum = 0;
    for (let d = 0; d < latent; d += 1) {
      const difference = query[d] - points[at + d];
      sum += difference * difference;
    }
    if (sum < least) [least, index] = [sum, point];
  }
  return { index, squared: least };
}

/**
 * A value that a given share of the others do not exceed.
 * @param {ArrayLike<number>} values
 * @param {number} share  0…1
 */
export function quantile(values, share) {
  const sorted = Array.from(values).sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
