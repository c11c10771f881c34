// @ts-check
/** Models of a run to come back to: pure, tested in node. */

/** @typedef {import("./types.js").Snapshot} Snapshot */

/** More than this many no hand can tell apart on a bar. */
const MOST = 40;
/** Of weights, so that a phone's tab lives: 24 of the 784-400-20 network in f32, and 40 of it in f16. */
const MOST_BYTES = 64 << 20;
/** So few are kept of any model, however large. Even then most of a run can be seen. */
const LEAST = 8;

/**
 * A run learns most in its first steps, so those lie closer together: checkpoints are even in the square root of the step.
 * @param {number} step
 */
const placeOf = (step) => Math.sqrt(step);

/** Snapshots at even distances; whenever they become too many, the distance grows so that half of them remain. */
export class Checkpoints {
  /** @type {Snapshot[]} in order of their steps, the first and the most distant from each other */
  all = [];
  #distance = 0;

  /** How many of these weights are kept at most. @param {number} bytes  of one */
  static mostOf(bytes) {
    return Math.max(LEAST, Math.min(MOST, Math.floor(MOST_BYTES / bytes)));
  }

  /**
   * Keeps a snapshot if it is far enough from the last one.
   * @param {Snapshot} snapshot
   */
  add(snapshot) {
    const last = this.all.at(-1);
    if (last && (last.step >= snapshot.step || placeOf(snapshot.step) - placeOf(last.step) < this.#distance)) return;
    this.all.push(snapshot);
    const most = Checkpoints.mostOf(snapshot.weights.byteLength);
    if (this.all.length <= most) return;
    this.#distance = (2 * (placeOf(snapshot.step) - placeOf(this.all[0].step))) / most;
    /** @type {Snapshot[]} */
    const kept = [];
    for (const each of this.all) {
      const before = kept.at(-1);
      if (!before || placeOf(each.step) - placeOf(before.step) >= this.#distance) kept.push(each);
    }
    this.all = kept;
  }

  /**
   * The one nearest to a step; undefined where `live`, the step that the run is at, is nearer.
   * @param {number} step
   * @param {number} live
   * @returns {Snapshot | undefined}
   */
  nearest(step, live) {
    let best;
    let least = Math.abs(live - step);
    for (const each of this.all) {
      const far = Math.abs(each.step - step);
      if (far < least) [best, least] = [each, far];
    }
    return best;
  }
}
