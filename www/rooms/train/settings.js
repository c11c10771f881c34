// @ts-check
/**
 * What a run is made of: each setting with its range, as the link says it, and the config that the trainer gets. A setting
 * that is at its preset's value leaves no trace in a link.
 */

import { NETWORKS } from "./networks.js";

/**
 * @typedef {object} Settings
 * @property {string} preset  name of what all others start from
 * @property {string} data  key of the images
 * @property {number} rate  Adam's largest step size
 * @property {number} beta  weight of KL; NaN for the plain autoencoder
 * @property {number} klWarmUp  epochs over which beta rises
 * @property {number} freeBits  nats of each dimension that KL has no gradient below
 * @property {number} warmUp  steps over which the learning rate rises
 * @property {string} decay  of the learning rate: none, linear, cosine
 * @property {number} clip  largest norm of the gradient; 0 = any
 * @property {number} beta1  of Adam
 * @property {number} beta2  of Adam
 * @property {number} epsilon  of Adam
 * @property {string} augment  off, on
 * @property {number} speed  of drawing: pictures a second; 0 = none
 * @property {string} kind  vae, plain
 * @property {string} network  name in NETWORKS
 * @property {number} latent  Z
 * @property {string} pixels  bernoulli, static, grey, threshold
 * @property {string} likelihood  bernoulli, gaussian
 * @property {number} epochs
 * @property {number} batch  B
 * @property {number} ema  decay of the average of the weights; 0 = the weights themselves
 * @property {number} seed
 * @property {number} workers  0 = as many as help
 */

/** @typedef {keyof Omit<Settings, "preset">} Name */

/**
 * How a setting may be: one of a few words or numbers, or a number in a range.
 * @typedef {object} Kind
 * @property {(string | number)[]} [choices]
 * @property {number} [least]
 * @property {number} [most]
 * @property {boolean} [isWhole]
 * @property {"at once" | "new run" | "page"} acts  on the run that there is; on the next; on what the page shows
 */

/** @param {Kind["acts"]} acts @param {number} least @param {number} most @returns {Kind} */
const number = (acts, least, most) => ({ acts, least, most });
/** @param {Kind["acts"]} acts @param {number} least @param {number} most @returns {Kind} */
const whole = (acts, least, most) => ({ acts, least, most, isWhole: true });
/** @param {Kind["acts"]} acts @param {...(string | number)} choices @returns {Kind} */
const choice = (acts, ...choices) => ({ acts, choices });

/** Ranges are the trainer's, or where it has none, chosen: far beyond any use. @type {Record<Name, Kind>} */
export const KINDS = {
  rate: number("at once", 1e-6, 1e6),
  beta: number("at once", 0, 1000),
  klWarmUp: number("at once", 0, 1000),
  freeBits: number("at once", 0, 100),
  warmUp: whole("at once", 0, 100_000),
  decay: choice("at once", "none", "linear", "cosine"),
  clip: number("at once", 0, 1e6),
  beta1: number("at once", 0, 0.9999),
  beta2: number("at once", 0, 0.999999),
  epsilon: number("at once", 1e-12, 1),
  augment: choice("at once", "off", "on"),
  speed: choice("page", 0, 0.5, 1, 2, 5, 10),
  data: choice("new run", "10000", "60000", "fashion-10000", "fashion", "own"),
  kind: choice("new run", "vae", "plain"),
  network: choice("new run", ...Object.keys(NETWORKS)),
  latent: whole("new run", 1, 64),
  pixels: choice("new run", "bernoulli", "static", "grey", "threshold"),
  likelihood: choice("new run", "bernoulli", "gaussian"),
  epochs: whole("new run", 1, 1000),
  batch: whole("new run", 1, 4096),
  ema: number("new run", 0, 0.9999),
  seed: whole("new run", 0, 0xffffffff),
  workers: choice("new run", 0, 1, 2, 3, 4, 6, 8),
};

export const NAMES = /** @type {Name[]} */ (Object.keys(KINDS));

/** What a preset leaves as it is: where it runs, and what it learns from. @type {readonly Name[]} */
const BESIDE = ["data", "seed", "workers", "speed"];

/** Epochs by the images: about as many steps, and half a minute on a laptop; own images are few. @type {Record<string, number>} */
const EPOCHS = { 10000: 40, 60000: 8, "fashion-10000": 40, fashion: 8, own: 100 };

/**
 * A VAE of 784-400-20 as in configs/mlp20.json. After 11 epochs of 60,000 digits a rate of 2e-3 came to 100.7 nats, this one to
 * 99.5, and 6e-3, which leaves less room for other networks, to 99.2.
 * @type {Omit<Settings, "preset" | "epochs">}
 */
const BASE = {
  rate: 4e-3, beta: 1, klWarmUp: 0, freeBits: 0, warmUp: 100, decay: "linear", clip: 0, beta1: 0.9, beta2: 0.99, epsilon: 1e-8,
  augment: "off", speed: 2, data: "10000", kind: "vae", network: "400", latent: 20, pixels: "bernoulli", likelihood: "bernoulli",
  batch: 128, ema: 0, seed: 0, workers: 0,
};

/** The first is there for who has chosen none. @type {Record<string, Partial<Settings>>} */
export const PRESETS = {
  vae: {},
  map: { latent: 2, network: "400-200" },
  ae: { kind: "plain" },
  beta4: { beta: 4 },
  collapse: { beta: 60 },
};

const FIRST = Object.keys(PRESETS)[0];

/**
 * @param {Record<string, string>} own  the link's, as `train.setting`
 * @returns {Settings}
 */
export function readSettings(own) {
  const preset = Object.hasOwn(PRESETS, own["train.net"] ?? "") ? own["train.net"] : FIRST;
  const data = String(valueOf("data", own["train.data"]) ?? BASE.data);
  const settings = { ...defaultsOf(preset, data) };
  for (const name of NAMES) Object.assign(settings, { [name]: valueOf(name, own[`train.${name}`]) ?? settings[name] });
  if (settings.kind === "plain") settings.beta = NaN;
  return settings;
}

/**
 * The link's settings for these, without the room's name: undefined where one is at its preset's value.
 * @param {Settings} settings
 * @returns {Record<string, string | undefined>}
 */
export function writeSettings(settings) {
  const { preset, data } = settings;
  const usual = defaultsOf(preset, data);
  const texts = NAMES.map((name) => [name, settings[name] === usual[name] || Number.isNaN(settings[name]) ? undefined : String(settings[name])]);
  return { ...Object.fromEntries(texts), net: preset === FIRST ? undefined : preset, data: data === BASE.data ? undefined : data };
}

/** The link's settings for a preset as it is: what was changed before goes back. @param {string} preset */
export function writePreset(preset) {
  const cleared = NAMES.filter((name) => !BESIDE.includes(name)).map((name) => [name, undefined]);
  return { ...Object.fromEntries(cleared), net: preset === FIRST ? undefined : preset };
}

/**
 * A setting's value from text; undefined where it is none that may be.
 * @param {Name} name
 * @param {string | undefined} text
 * @returns {string | number | undefined}
 */
export function valueOf(name, text) {
  const { choices, least = 0, most = 0, isWhole } = KINDS[name];
  if (choices) return choices.find((value) => String(value) === text);
  const value = text?.trim() ? Number(text) : NaN;
  return value >= least && value <= most && (!isWhole || Number.isInteger(value)) ? value : undefined;
}

/**
 * What differs from the preset, of what a preset sets.
 * @param {Settings} settings
 * @returns {Name[]}
 */
export function changedFromPreset(settings) {
  const usual = defaultsOf(settings.preset, settings.data);
  return NAMES.filter((name) => !BESIDE.includes(name) && !Number.isNaN(settings[name]) && settings[name] !== usual[name]);
}

/**
 * What keeps a run of one from going on as the other: all that differs and cannot change on the way.
 * @param {Settings} one
 * @param {Settings} other
 * @returns {Name[]}
 */
export const differences = (one, other) => NAMES.filter((name) => KINDS[name].acts === "new run" && one[name] !== other[name]);

/**
 * @param {Settings} one
 * @param {Settings} other
 */
export const isSame = (one, other) => NAMES.every((name) => Object.is(one[name], other[name]));

/**
 * The config file of a run, as in the project's configs/.
 * @param {Settings} settings
 * @param {number} images  how many it learns from: a batch cannot be larger
 */
export function configOf(settings, images) {
  const { kind, latent: size, beta, likelihood, network } = settings;
  return {
    model: {
      input: { height: 28, width: 28, channels: 1 },
      likelihood,
      latent: kind === "plain" ? { plain: { size } } : { gaussian: { size, beta } },
      ...NETWORKS[network],
    },
    training: trainingOf(settings, images),
  };
}

/** As configs/sharp.json has it: in the last fifth of a run images come as they are. */
const AUGMENT = { augment: { rotate: 10, shear: 10, scale: 0.1, shift: 1, stroke: 0.25, probability: 0.5 }, augment_until: 0.8 };

/**
 * The part of a config that is not the model.
 * @param {Settings} settings
 * @param {number} images
 */
export function trainingOf({ kind, rate, klWarmUp, freeBits, warmUp, decay, clip, beta1, beta2, epsilon, augment, pixels, batch, ema }, images) {
  const isPlain = kind === "plain";
  return {
    batch: Math.min(batch, images), learning_rate: rate, warm_up: warmUp, decay, pixels, clip, ema,
    kl_warm_up: isPlain ? 0 : klWarmUp, free_bits: isPlain ? 0 : freeBits,
    adam: { beta_1: beta1, beta_2: beta2, epsilon },
    ...(augment === "on" && AUGMENT),
  };
}

/**
 * @param {string} preset
 * @param {string} data
 * @returns {Settings}
 */
const defaultsOf = (preset, data) => ({ ...BASE, data, epochs: EPOCHS[data], ...PRESETS[preset], preset });
