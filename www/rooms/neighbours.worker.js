// @ts-check
/** Keeps the training digits and the means of their posteriors, and finds the nearest. `{id, action, …}` → `{id, result}`. */

import { P } from "../picture.js";
import { nearestImage, nearestPoint, NONE } from "./nearest.js";


/** @type {Uint8Array[]} */
const parts = [];
/** @type {Map<string, { latent: number, mu: Float32Array[] }>} by the model's key */
const means = new Map();

const actions = {
  /** @param {{ pixels: Uint8Array }} request */
  add({ pixels }) {
    parts.push(pixels);
  },

  /** @param {{ query: Uint8Array }} request */
  image({ query }) {
    let [nearest, among] = [NONE, 0];
    for (const part of parts) {
      nearest = nearestImage(query, part, nearest, among);
      among += part.length / P;
    }
    return { ...nearest, among };
  },

  /** @param {{ model: string, latent: number, mu: Float32Array }} request */
  means({ model, latent, mu }) {
    const known = means.get(model) ?? { latent, mu: [] };
    known.mu.push(mu);
    means.set(model, known);
  },

  /**
   * The nearest mean for each of some z.
   * @param {{ model: string, z: Float32Array }} request
   */
  points({ model, z }) {
    const { latent, mu } = together(model);
    const count = mu.length / latent;
    return Array.from({ length: z.length / latent }, (_, i) => ({
      ...nearestPoint(z.subarray(i * latent, (i + 1) * latent), mu, count), among: count,
    }));
  },
};

/**
 * The means that are there as one array, so that a search is one pass.
 * @param {string} model
 */
function together(model) {
  const known = means.get(model) ?? { latent: 1, mu: [] };
  if (known.mu.length > 1) {
    const all = new Float32Array(known.mu.reduce((sum, { length }) => sum + length, 0));
    known.mu.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    known.mu = [all];
  }
  return { latent: known.latent, mu: known.mu[0] ?? new Float32Array(0) };
}

self.onmessage = ({ data: { id, action, ...request } }) => {
  const act = /** @type {Record<string, (request: any) => any>} */ (actions)[action];
  self.postMessage({ id, result: act(request) });
};
