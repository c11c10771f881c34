// @ts-check
/** The page's own packages in `pkg/`: ink, reading weights and inference of the shipped models, on every tier. */

import { compare } from "./rounds.mjs";

const TIERS = ["scalar", "simd128", "relaxed"];

/**
 * How many ms one image through a model may take on the relaxed tier: while a person draws, with room for the rest of a frame. Chosen.
 * @type {Record<string, number>}
 */
const LIMITS = { sharp: 2, best: 8 };

/**
 * Medians and best slices of each tier, and where there is one, the limit for the relaxed one's median.
 * @typedef {{ what: string, ms: Record<string, number>, best: Record<string, number>, atMost?: number }} ShippedRow
 */

/**
 * @param {{ rounds?: number, sliceMs?: number }} [settings]
 * @returns {Promise<ShippedRow[]>}
 */
export async function shippedRows(settings) {
  const root = new URL("../../", import.meta.url).href;
  /** @type {Record<string, any>} */
  const cores = {};
  for (const tier of TIERS) {
    cores[tier] = await import(`${root}pkg/${tier}/latent_ink.js`);
    await cores[tier].default();
  }
  const rows = [];
  for (const { what, run, atMost } of await tasks(root, cores)) {
    const timings = await compare(TIERS.map((tier) => ({ name: tier, run: repeated(run[tier]) })), settings);
    const ms = Object.fromEntries(timings.map(({ name, median }) => [name, median]));
    rows.push({ what, ms, best: Object.fromEntries(timings.map(({ name, best }) => [name, best])), atMost });
  }
  return rows;
}

/** @param {() => unknown} once */
const repeated = (once) => (/** @type {number} */ calls) => {
  for (let call = 0; call < calls; call += 1) once();
};

/** @param {string} root @param {Record<string, any>} cores */
async function tasks(root, cores) {
  const points = new Float32Array(400);
  for (let i = 0; i < 200; i += 1) {
    const t = i / 200;
    points.set([140 + 70 * Math.sin(4 * Math.PI * t), 40 + 200 * t], 2 * i);
  }
  const lengths = new Uint32Array([200]);
  /** @type {{ what: string, run: Record<string, () => unknown>, atMost?: number }[]} */
  const found = [{ what: "one stroke of 200 points to 28x28", run: onEach((core) => () => core.inkFromStrokes(points, lengths, 280, true)) }];
  const { models } = await (await fetch(`${root}www/models/index.json`)).json();
  for (const { name, file } of models) {
    const weights = new Uint8Array(await (await fetch(`${root}www/models/${file}`)).arrayBuffer());
    found.push({ what: `${name}: read the weights file`, run: onEach((core) => () => new core.Model(weights).free()) });
    for (const batch of [1, 256]) {
      const run = onEach((core) => {
        const model = new core.Model(weights);
        const one = core.inkFromStrokes(points, lengths, 280, true);
        const x = new Float32Array(batch * one.length);
        for (let i = 0; i < batch; i += 1) x.set(one, i * one.length);
        const eps = core.eps(1, batch, model.latent);
        return () => {
          const { mu, logVar } = model.encode(x);
          return model.means(model.decode(model.reparameterise(mu, logVar, eps)));
        };
      });
      found.push({ what: `${name}: encode, sample, decode x${batch}`, run, atMost: batch === 1 ? LIMITS[name] : undefined });
    }
  }
  return found;

  /** @param {(core: any) => () => unknown} make */
  function onEach(make) {
    return Object.fromEntries(TIERS.map((tier) => [tier, make(cores[tier])]));
  }
}
