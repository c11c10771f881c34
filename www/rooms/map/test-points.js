// @ts-check
import { P } from "../../picture.js";
import { fetchDigits } from "../digits.js";

/** @typedef {import("../../types.js").Encoded} Encoded */

const COUNT = 10_000;
/** So few at once that a pointer that moves meanwhile waits for a frame and a half at most. */
const CHUNK = 100;

/** The test digits and where the encoder puts them: mu and sigma of each, as they come. */
export class TestPoints {
  all = COUNT;
  #model = "";
  /** How many have been encoded. */
  count = 0;
  mu = new Float32Array(2 * COUNT);
  sigma = new Float32Array(2 * COUNT);
  labels = new Uint8Array(0);
  pixels = new Uint8Array(0);

  /** Whether the digits themselves are there. */
  get isFetched() {
    return this.labels.length > 0;
  }

  get isWhole() {
    return this.count === this.all;
  }

  /**
   * Another model has other places for them.
   * @param {string} model  its key
   */
  placeBy(model) {
    if (model === this.#model) return;
    this.#model = model;
    this.count = 0;
    this.mu = new Float32Array(2 * COUNT);
  }

  /**
   * Fetches the digits and encodes those that have not been; an error leaves what came before it.
   * @param {object} ways
   * @param {(pixels: Uint8Array) => Promise<Encoded>} ways.encode
   * @param {() => boolean} ways.isWanted  asked before each step: whether to go on
   * @param {(got: number, all: number) => void} ways.onBytes
   * @param {() => void} ways.onPoints  there are more of them
   */
  async load({ encode, isWanted, onBytes, onPoints }) {
    if (!this.isFetched) {
      const { labels, pixels } = await fetchDigits("mnist-test.bin", onBytes);
      Object.assign(this, { labels, pixels });
    }
    const model = this.#model;
    while (!this.isWhole && isWanted()) {
      const from = this.count;
      const to = Math.min(from + CHUNK, this.all);
      const { mu, sigma } = await encode(this.pixels.slice(from * P, to * P));
      if (model !== this.#model || mu.length !== 2 * (to - from)) return; // by a model that has come meanwhile
      this.mu.set(mu, 2 * from);
      this.sigma.set(sigma, 2 * from);
      this.count = to;
      onPoints();
    }
  }

  /** @param {number} i @returns {Uint8Array} P values, a copy */
  digit(i) {
    return this.pixels.slice(i * P, (i + 1) * P);
  }

  /** @param {number} i @returns {[number, number]} */
  muOf(i) {
    return [this.mu[2 * i], this.mu[2 * i + 1]];
  }

  /** @param {number} i @returns {[number, number]} */
  sigmaOf(i) {
    return [this.sigma[2 * i], this.sigma[2 * i + 1]];
  }

  /**
   * The point nearest to a place.
   * @param {(mu: [number, number]) => number} distance
   * @param {ReadonlySet<number>} hidden  classes that do not count
   * @returns {{ i: number, distance: number } | undefined}
   */
  nearest(distance, hidden) {
    /** @type {{ i: number, distance: number } | undefined} */
    let best;
    for (let i = 0; i < this.count; i += 1) {
      if (hidden.has(this.labels[i])) continue;
      const far = distance(this.muOf(i));
      if (!best || far < best.distance) best = { i, distance: far };
    }
    return best;
  }
}
