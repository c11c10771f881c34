// @ts-check
/** What each step of a run told, all of them: 56 bytes a step, in one array that grows by doubling. */

/**
 * A batch: nats of an image, the norm of its gradient; `rate`, `beta` and `trained`, in ms, are those at the end of the slice
 * of steps that it was told with.
 * @typedef {object} Batch
 * @property {number} step  counted from 1
 * @property {number} recon
 * @property {number} kl
 * @property {number} norm
 * @property {number} rate
 * @property {number} beta
 * @property {number} trained
 */

const COLUMNS = /** @type {const} */ (["step", "recon", "kl", "norm", "rate", "beta", "trained"]);
const WIDTH = COLUMNS.length;

export class StepLog {
  length = 0;
  #numbers;

  /** @param {Float64Array} [numbers]  of another, as it was kept */
  constructor(numbers = new Float64Array()) {
    this.#numbers = new Float64Array(Math.max(2 * numbers.length, 512 * WIDTH));
    this.#numbers.set(numbers);
    this.length = numbers.length / WIDTH;
  }

  /** A copy, to be kept. */
  get numbers() {
    return this.#numbers.slice(0, this.length * WIDTH);
  }

  /** @param {Batch} batch */
  push(batch) {
    if (this.#numbers.length === this.length * WIDTH) {
      const larger = new Float64Array(2 * this.#numbers.length);
      larger.set(this.#numbers);
      this.#numbers = larger;
    }
    COLUMNS.forEach((name, c) => { this.#numbers[this.length * WIDTH + c] = batch[name]; });
    this.length += 1;
  }

  /** @param {number} i  from the end where it is negative @returns {Batch | undefined} */
  at(i) {
    const row = i < 0 ? this.length + i : i;
    if (row < 0 || row >= this.length) return undefined;
    const [step, recon, kl, norm, rate, beta, trained] = this.#numbers.subarray(row * WIDTH);
    return { step, recon, kl, norm, rate, beta, trained };
  }

  * [Symbol.iterator]() {
    for (let i = 0; i < this.length; i += 1) yield /** @type {Batch} */ (this.at(i));
  }
}

/** What is trained: a large KL that costs nothing is no harm. @param {Batch} batch */
export const lossOf = ({ recon, kl, beta }) => recon + beta * kl;
