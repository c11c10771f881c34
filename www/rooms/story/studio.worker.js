// @ts-check
/**
 * The story's own worker: several models side by side, on the build that has gradients.
 */

import { answerWith } from "../answering.js";
import { levelsOf } from "./contours.js";

/** @typedef {import("./types.js").StudioCore} StudioCore */
/** @typedef {import("./types.js").StudioModel} StudioModel */

/** P, and C, the classes that the judge tells apart. */
const P = 784;
const C = 10;

/** Shares of a plane's mass within one, two and three standard deviations of N(0, I). */
const SHARES = [1, 2, 3].map((r) => 1 - Math.exp((-r * r) / 2));

/** @type {StudioCore} */
let core;
/** @type {Map<string, StudioModel>} */
const models = new Map();
/** @type {import("../../types.js").Judge | undefined} */
let judge;

/** The posteriors of many images by each model. @type {Map<string, { mu: Float32Array, sigma: Float32Array }>} */
const clouds = new Map();

answerWith({
  /** @param {{ tier: string }} request */
  async start({ tier }) {
    core = await import(`../../pkg/trainer/${tier}/latent_ink.js`);
    await core.default();
  },

  /** @param {{ model: string, weights: ArrayBuffer }} request */
  load({ model, weights }) {
    const loaded = new core.Model(new Uint8Array(weights));
    models.get(model)?.free();
    models.set(model, loaded);
    clouds.delete(model);
    return { latent: loaded.latent };
  },

  /** @param {{ weights: ArrayBuffer }} request */
  judge({ weights }) {
    judge?.free();
    judge = new core.Judge(new Uint8Array(weights));
  },

  /**
   * One image on its whole way.
   * @param {{ model: string, pixels: Uint8Array, eps?: Float32Array, colour: number }} request  without eps, z = mu
   * @returns {import("./types.js").Read}
   */
  read({ model, pixels, eps, colour }) {
    const vae = loaded(model);
    const x = unitOf(pixels);
    const { mu, logVar, sigma } = posteriorOf(vae, x);
    const z = logVar && eps ? vae.reparameterise(mu, logVar, eps) : mu.slice();
    const logits = vae.decode(z);
    return {
      mu, sigma, z,
      logVar: logVar ?? new Float32Array(0),
      kl: logVar ? vae.kl(mu, logVar) : new Float32Array(0),
      recon: vae.recon(logits, x)[0],
      picture: core.rgba(vae.means(logits), colour),
    };
  },

  /**
   * @param {{ model: string, pixels: Uint8Array, eps: Float32Array }} request
   * @returns {import("./types.js").Gradients}
   */
  gradients({ model, pixels, eps }) {
    const x = unitOf(pixels);
    const { recon, dMu, dLogVar } = loaded(model).gradients(x, eps);
    const { sigma } = posteriorOf(loaded(model), x);
    // forward: log_var = 2 ln sigma
    // so:      d_sigma = 2 d_log_var / sigma
    return { recon, dMu, dLogVar, dSigma: dLogVar.map((d, i) => (2 * d) / sigma[i]) };
  },

  /**
   * What one dimension costs at each pair of mu and log sigma².
   * @param {{ model: string, mu: Float32Array, logVar: Float32Array }} request  any model: the formula knows none
   */
  costs({ model, mu, logVar }) {
    const vae = loaded(model);
    const whole = Math.ceil(mu.length / vae.latent) * vae.latent;
    const padded = (/** @type {Float32Array} */ values) => Float32Array.from({ length: whole }, (_, i) => values[i] ?? 0);
    return vae.kl(padded(mu), padded(logVar)).slice(0, mu.length);
  },

  /**
   * Posteriors of images, kept as a part of the model's cloud that begins at `first`.
   * @param {{ model: string, pixels: Uint8Array, first: number, all: number }} request
   * @returns {import("./types.js").CloudPart}
   */
  gather({ model, pixels, first, all }) {
    const vae = loaded(model);
    const { mu, logVar, sigma } = posteriorOf(vae, unitOf(pixels));
    const size = all * vae.latent;
    const cloud = clouds.get(model) ?? { mu: new Float32Array(size), sigma: new Float32Array(size) };
    cloud.mu.set(mu, first * vae.latent);
    cloud.sigma.set(sigma, first * vae.latent);
    clouds.set(model, cloud);
    const kl = logVar ? vae.kl(mu, logVar).reduce((sum, each) => sum + each, 0) : Infinity;
    return { mu, sigma, kl };
  },

  /**
   * Every sigma of images: their mean, and how many lie in each of even steps of log10 sigma; the ends hold what is beyond.
   * @param {{ model: string, pixels: Uint8Array, bins: number, from: number, to: number }} request
   */
  sigmas({ model, pixels, bins, from, to }) {
    const { sigma } = posteriorOf(loaded(model), unitOf(pixels));
    const counts = new Uint32Array(bins);
    for (const each of sigma) counts[Math.min(bins - 1, Math.max(0, Math.floor((bins * (Math.log10(each) - from)) / (to - from))))] += 1;
    return { mean: sigma.reduce((sum, each) => sum + each, 0) / sigma.length, counts };
  },

  /**
   * The cloud as one mixture: its distance, every marginal and the density of two dimensions.
   * @param {import("./types.js").MixtureRequest} request
   * @returns {import("./types.js").Mixture}
   */
  mixture({ model, plane: [a, b], points, reach, least }) {
    const vae = loaded(model);
    const cloud = clouds.get(model);
    if (!cloud) throw new Error("no images have been encoded yet");
    const mixture = new core.Aggregate(cloud.mu, cloud.sigma, vae.latent);
    const deviations = mixture.deviations();
    const end = reach ?? 3.2 * Math.max(1, ...deviations);
    const at = Float32Array.from({ length: points }, (_, i) => end * (2 * (i + 0.5) / points - 1));
    const marginals = Array.from({ length: vae.latent }, (_, d) => mixture.marginal(d, at, least));
    const density = mixture.plane(a, b, at, at, least);
    const kl = mixture.klOfMoments();
    mixture.free();
    return { at, deviations, marginals, density, levels: levelsOf(density, SHARES), kl };
  },

  /**
   * Noise from the prior through a decoder, and what the judge reads in it.
   * @param {{ model: string, seed: number, count: number, colour: number }} request
   * @returns {import("./types.js").Sampled}
   */
  sample({ model, seed, count, colour }) {
    const vae = loaded(model);
    const eps = core.eps(seed, count, vae.latent);
    const means = vae.means(vae.decode(eps));
    return { pictures: Array.from({ length: count }, (_, i) => core.rgba(means.subarray(i * P, (i + 1) * P), colour)), reads: verdicts(means) };
  },

  /** @param {{ model: string, pixels: Uint8Array, seed: number, most: number }} request */
  bound({ model, pixels, seed, most }) {
    return loaded(model).runningBound(unitOf(pixels), seed, most);
  },

  /** @param {{ seed: number, latent: number }} request */
  eps({ seed, latent }) {
    return core.eps(seed, 1, latent);
  },
});

/** @param {string} name */
function loaded(name) {
  const model = models.get(name);
  if (!model) throw new Error("no model has been loaded yet");
  return model;
}

/** @param {StudioModel} vae @param {Float32Array} x  B x P */
function posteriorOf(vae, x) {
  const { mu, logVar } = vae.encode(x);
  const none = new Float32Array(mu.length);
  return { mu, logVar, sigma: logVar ? vae.reparameterise(none, logVar, none.map(() => 1)) : none }; // 0 + sigma * 1
}

/** @param {Uint8Array} pixels  255 = ink */
const unitOf = (pixels) => Float32Array.from(pixels, (value) => value / 255);

/** @param {Float32Array} pictures @returns {import("../../types.js").Verdict[]} */
function verdicts(pictures) {
  if (!judge) return [];
  const probabilities = judge.probabilities(pictures);
  return Array.from({ length: pictures.length / P }, (_, i) => {
    const row = probabilities.subarray(i * C, (i + 1) * C);
    const share = Math.max(...row);
    return { digit: row.indexOf(share), share };
  });
}
