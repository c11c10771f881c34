// @ts-check
/**
 * The worker: everything that is arithmetic happens behind this table. `{id, action, …}` comes in and `{id, result}` or
 * `{id, error: {kind, message}}` goes out. Adding an action adds one entry here, one method in client.js, one type in types.js.
 */

/** @typedef {import("./types.js").Core} Core */
/** @typedef {import("./types.js").Judge} Judge */
/** @typedef {import("./types.js").Model} Model */
/** @typedef {import("./types.js").DrawRequest} DrawRequest */
/** @typedef {import("./types.js").Reading} Reading */
/** @typedef {import("./types.js").Tints} Tints */
/** @typedef {import("./types.js").Verdict} Verdict */

import { flatten, PAD_SIDE } from "./drawing.js";
import { P, SIDE } from "./picture.js";

/** C, the classes that the judge tells apart. */
const C = 10;

/** The trial of kernels: after the first picture, and with time for the browser to have compiled them well. */
const TRIAL_DELAY_MS = 1500;
const TRIAL_MS = 30;

/** Images that `spread` decodes in one go: 3 ms of the sharpest model. */
const SPREAD_BATCH = 4;

/** @type {Core} */
let core;
/** @type {Model | undefined} */
let model;
/** @type {Judge | undefined} */
let judge;
/** @type {{ seed: number, values: Float32Array } | undefined} the last noise drawn: it stays while a person draws */
let noise;

const actions = {
  /** @param {{ tier: string }} request */
  async start({ tier }) {
    core = await import(`./pkg/${tier}/latent_ink.js`);
    await core.default();
    setTimeout(() => core.chooseTile(TRIAL_MS), TRIAL_DELAY_MS);
    return { tier: core.kernelTier(), version: core.version() };
  },

  /** @param {{ weights: ArrayBuffer }} request */
  load({ weights }) {
    const loaded = new core.Model(new Uint8Array(weights)); // throws before the model in use is touched
    model?.free();
    model = loaded;
    noise = undefined;
    return { latent: model.latent, record: model.record };
  },

  /** @param {{ weights: ArrayBuffer }} request */
  judge({ weights }) {
    const loaded = new core.Judge(new Uint8Array(weights));
    judge?.free();
    judge = loaded;
  },

  /**
   * @param {DrawRequest} request
   * @returns {Reading}
   */
  draw({ strokes, pixels, isNormalised, zSeed, isMean, tints }) {
    const began = performance.now();
    const vae = loadedModel();
    const x = inputOf(strokes, pixels, isNormalised);
    const none = new Float32Array(vae.latent);
    if (!x) return emptyReading(vae, none, tints, began);

    const { mu, logVar, sigma } = posteriorOf(vae, x);
    const eps = isMean || !logVar ? none : noiseOf(zSeed, vae.latent);
    const z = logVar ? vae.reparameterise(mu, logVar, eps) : mu.slice();
    const logits = vae.decode(z);
    const means = vae.means(logits);
    const [drawing, reconstruction] = verdicts(x, means) ?? [];
    return {
      isEmpty: false,
      seen: core.rgba(x, tints.ink),
      reconstruction: core.rgba(means, tints.xHat),
      mu, sigma, eps, z,
      recon: vae.recon(logits, x)[0],
      kl: logVar ? vae.kl(mu, logVar) : new Float32Array(0),
      reads: drawing && { drawing, reconstruction },
      ms: performance.now() - began,
    };
  },

  /**
   * @param {import("./types.js").PriorRequest} request
   * @returns {import("./types.js").PriorSamples}
   */
  prior({ seed, count, isLearned, tints, temperature = 1 }) {
    const began = performance.now();
    const vae = loadedModel();
    const eps = core.eps(seed, count, vae.latent).map((e) => e * temperature);
    const z = isLearned ? vae.priorSample(eps) : eps;
    const means = vae.means(vae.decode(z));
    const pictures = Array.from({ length: count }, (_, i) => core.rgba(means.subarray(i * P, (i + 1) * P), tints.xHat));
    return { z, pictures, reads: verdicts(means), ms: performance.now() - began };
  },

  /**
   * @param {import("./types.js").DecodeRequest} request
   * @returns {import("./types.js").Decoded}
   */
  decode({ z, colour, columns, isJudged, against }) {
    const began = performance.now();
    const vae = loadedModel();
    const means = vae.means(vae.decode(z));
    const reads = isJudged ? verdicts(means) : undefined;
    if (against) {
      const reference = vae.means(vae.decode(against));
      means.forEach((value, i) => { means[i] = Math.abs(value - reference[i % P]); });
    }
    const pictures = columns ? [core.rgba(sideBySide(means, columns), colour)]
      : Array.from({ length: means.length / P }, (_, i) => core.rgba(means.subarray(i * P, (i + 1) * P), colour));
    return { pictures, reads, ms: performance.now() - began };
  },

  /**
   * A few images at a time, so that a drawing has its turn in between.
   * @param {import("./types.js").SpreadRequest} request
   * @returns {Promise<import("./types.js").Spread | undefined>} undefined where another model was loaded meanwhile
   */
  async spread({ z, colour }) {
    const vae = loadedModel();
    const count = z.length / vae.latent;
    const sum = new Float64Array(P);
    const squares = new Float64Array(P);
    for (let at = 0; at < z.length; at += SPREAD_BATCH * vae.latent) {
      if (at > 0) await turn();
      if (model !== vae) return undefined;
      vae.means(vae.decode(z.slice(at, at + SPREAD_BATCH * vae.latent))).forEach((value, i) => {
        sum[i % P] += value;
        squares[i % P] += value * value;
      });
    }
    const deviation = Float32Array.from(sum, (total, p) => Math.sqrt(Math.max(0, squares[p] / count - (total / count) ** 2)));
    return {
      // A value between 0 and 1 deviates by 1/2 at most: there the colour is full.
      picture: core.rgba(deviation.map((value) => 2 * value), colour),
      mean: deviation.reduce((total, value) => total + value, 0) / P,
      most: deviation.reduce((most, value) => Math.max(most, value), 0),
    };
  },

  /**
   * @param {{ pixels: Uint8Array }} request
   * @returns {import("./types.js").Encoded}
   */
  encode({ pixels }) {
    const { mu, sigma } = posteriorOf(loadedModel(), unitOf(pixels));
    return { mu, sigma };
  },

  /**
   * @param {import("./types.js").PosteriorRequest} request
   * @returns {import("./types.js").Posterior}
   */
  posterior({ strokes, pixels, isNormalised }) {
    const vae = loadedModel();
    const none = new Float32Array(vae.latent);
    const x = inputOf(strokes, pixels, isNormalised);
    if (!x) return { seen: new Uint8Array(P), mu: none, sigma: none.slice() };
    const { mu, sigma } = posteriorOf(vae, x);
    return { seen: Uint8Array.from(x, (v) => Math.round(v * 255)), mu, sigma };
  },

  /**
   * What images cost where z = mu: recon in nats, one for each.
   * @param {{ pixels: Uint8Array }} request
   */
  costs({ pixels }) {
    const vae = loadedModel();
    const x = Float32Array.from(pixels, (v) => v / 255);
    return vae.recon(vae.decode(vae.encode(x).mu), x);
  },

  /** @param {{ data: Uint8ClampedArray<ArrayBuffer>, width: number, height: number }} request */
  picture({ data, width, height }) {
    const x = core.inkFromPicture(new ImageData(data, width, height));
    return x ? Uint8Array.from(x, (v) => Math.round(v * 255)) : null;
  },

  /** @param {{ seed: number, rows: number, latent: number }} request */
  eps({ seed, rows, latent }) {
    return core.eps(seed, rows, latent);
  },
};

/** Lets the messages that wait be answered first. A timer would wait for 4 ms. @returns {Promise<void>} */
function turn() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

/** @returns {Model} */
function loadedModel() {
  if (!model) throw new Error("no model has been loaded yet");
  return model;
}

/**
 * Images of P values each as one picture.
 * @param {Float32Array} images
 * @param {number} columns
 */
function sideBySide(images, columns) {
  const count = images.length / P;
  const width = columns * SIDE;
  const picture = new Float32Array(Math.ceil(count / columns) * SIDE * width);
  for (let row = 0; row < count * SIDE; row += 1) {
    const [image, y] = [Math.floor(row / SIDE), row % SIDE];
    const [across, down] = [image % columns, Math.floor(image / columns)];
    picture.set(images.subarray(row * SIDE, (row + 1) * SIDE), (down * SIDE + y) * width + across * SIDE);
  }
  return picture;
}

/**
 * What the judge reads in pictures; undefined while there is none.
 * @param {...Float32Array} pictures  one or more of P values each
 * @returns {Verdict[] | undefined}
 */
function verdicts(...pictures) {
  if (!judge) return undefined;
  const x = new Float32Array(pictures.reduce((sum, { length }) => sum + length, 0));
  pictures.reduce((at, picture) => (x.set(picture, at), at + picture.length), 0);
  const probabilities = judge.probabilities(x);
  return Array.from({ length: x.length / P }, (_, i) => {
    const row = probabilities.subarray(i * C, (i + 1) * C);
    const share = Math.max(...row);
    return { digit: row.indexOf(share), share };
  });
}

/**
 * A drawing as the network gets it; undefined where nothing is drawn.
 * @param {import("./types.js").Stroke[]} strokes
 * @param {Uint8Array | undefined} pixels
 * @param {boolean} isNormalised
 */
function inputOf(strokes, pixels, isNormalised) {
  return pixels ? unitOf(pixels) : inkOf(strokes, isNormalised);
}

/** @param {Uint8Array} pixels  255 = ink */
const unitOf = (pixels) => Float32Array.from(pixels, (v) => v / 255);

/**
 * @param {Model} vae
 * @param {Float32Array} x  B x P
 */
function posteriorOf(vae, x) {
  const { mu, logVar } = vae.encode(x);
  const none = new Float32Array(mu.length);
  return { mu, logVar, sigma: logVar ? vae.reparameterise(none, logVar, none.map(() => 1)) : none }; // 0 + sigma * 1
}

/**
 * @param {import("./types.js").Stroke[]} strokes
 * @param {boolean} isNormalised
 */
function inkOf(strokes, isNormalised) {
  if (!strokes.length) return undefined;
  const { points, lengths } = flatten(strokes);
  return core.inkFromStrokes(points, lengths, PAD_SIDE, isNormalised);
}

/**
 * @param {number} seed
 * @param {number} latent
 */
function noiseOf(seed, latent) {
  if (noise?.seed !== seed) noise = { seed, values: core.eps(seed, 1, latent) };
  return noise.values.slice(); // the copy is transferred away
}

/**
 * Nothing drawn: the mean of the prior, decoded.
 * @param {Model} vae
 * @param {Float32Array} none
 * @param {Tints} tints
 * @param {number} began
 * @returns {Reading}
 */
function emptyReading(vae, none, tints, began) {
  return {
    isEmpty: true,
    seen: new Uint8ClampedArray(P * 4),
    reconstruction: core.rgba(vae.means(vae.decode(none)), tints.xHat),
    mu: none, sigma: none.slice(), eps: none.slice(), z: none.slice(),
    recon: 0,
    kl: new Float32Array(0),
    ms: performance.now() - began,
  };
}

self.onmessage = async ({ data: { id, action, ...request } }) => {
  try {
    const act = /** @type {Record<string, (request: any) => any>} */ (actions)[action];
    let result = act(request);
    if (result instanceof Promise) result = await result;
    self.postMessage({ id, result }, { transfer: buffersOf(result) });
  } catch (error) {
    self.postMessage({ id, error: troubleOf(error) });
  }
};

/**
 * The buffers in a result, each once, so that they move instead of being copied.
 * @param {unknown} result
 * @returns {Transferable[]}
 */
function buffersOf(result) {
  if (ArrayBuffer.isView(result)) return [result.buffer];
  if (typeof result !== "object" || !result) return [];
  return [...new Set(Object.values(result).flatMap(buffersOf))];
}

/**
 * @param {unknown} error
 * @returns {import("./types.js").Trouble}
 */
function troubleOf(error) {
  if (error instanceof WebAssembly.RuntimeError) return { kind: "Panic", message: error.message };
  if (error instanceof Error) return { kind: error.name, message: error.message };
  return { kind: "Error", message: String(error) };
}
