// @ts-check
/** What a model measures on held-out images and on some that it learns from, a few at a time. */

/** @typedef {import("./types.js").Images} Images */
/** @typedef {import("./types.js").Measured} Measured */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** Images that are measured at a time: what `Trainer.measure` takes. */
const PORTION = 100;

/** Of the training images, spread evenly over the set. */
const OF_TRAINING = 500;

/** P of the images, from their number. @param {Images} images */
const pixelsOf = ({ images, labels }) => images.length / labels.length;

/**
 * The training images that are measured: always the same.
 * @param {Images} all
 * @param {WebTrainer} trainer  which learns from them
 * @returns {Images}
 */
export function sample(all, trainer) {
  const [p, count] = [pixelsOf(all), Math.min(OF_TRAINING, all.labels.length)];
  const chosen = Array.from({ length: count }, (_, i) => Math.floor((i * all.labels.length) / count));
  const images = new Uint8Array(count * p);
  chosen.forEach((from, i) => images.set(trainer.image(from), i * p));
  return { images, labels: Uint8Array.from(chosen, (from) => all.labels[from]) };
}

/** Measuring under way: the model must not change until it is done. */
export class Measuring {
  #trainer;
  #seed;
  #sets;
  /** @type {Measured[]} */
  #sums;
  /** Set and first image of the next portion. */
  #next = { set: 0, first: 0 };

  /**
   * @param {WebTrainer} trainer
   * @param {number} seed
   * @param {Images[]} sets
   */
  constructor(trainer, seed, sets) {
    this.#trainer = trainer;
    this.#seed = seed;
    this.#sets = sets;
    this.#sums = sets.map(() => ({ recon: 0, kl: 0, klPerDim: new Float64Array() }));
  }

  /** Measures portions until it is done or some milliseconds have passed; says whether it is done. @param {number} milliseconds */
  work(milliseconds) {
    const began = performance.now();
    while (this.#next.set < this.#sets.length && performance.now() - began < milliseconds) this.#portion();
    return this.#next.set === this.#sets.length;
  }

  /** The means over each set. */
  get measured() {
    return this.#sums;
  }

  #portion() {
    const { set, first } = this.#next;
    const { images, labels } = this.#sets[set];
    const [p, end] = [pixelsOf(this.#sets[set]), Math.min(first + PORTION, labels.length)];
    const { recon, kl, klPerDim } = this.#trainer.measure(images.subarray(first * p, end * p), labels.subarray(first, end), first, this.#seed);
    const [sum, share] = [this.#sums[set], (end - first) / labels.length];
    this.#sums[set] = { recon: sum.recon + share * recon, kl: sum.kl + share * kl, klPerDim: klPerDim.map((nats, d) => (sum.klPerDim[d] ?? 0) + share * nats) };
    this.#next = end === labels.length ? { set: set + 1, first: 0 } : { set, first: end };
  }
}
