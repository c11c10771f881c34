// @ts-check
/**
 * The worker of the codes' room: it has the trainer's wasm build, which knows codebooks. While it trains it tells `{progress}` or
 * `{failed}` of its own accord.
 */

import { P, SIDE } from "../../picture.js";
import { answerWith, troubleOf } from "../answering.js";
import { unpackPixels } from "../levels.js";
import { withinBits } from "./rounding.js";

/** @typedef {import("./types.js").Book} Book */
/** @typedef {import("./types.js").CodesCore} CodesCore */
/** @typedef {import("./types.js").WebCodes} WebCodes */
/** @typedef {import("../train/types.js").WebTrainer} WebTrainer */

/** Pixels along a side of what a code is shown by: its own place and one around it. */
export const PATCH = 12;
/** Maps that codes are shown by. */
const MAPS = 24;
/** How long tiles of the kernels are tried, in ms. */
const TRIAL_MS = 30;
/** A turn of training: stopping acts within one. */
const TURN_MS = 30;
/** How often a run says how it stands. */
const TOLD_MS = 1000;

/** @type {CodesCore} */
let core;
/** @type {WebCodes | undefined} */
let model;
/** @type {WebTrainer | undefined} */
let trainer;

answerWith({
  /** @param {{ tier: string }} request */
  async start({ tier }) {
    core = await import(`../../pkg/trainer/${tier}/latent_ink.js`);
    await core.default();
    core.chooseTile(TRIAL_MS);
  },

  /** @param {{ weights: ArrayBuffer, maps?: Uint8Array }} request  `maps` to show the codes by, where no prior writes some @returns {Book} */
  load({ weights, maps }) {
    const loaded = new core.Codes(new Uint8Array(weights)); // throws before the model in use is touched
    model?.free();
    model = loaded;
    const [rows, columns, , count, half] = model.shape;
    const { classes, counts, record } = model;
    const patches = patchesOf(model, maps ?? (classes < 0 ? model.encode(new Float32Array(P)) : writtenMaps()));
    const blank = counts.indexOf(Math.max(...counts));
    return { rows, columns, count, half, classes, blank, counts, record, patches, order: alike(patches, blank) };
  },

  /** @param {{ x: Float32Array }} request @returns {import("./types.js").Map} */
  read({ x }) {
    return { codes: loaded().encode(x), distances: loaded().distances(x) };
  },

  /** @param {{ codes: Uint8Array }} request  means, 0…1 */
  decode({ codes }) {
    return loaded().decode(codes);
  },

  /** @param {{ codes: Uint8Array }} request  what it takes to name them, in nats */
  cost({ codes }) {
    return loaded().nats(codes);
  },

  /** @param {import("./types.js").Asked} asked @returns {import("./types.js").Written} */
  write(asked) {
    const began = performance.now();
    const codes = Uint8Array.from(written(asked));
    return { codes, ms: performance.now() - began };
  },

  /** @param {{ x: Float32Array, rivals: import("./types.js").Rival[], budget: number }} request @returns {import("./types.js").Compared[]} */
  compare({ x, rivals, budget }) {
    return rivals.map(({ name, weights }) => {
      const rival = new core.Model(new Uint8Array(weights));
      const { mu, logVar } = rival.encode(x);
      const means = rival.means(rival.decode(mu));
      const bits = logVar && rival.kl(mu, logVar).reduce((sum, nats) => sum + nats, 0) / Math.LN2;
      const { latent: size } = rival;
      const within = withinBits(mu, budget);
      const cut = rival.means(rival.decode(within));
      rival.free();
      return { name, size, bits, error: squaredError(means, x), means, within: squaredError(cut, x) };
    });
  },

  /** @param {import("./types.js").Lesson} request */
  train({ config, images, bits = 8, labels, heldOut, seed, epochs }) {
    trainer?.free();
    trainer = new core.Trainer(config, unpackPixels(images, bits), labels, seed, epochs, "");
    void go(trainer, Float32Array.from(heldOut, (level) => level / 255));
  },

  stop() {
    trainer?.free();
    trainer = undefined;
  },
});

function loaded() {
  if (!model) throw new Error("no model has been loaded yet");
  return model;
}

/** @param {number} count */
const range = (count) => Array.from({ length: count }, (_, i) => i);

/** A map that the prior writes. @param {import("./types.js").Asked} asked */
function written({ seed, temperature, top, digit, given }) {
  const codes = [];
  loaded().begin(seed, temperature, top, digit, given);
  for (let code = loaded().next(); code !== undefined; code = loaded().next()) codes.push(code);
  return codes;
}

/** As many as codes are shown by. */
const writtenMaps = () => Uint8Array.from(range(MAPS).flatMap((seed) => written({ seed, temperature: 1, top: 0, given: new Uint8Array() })));

/**
 * What each code draws: the mean of what is decoded at the places that have it in these maps, and around them. One code
 * alone would say little, since the decoder reads each together with its neighbours.
 * @param {WebCodes} codes
 * @param {Uint8Array} maps
 */
function patchesOf(codes, maps) {
  const [rows, columns, , count] = codes.shape;
  const means = codes.decode(maps);
  const patches = range(count).map(() => new Float32Array(PATCH * PATCH));
  const seen = new Float32Array(count);
  const step = SIDE / rows;
  maps.forEach((code, i) => {
    const [map, place] = [Math.floor(i / (rows * columns)), i % (rows * columns)];
    const [top, left] = [Math.floor(place / columns), place % columns].map((at) => at * step - (PATCH - step) / 2);
    seen[code] += 1;
    patches[code].forEach((_, pixel) => {
      const [y, x] = [top + Math.floor(pixel / PATCH), left + (pixel % PATCH)];
      if (y >= 0 && y < SIDE && x >= 0 && x < SIDE) patches[code][pixel] += means[map * P + y * SIDE + x];
    });
  });
  return patches.map((patch, code) => patch.map((sum) => sum / Math.max(1, seen[code])));
}

/** From the blank one always to the nearest that is left. @param {Float32Array[]} patches @param {number} blank */
function alike(patches, blank) {
  const left = new Set(patches.keys());
  const order = [];
  for (let at = blank; left.size; ) {
    order.push(at);
    left.delete(at);
    let least = Infinity;
    const from = patches[at];
    for (const other of left) {
      const distance = squaredError(patches[other], from);
      if (distance < least) [least, at] = [distance, other];
    }
  }
  return order;
}

/** @param {Float32Array} a @param {Float32Array} b */
function squaredError(a, b) {
  return a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
}

/** Trains in turns until the run is over or another takes its place. @param {WebTrainer} run @param {Float32Array} heldOut */
async function go(run, heldOut) {
  let told = -Infinity;
  try {
    while (trainer === run) {
      const isOver = run.step >= run.totalSteps;
      if (isOver || performance.now() - told > TOLD_MS) {
        tell(run, heldOut);
        told = performance.now();
      }
      if (isOver) return;
      run.train(TURN_MS);
      await new Promise((done) => setTimeout(done));
    }
  } catch (error) {
    postMessage({ told: { failed: troubleOf(error) } });
  }
}

/** @param {WebTrainer} run @param {Float32Array} heldOut */
function tell(run, heldOut) {
  const weights = run.weights("f32");
  const codes = new core.Codes(weights);
  const map = codes.encode(heldOut);
  const [usage, perplexity] = codes.codeUse(map);
  const error = squaredError(codes.decode(map), heldOut) / (heldOut.length / P);
  const [rows, columns] = codes.shape;
  codes.free();
  const maps = map.slice(0, MAPS * rows * columns);
  const progress = { step: run.step, total: run.totalSteps, usage, perplexity, error, maps, weights: weights.buffer };
  postMessage({ told: { progress } }, { transfer: [weights.buffer] });
}
