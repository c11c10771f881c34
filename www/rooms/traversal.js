// @ts-check
/**
 * A z of which a person has moved some numbers, and the walks along one of them. Vector steps only: nothing here decodes.
 * In the link the numbers that were moved stand as `3:1.25,7:-0.5`, dimensions counted from 1.
 */

/** A traversal goes so many standard deviations of N(0, 1) to either side. */
export const REACH = 3;
/** Pictures in one: enough to see a stroke bend, few enough to be large; the middle one is at 0. */
export const COUNT = 9;
/** Between two places of a slider. */
export const STEP = 0.05;

export const clamp = (/** @type {number} */ value) => Math.min(REACH, Math.max(-REACH, value));

/**
 * The numbers that were moved, by dimension, counted from 0. What is unreadable or not of this model is left out.
 * @param {string | undefined} text
 * @param {number} latent
 * @returns {Map<number, number>}
 */
export function readMoved(text, latent) {
  const moved = new Map();
  for (const part of text?.split(",") ?? []) {
    const [, name, value] = /^(\d{1,4}):(-?\d{1,2}(?:\.\d{1,4})?)$/.exec(part) ?? [];
    const d = Number(name) - 1;
    if (d >= 0 && d < latent) moved.set(d, clamp(Number(value)));
  }
  return moved;
}

/**
 * @param {Map<number, number>} moved
 * @returns {string | undefined} undefined where none was
 */
export function writeMoved(moved) {
  const dimensions = [...moved.keys()].sort((a, b) => a - b);
  return dimensions.map((d) => `${d + 1}:${Number((moved.get(d) ?? 0).toFixed(2))}`).join(",") || undefined;
}

/**
 * mu, with the numbers that were moved in its place.
 * @param {Float32Array} mu
 * @param {Map<number, number>} moved
 */
export function zOf(mu, moved) {
  const z = mu.slice();
  for (const [d, value] of moved) z[d] = value;
  return z;
}

/**
 * COUNT copies of z, in which number `d` goes from -REACH to REACH.
 * @param {Float32Array} z
 * @param {number} d
 * @returns {Float32Array} COUNT x Z
 */
export function walkAlong(z, d) {
  const walk = new Float32Array(COUNT * z.length);
  for (let i = 0; i < COUNT; i += 1) {
    walk.set(z, i * z.length);
    walk[i * z.length + d] = REACH * ((2 * i) / (COUNT - 1) - 1);
  }
  return walk;
}

/**
 * Where a value lies along a strip of COUNT pictures, 0…1: -REACH in the middle of the first, REACH in that of the last.
 * @param {number} value
 */
export const placeOf = (value) => ((value / REACH + 1) * ((COUNT - 1) / 2) + 0.5) / COUNT;

/** Whose turn it is to be decoded, when there are more strips than time. */
export class Turns {
  #now = 0;
  /** @type {number[]} when each strip was last decoded */
  #times;

  /** @param {number} count */
  constructor(count) {
    this.#times = new Array(count).fill(-1);
  }

  /** Everything is out of date, but perhaps one. @param {number} [but] */
  spoil(but) {
    const isFresh = but !== undefined && this.#times[but] === this.#now;
    this.#now += 1;
    if (but !== undefined && isFresh) this.#times[but] = this.#now;
  }

  /**
   * The next strip: those in sight first, of these the one that has waited longest, so that each moves while a hand does.
   * @param {ReadonlySet<number>} inSight
   * @returns {number | undefined} undefined where all are up to date
   */
  next(inSight) {
    let best;
    for (let i = 0; i < this.#times.length; i += 1) {
      if (this.#times[i] === this.#now) continue;
      if (best === undefined || this.#isBefore(i, best, inSight)) best = i;
    }
    if (best !== undefined) this.#times[best] = this.#now;
    return best;
  }

  /**
   * @param {number} a
   * @param {number} b
   * @param {ReadonlySet<number>} inSight
   */
  #isBefore(a, b, inSight) {
    if (inSight.has(a) !== inSight.has(b)) return inSight.has(a);
    return this.#times[a] < this.#times[b];
  }
}
