// @ts-check
/** The worker of digits in a person's hand: it has the trainer's wasm build, which knows conditional models. */

import { P, SIDE } from "../../picture.js";
import { answerWith } from "../answering.js";
import { directionsOf } from "./directions.js";
import { levelOf, trace } from "./trace.js";

/** @typedef {import("./types.js").Glyph} Glyph */

/** Where the slopes are taken that give the directions: at samples of the prior with this seed. */
const PLACES = 16;
const SEED = 1;

const DIGITS = Uint8Array.from({ length: 10 }, (_, digit) => digit);

/** @type {import("./types.js").HandCore} */
let core;
/** @type {import("./types.js").WebHand} */
let hand;

answerWith({
  /** @param {{ tier: string, weights: ArrayBuffer }} request @returns {Promise<import("./types.js").Started>} */
  async start({ tier, weights }) {
    core = await import(`../../pkg/trainer/${tier}/latent_ink.js`);
    await core.default();
    hand = new core.Hand(new Uint8Array(weights));
    const latent = hand.latentSize;
    return { latent, directions: directionsOf((z) => hand.write(repeated(z, DIGITS.length), DIGITS), core.eps(SEED, PLACES, latent), latent) };
  },

  /** @param {{ pixels: Uint8Array, labels: Uint8Array }} request  n x P @returns {import("./types.js").Style} */
  read({ pixels, labels }) {
    const x = Float32Array.from(pixels, (level) => level / 255);
    const first = Array.from(labels, (_, i) => sigmaOf(hand.read(x.subarray(0, (i + 1) * P), labels.subarray(0, i + 1))));
    const posterior = hand.read(x, labels);
    return {
      mu: posterior.slice(0, hand.latentSize),
      sigma: sigmaOf(posterior),
      widths: [1, ...first.map((sigma) => sigma.reduce((sum, each) => sum + each, 0) / sigma.length)],
    };
  },

  /** @param {{ z: Float32Array, labels: Uint8Array }} request  of each label a z @returns {Glyph[]} */
  write({ z, labels }) {
    return glyphsOf(hand.write(z, labels));
  },

  /**
   * Digits each at a z of its own: z = mu + t sigma eps.
   * @param {{ mu: Float32Array, sigma: Float32Array, t: number, seed: number, labels: Uint8Array }} request
   * @returns {Glyph[]}
   */
  vary({ mu, sigma, t, seed, labels }) {
    const eps = core.eps(seed, labels.length, mu.length);
    return glyphsOf(hand.write(eps.map((each, i) => mu[i % mu.length] + t * sigma[i % mu.length] * each), labels));
  },
});

/** @param {Float32Array} posterior  mu and log_var */
const sigmaOf = (posterior) => posterior.slice(posterior.length / 2).map((logVar) => Math.exp(logVar / 2));

/** @param {Float32Array} z @param {number} times */
const repeated = (z, times) => Float32Array.from({ length: times * z.length }, (_, i) => z[i % z.length]);

/** @param {Float32Array} means @returns {Glyph[]} */
const glyphsOf = (means) => Array.from({ length: means.length / P }, (_, i) => {
  const own = means.subarray(i * P, (i + 1) * P);
  return { ...trace(own, SIDE, levelOf(own)), pixels: Uint8Array.from(own, (value) => Math.round(255 * value)) };
});
