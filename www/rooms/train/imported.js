// @ts-check
/** The settings of a run that comes in a state file, of this page or of the native program. */

import { words } from "../../words/rooms/train-files.js";
import { NETWORKS } from "./networks.js";
import { changedFromPreset, configOf, PRESETS } from "./settings.js";

/** @typedef {import("./settings.js").Settings} Settings */

/** What ships, by the SHA-256 of its images at the 16 levels that the page has, as `latent-ink train --levels 16` takes it too (2026-11). @type {Record<string, string>} */
const KNOWN = {
  "7c96ec80cb71319deccc2398cc3fa6eb212b5e8430bf484c23cc1099a9df263f": "10000",
  ff0f9f402cefe88cccdb326648773097ffcc6f9e76c1fb7826fc6d13599e83d2: "60000",
  b7b5ad633a7520a8cd747c2178e8c106c384a78002eaaa1cf010a451e975da92: "fashion-10000",
  b9be8ec31abbf241a346d91ac99ef41e99f391c35cde714defd6bef540e99a01: "fashion",
};

/** The same images at 256 levels: of the IDX files, as the native program takes it, and of the images. @type {Record<string, string>} */
const FINER = {
  ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db: "60000",
  c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888: "fashion",
  "2f7182bf021ffc5c1f62db987487f14d899b5c639f421a80f3095affc09a7db2": "10000",
  "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757": "60000",
  "2929ae1c7b89e0ee6587bbe4911fd5f0a5dafe21ae6ed9b737173cbfe20c12c9": "fashion-10000",
  "2e487a6c89124f78f2d7521542223cafe96f7123c3ca13d447772ac6ecbb3012": "fashion",
};

const keyOf = (/** @type {string} */ digest) => KNOWN[digest] ?? FINER[digest];

/**
 * Whether images are those that a state has the digest of, at whatever levels. Without HTTPS a browser has no digests: then
 * nothing is known against it.
 * @param {string} digest
 * @param {import("./types.js").DataSet} data
 */
export const isOf = (digest, data) => !crypto.subtle || digest === data.digest || keyOf(digest) === data.key;

/** Whether a state with this digest learnt from images that the page has at 16 levels only. @param {string} digest */
export const isFiner = (digest) => Object.hasOwn(FINER, digest);

/** What a config has where it does not say. */
const UNSAID = { samples: 1, augment: { rotate: 0, shear: 0, scale: 0, shift: 0, stroke: 0, probability: 0 }, augment_until: 1 };

/**
 * @param {{ config: any, seed: number, epochs: number, data: string }} run  as the record of a state has it
 * @param {Settings} here  whose data, workers and speed it gets, unless it is known what it learnt from
 * @returns {Settings}
 * @throws {Error} in words, where it is a run that this room could not have begun
 */
export function settingsOf({ config: { model, training }, seed, epochs, data }, here) {
  const network = Object.keys(NETWORKS).find((name) => same(NETWORKS[name], { encoder: model.encoder, decoder: model.decoder }));
  if (!network) throw new Error(words.noNetwork);
  const { size, beta = NaN } = model.latent.gaussian ?? model.latent.plain;
  const { speed, workers } = here;
  /** @type {Settings} */
  const read = {
    preset: "", data: keyOf(data) ?? here.data, speed, workers, seed, epochs,
    kind: model.latent.plain ? "plain" : "vae", network, latent: size, beta: clean(beta), likelihood: model.likelihood,
    rate: clean(training.learning_rate), klWarmUp: clean(training.kl_warm_up), freeBits: clean(training.free_bits),
    warmUp: training.warm_up, decay: training.decay, clip: clean(training.clip), pixels: training.pixels, batch: training.batch,
    beta1: clean(training.adam.beta_1), beta2: clean(training.adam.beta_2), epsilon: clean(training.adam.epsilon), ema: clean(training.ema),
    augment: training.augment?.probability > 0 ? "on" : "off",
  };
  const ours = configOf(read, Infinity);
  const [mine, theirs] = /** @type {Record<string, unknown>[]} */ ([{ ...UNSAID, ...ours.training }, { ...UNSAID, ...training }]);
  const other = Object.keys(theirs).find((key) => !same(mine[key], theirs[key]));
  if (other) throw new Error(words.noSetting(other));
  if (!same(ours.model, model)) throw new Error(words.noNetwork);
  const named = Object.keys(PRESETS).map((preset) => ({ ...read, preset }));
  return named.reduce((best, one) => (changedFromPreset(one).length < changedFromPreset(best).length ? one : best));
}

/** A number that was 32 bits, as people write it. @param {number} value */
const clean = (value) => Number(value.toPrecision(7));

/** Whether they say the same, in whatever order, to 32 bits. @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** @param {any} value @returns {any} */
function sorted(value) {
  if (typeof value === "number") return Math.fround(value);
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  return Object.keys(value).sort().map((key) => [key, sorted(value[key])]);
}
