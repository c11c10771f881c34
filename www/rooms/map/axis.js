// @ts-check
import { cdf, quantile } from "./normal.js";

/** @typedef {"scale" | "prior"} Spacing  Equal lengths, or equal probabilities under N(0, 1), for equal stretches of the screen. */

/**
 * One axis of the plane: the numbers from `from` to `to` laid out over `length` px.
 *
 * A coordinate is what is even along the axis: z itself, or with the prior's spacing P(Z <= z). px are affine in it.
 */
export class Axis {
  /**
   * @param {number} from
   * @param {number} to
   * @param {number} length  px
   * @param {Spacing} spacing
   */
  constructor(from, to, length, spacing) {
    this.from = from;
    this.to = to;
    this.length = length;
    this.spacing = spacing;
    this.start = coordinateOf(from, spacing);
    this.stretch = length / (coordinateOf(to, spacing) - this.start);
  }

  /** @param {number} z */
  px(z) {
    return (coordinateOf(z, this.spacing) - this.start) * this.stretch;
  }

  /** @param {number} px */
  z(px) {
    const coordinate = this.start + px / this.stretch;
    // The ends of the probabilities are infinitely far: a pointer beyond the last that can be told apart stays there.
    return this.spacing === "scale" ? coordinate : quantile(Math.min(1 - 1e-15, Math.max(1e-15, coordinate)));
  }

  /**
   * Middles of `count` cells of equal probability under N(0, 1) between the axis' ends.
   * @param {number} count
   * @returns {number[]}
   */
  middles(count) {
    return quantilesBetween(this.from, this.to, Array.from({ length: count }, (_, i) => (i + 0.5) / count));
  }

  /**
   * Edges of those cells, one more than there are cells.
   * @param {number} count
   * @returns {number[]}
   */
  edges(count) {
    return quantilesBetween(this.from, this.to, Array.from({ length: count + 1 }, (_, i) => i / count));
  }
}

/**
 * The middle of the range of `2 half` that puts z at `px`: how a plane is held by a point while it moves or grows.
 * @param {number} z
 * @param {number} px
 * @param {number} half
 * @param {number} length  px
 * @param {Spacing} spacing
 * @returns {number}
 */
export function centreWith(z, px, half, length, spacing) {
  if (spacing === "scale") return z + half - (px / length) * 2 * half;
  // px falls as the middle grows: halve the range in which it must be until nothing changes on a screen.
  let [low, high] = [z - half, z + half];
  for (let i = 0; i < 48; i += 1) {
    const middle = (low + high) / 2;
    if (new Axis(middle - half, middle + half, length, spacing).px(z) > px) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * @param {number} z
 * @param {Spacing} spacing
 */
export function coordinateOf(z, spacing) {
  return spacing === "scale" ? z : cdf(z);
}

/**
 * The z that cut N(0, 1), restricted to a range, at some parts of its probability.
 * @param {number} from
 * @param {number} to
 * @param {number[]} parts  0…1
 * @returns {number[]}
 */
export function quantilesBetween(from, to, parts) {
  // In the upper tail the probabilities crowd below 1, where doubles are coarse: take its mirror image.
  if (from > 0) return quantilesBetween(-to, -from, parts.map((part) => 1 - part)).map((z) => -z);
  const [low, high] = [cdf(from), cdf(to)];
  return parts.map((part) => Math.min(to, Math.max(from, quantile(low + part * (high - low)))));
}
