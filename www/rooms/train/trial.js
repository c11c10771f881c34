// @ts-check
/** How many workers help on this machine, found by trying: what two cores are worth, no browser says. */

import { Pool } from "./pool.js";

/** @typedef {import("./types.js").Begin} Begin */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** @typedef {{ pool?: Pool, train: (end: number) => unknown, restore: () => unknown }} Way  To take steps. */

/** Steps that are timed at a time, and how often each way has its turn. */
const [STEPS, TURNS] = [5, 3];

/** Each doubling has to be worth this much; less is not worth the memory and the heat. */
const WORTH = 1.15;

/** More than this were never tried to help. */
const MOST = 8;

/**
 * A pool of as many workers as help, or nothing where one is best. The run stands where it stood.
 * @param {Begin} run
 * @param {WebTrainer} trainer
 * @param {WebAssembly.Module} module
 * @returns {Promise<Pool | undefined>}
 */
export async function bestPool(run, trainer, module) {
  const most = Math.min(navigator.hardwareConcurrency || 1, trainer.batch, MOST);
  const state = trainer.state();
  /** @type {Way} */
  let best = { train: (end) => trainer.train(Infinity, end), restore: () => trainer.restore(state) };
  for (let size = 2; size <= most; size *= 2) {
    const pool = new Pool(trainer);
    await pool.start({ ...run, state }, module, size);
    /** @type {Way} */
    const next = { pool, train: (end) => pool.train(Infinity, end), restore: () => pool.restore(state) };
    const [before, after] = await fastest(trainer, [best, next]);
    if (before < WORTH * after) {
      pool.end();
      break;
    }
    best.pool?.end();
    best = next;
  }
  await best.restore();
  return best.pool;
}

/**
 * Milliseconds for the same steps, each way in turn, at its fastest; a trial step goes before each, so that what has idled wakes up.
 * @param {WebTrainer} trainer
 * @param {Way[]} ways
 */
async function fastest(trainer, ways) {
  const times = ways.map(() => Infinity);
  for (let turn = 0; turn < TURNS; turn += 1) {
    for (const [i, way] of ways.entries()) {
      await way.restore();
      const first = trainer.step;
      await way.train(first + 1);
      const began = performance.now();
      await way.train(first + 1 + STEPS);
      times[i] = Math.min(times[i], performance.now() - began);
    }
  }
  return times;
}
