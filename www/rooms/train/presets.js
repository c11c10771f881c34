// @ts-check
/** What can be trained here in seconds: dense networks, as configs of the native trainer. */

/**
 * @typedef {object} Preset
 * @property {string} name
 * @property {number} latent
 * @property {number} beta  undefined for the plain autoencoder
 * @property {number} rate  Adam's largest step size
 * @property {number[]} hidden  units of the encoder's layers; the decoder's are the same in reverse
 */

/** @type {readonly Preset[]} the first is there for who has chosen none */
export const PRESETS = [
  { name: "vae", latent: 20, beta: 1, rate: 2e-3, hidden: [400] },
  { name: "map", latent: 2, beta: 1, rate: 2e-3, hidden: [400, 200] },
  { name: "ae", latent: 20, beta: NaN, rate: 2e-3, hidden: [400] },
  { name: "beta4", latent: 20, beta: 4, rate: 2e-3, hidden: [400] },
  { name: "collapse", latent: 20, beta: 60, rate: 2e-3, hidden: [400] },
];

/**
 * The config file of a preset.
 * @param {Preset} preset
 * @param {number} rate
 * @param {number} beta
 */
export function configOf({ latent: size, hidden }, rate, beta) {
  const layers = (/** @type {number[]} */ units) => units.flatMap((dense) => [{ dense }, "relu"]);
  return JSON.stringify({
    model: {
      input: { height: 28, width: 28, channels: 1 },
      likelihood: "bernoulli",
      latent: Number.isNaN(beta) ? { plain: { size } } : { gaussian: { size, beta } },
      encoder: layers(hidden),
      decoder: [...layers([...hidden].reverse()), { dense: 784 }],
    },
    training: { batch: 128, learning_rate: rate, warm_up: 100, decay: "linear", pixels: "bernoulli", adam: { beta_2: 0.99 } },
  });
}
