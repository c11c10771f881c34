// @ts-check
/** What the article's prose quotes: measurements on the 10,000 test digits, from the list of models. */

/** @typedef {import("../../../types.js").ModelEntry} ModelEntry */

/**
 * What was measured of one model.
 * @typedef {object} Measured
 * @property {number} recon  nats, D
 * @property {number} kl  nats
 * @property {number} elbo  nats
 * @property {number} bound  nats, with `k` samples; the plain autoencoder has none
 * @property {number} k
 * @property {number} active  dimensions in use
 * @property {number} share  0…1, of samples from N(0, I) that the judge reads as a digit
 * @property {number} learned  the same of samples from its learned prior, where it has one
 */

/** The models that the prose speaks of, by the names of models/index.json. */
const NAMES = /** @type {const} */ ({ ae: "ae", vae: "vae", beta0: "beta-0", beta4: "beta-4", beta10: "beta-10", first: "sharp" });

/** @typedef {Record<keyof typeof NAMES, Measured> & { accuracy: number, images: number, samples: number, latent: number }} Facts */

/**
 * @param {ModelEntry[]} entries
 * @returns {Facts}
 */
export function factsOf(entries) {
  const entryOf = (/** @type {string} */ name) => entries.find((entry) => entry.name === name) ?? missing(name);
  const { latent, metrics } = entryOf(NAMES.vae);
  const measured = Object.entries(NAMES).map(([key, name]) => [key, measuredOf(entryOf(name))]);
  return {
    .../** @type {Record<keyof typeof NAMES, Measured>} */ (Object.fromEntries(measured)),
    latent,
    accuracy: metrics?.judge?.reference.accuracy ?? NaN,
    images: metrics?.images ?? NaN,
    samples: metrics?.judge?.samples?.normal.images ?? NaN,
  };
}

/** @param {ModelEntry} entry @returns {Measured} */
export function measuredOf({ metrics }) {
  const { recon = NaN, kl = NaN, elbo = NaN, active_units = NaN } = metrics?.test ?? {};
  const { normal, learned } = metrics?.judge?.samples ?? {};
  return {
    recon, kl, elbo, active: active_units,
    bound: metrics?.iw_bound ?? NaN, k: metrics?.iw_k ?? NaN,
    share: normal?.confident ?? NaN, learned: learned?.confident ?? NaN,
  };
}

/** @param {string} name @returns {never} */
function missing(name) {
  throw new Error(name);
}
