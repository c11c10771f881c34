// @ts-check
/**
 * Training as the page does it: its own worker, alone and with a helper, on digits that are shuffled, drawn and learnt batch by
 * batch. Needs the page at `page/` (`cargo xtask bench` serves it there).
 */

import { digitLevels, P, TRAINING_BATCH } from "./workloads.mjs";

/** @typedef {import("./suite.mjs").Entrant} Entrant */

/** Of the page as it opened: a peer takes it away later. */
const { Worker } = globalThis;

/** Steps of a call, an epoch: about 0.1 s, beside which starting and stopping the helpers is nothing. */
const STEPS = 16;

const CONFIG = {
  model: {
    input: { height: 28, width: 28, channels: 1 }, likelihood: "bernoulli", latent: { gaussian: { size: 20, beta: 1 } },
    encoder: [{ dense: 400 }, "relu"], decoder: [{ dense: 400 }, "relu", { dense: 784 }],
  },
  training: { batch: TRAINING_BATCH, learning_rate: 1e-3, pixels: "bernoulli" },
};

/** What the loss has fallen to after a few seconds, in nats: begins at 210 or so. */
const LEARNT = 150;

/** @returns {Promise<Entrant[]>} */
export const workers = () => Promise.all([1, 2].map(contestant));

/** @param {number} count @returns {Promise<Entrant>} */
async function contestant(count) {
  const worker = new Worker(new URL("../../page/rooms/train/worker.js", import.meta.url), { type: "module" });
  const images = digitLevels(STEPS * TRAINING_BATCH);
  const labels = new Uint8Array(images.length / P);
  let loss = Infinity;
  /** The first of these that it tells; a loss is that of the last step told. @param {(told: any) => boolean} fits @returns {Promise<void>} */
  const until = (fits) => new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message || "the page's worker did not start"));
    worker.onmessage = ({ data }) => {
      if (data.event === "failed") reject(new Error(data.message));
      if (data.steps?.length) loss = data.steps.at(-3) + data.steps.at(-2);
      if (fits(data)) resolve();
    };
  });
  const heldOut = { images: images.slice(0, P), labels: labels.slice(0, 1) };
  const begin = { tier: "relaxed", config: JSON.stringify(CONFIG), images, labels, heldOut, seed: 1, epochs: 1e6, workers: count };
  const begun = until(({ event }) => event === "model");
  worker.postMessage({ action: "begin", ...begin });
  await begun;
  return {
    contestant: {
      name: `page, ${count === 1 ? "one worker" : `${count} workers`}`, kind: "ours", tier: "relaxed", steps: STEPS,
      async run(calls) {
        for (let call = 0; call < calls; call += 1) {
          const paused = until(({ event, isPlaying }) => event === "steps" && !isPlaying);
          worker.postMessage({ action: "epoch" });
          await paused;
        }
      },
    },
    // It learns from other batches than the reference: at the end it has to have learnt.
    fault: () => (loss < LEARNT ? "" : `a loss of ${loss} nats at the end`),
    result: () => Float32Array.of(loss),
    close: () => worker.terminate(),
  };
}
