// @ts-check
/**
 * The one run that the browser keeps, in IndexedDB: where it is, so that a reload loses nothing. A new one takes its place,
 * so what is kept stays as large as one run: four times the weights and a few numbers for each step.
 */

import { Cupboard } from "./cupboard.js";

/**
 * @typedef {object} KeptRun
 * @property {1} format
 * @property {number} time  when it was kept, ms since 1970
 * @property {Record<string, string | undefined>} own  its settings, as in a link
 * @property {number} step
 * @property {number} totalSteps
 * @property {boolean} isPlaying
 * @property {ArrayBuffer} state
 * @property {number} workers  which shared a batch
 * @property {Float64Array} log  as StepLog has it
 * @property {import("./run.js").Measure[]} measures
 * @property {number} trained  ms
 */

/** @type {Cupboard<KeptRun>} */
const cupboard = new Cupboard("latent-ink-run");

/** @returns {Promise<KeptRun | undefined>} */
export async function readKept() {
  const kept = await cupboard.read();
  return kept?.format === 1 ? kept : undefined;
}

/** @param {KeptRun} run */
export const writeKept = (run) => cupboard.write(run);

export const dropKept = () => cupboard.drop();
