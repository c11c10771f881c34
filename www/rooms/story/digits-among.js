// @ts-check
import { SURE } from "../../captions.js";
import { pixelsOf } from "../../picture.js";

/** The ink of the thinnest of MNIST's 10,000 test digits, in whole pixels: the judge learnt from none with less, and may be sure of a speck. */
const LEAST_INK = 22;

/**
 * Which samples count as digits.
 * @param {import("./types.js").Sampled} samples
 * @returns {boolean[]}
 */
export const digitsAmong = ({ reads, pictures }) => reads.map(({ share }, i) =>
  share > SURE && pixelsOf(pictures[i]).reduce((sum, value) => sum + value, 0) >= 255 * LEAST_INK);
