// @ts-check
/** @typedef {import("./types.js").Begin} Begin */
/** @typedef {import("./types.js").TrainerCore} TrainerCore */

/** How long tiles of the kernels are tried, in ms. */
const TRIAL_MS = 30;

/**
 * The run of `begin`, on the wasm build of its tier. Workers that are given the module of the first share what the browser has
 * compiled, and are fast as soon as it is.
 * @param {Begin} begin
 * @param {WebAssembly.Module} [compiled]
 */
export async function beginRun({ tier, config, images, labels, seed, epochs, digest = "", state, stateOf }, compiled) {
  const folder = `../../pkg/trainer/${tier}/`;
  /** @type {TrainerCore} */
  const core = await import(`${folder}latent_ink.js`);
  const module = compiled ?? await WebAssembly.compileStreaming(fetch(new URL(`${folder}latent_ink_bg.wasm`, import.meta.url)));
  await core.default({ module_or_path: module });
  core.chooseTile(TRIAL_MS);
  const trainer = new core.Trainer(config, images, labels, seed, epochs, stateOf ?? digest);
  if (state) trainer.restore(state);
  return { trainer, module };
}
