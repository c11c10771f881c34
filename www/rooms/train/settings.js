// @ts-check
/** What a run is made of, as the link says it, and the config that the trainer gets. */

import { seedFrom } from "../../address.js";

/**
 * A network that can be trained here in seconds, by its name.
 * @typedef {object} Preset
 * @property {string} name
 * @property {number} latent
 * @property {number} beta  NaN for the plain autoencoder
 * @property {number} rate  Adam's largest step size
 * @property {number[]} hidden  units of the encoder's layers; the decoder's are the same in reverse
 */

/**
 * @typedef {object} Settings
 * @property {Preset} preset
 * @property {string} data  key of the images
 * @property {number} seed
 * @property {number} epochs
 * @property {number} rate
 * @property {number} beta
 */

/** @type {readonly Preset[]} the first is there for who has chosen none */
export const PRESETS = [
  { name: "vae", latent: 20, beta: 1, rate: 2e-3, hidden: [400] },
  { name: "map", latent: 2, beta: 1, rate: 2e-3, hidden: [400, 200] },
  { name: "ae", latent: 20, beta: NaN, rate: 2e-3, hidden: [400] },
  { name: "beta4", latent: 20, beta: 4, rate: 2e-3, hidden: [400] },
  { name: "collapse", latent: 20, beta: 60, rate: 2e-3, hidden: [400] },
];

/** Epochs by the images: about as many steps, and half a minute on a laptop. @type {Record<string, number>} */
const EPOCHS = { 10000: 40, 60000: 8 };

/**
 * @param {Record<string, string>} own  the link's, as `train.setting`
 * @returns {Settings}
 */
export function readSettings(own) {
  const preset = PRESETS.find(({ name }) => name === own["train.net"]) ?? PRESETS[0];
  const number = (/** @type {string} */ name, /** @type {number} */ least, /** @type {number} */ most, /** @type {number} */ otherwise) => {
    const value = Number(own[`train.${name}`] ?? NaN);
    return value >= least && value <= most ? value : otherwise;
  };
  const data = own["train.data"] in EPOCHS ? own["train.data"] : "10000";
  return {
    preset,
    data,
    seed: seedFrom(own["train.seed"] ?? null) ?? 0,
    epochs: EPOCHS[data],
    rate: number("rate", 1e-4, 1e-2, preset.rate),
    beta: Number.isNaN(preset.beta) ? NaN : number("beta", 0, 100, preset.beta),
  };
}

/**
 * Whether a run of one can go on with the other: they differ in nothing but what can change on the way.
 * @param {Settings} one
 * @param {Settings} other
 */
export const isSameRun = (one, other) =>
  one.preset === other.preset && one.data === other.data && one.seed === other.seed && one.epochs === other.epochs;

/**
 * The config file of a run, as in the project's configs/.
 * @param {Settings} settings
 */
export function configOf({ preset: { latent: size, hidden }, rate, beta }) {
  const layers = (/** @type {number[]} */ units) => units.flatMap((dense) => [{ dense }, "relu"]);
  return {
    model: {
      input: { height: 28, width: 28, channels: 1 },
      likelihood: "bernoulli",
      latent: Number.isNaN(beta) ? { plain: { size } } : { gaussian: { size, beta } },
      encoder: layers(hidden),
      decoder: [...layers([...hidden].reverse()), { dense: 784 }],
    },
    training: { batch: 128, learning_rate: rate, warm_up: 100, decay: "linear", pixels: "bernoulli", adam: { beta_2: 0.99 } },
  };
}
