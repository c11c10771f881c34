// @ts-check
/** Drives the worker that trains straight from a page, without the room: what it is told, and all that it tells. */

import { BASE_URL } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** The 784-400-20 VAE, batch 128. */
export const CONFIG = {
  model: {
    input: { height: 28, width: 28, channels: 1 },
    likelihood: "bernoulli",
    latent: { gaussian: { size: 20, beta: 1 } },
    encoder: [{ dense: 400 }, "relu"],
    decoder: [{ dense: 400 }, "relu", { dense: 784 }],
  },
  training: { batch: 128, learning_rate: 1e-3, pixels: "bernoulli" },
};

/**
 * Opens the page and leaves `engine` in it: `digits`, 10,000 of them, and `start(over)`, which begins a run in a worker of its own.
 * @param {Page} page
 */
export async function prepare(page) {
  await page.goto(BASE_URL);
  await page.evaluate(async (config) => {
    const load = (/** @type {string} */ path) => import(new URL(path, document.baseURI).href);
    const { fetchDigits } = await load("rooms/digits.js");
    const { chooseTier } = await load("tier.js");
    const [train, test] = await Promise.all(["mnist-train-0.bin", "mnist-test.bin"].map((name) => fetchDigits(name)));
    const heldOut = { images: test.pixels.slice(0, 500 * 784), labels: test.labels.slice(0, 500) };
    const start = async (/** @type {any} */ over = {}) => {
      const worker = new Worker(new URL("rooms/train/worker.js", document.baseURI), { type: "module" });
      /** @type {any[]} */
      const told = [];
      /** @type {(() => void)[]} */
      let onTold = [];
      worker.onmessage = ({ data }) => {
        told.push({ ...data, at: performance.now() });
        const waiting = onTold;
        onTold = [];
        waiting.forEach((tell) => tell());
      };
      const tell = (/** @type {string} */ action, more = {}) => worker.postMessage({ action, ...more });
      /** The first after `from` that fits. */
      const until = async (/** @type {(event: any) => unknown} */ fits, from = 0) => {
        for (;;) {
          const at = told.findIndex((event, i) => i >= from && fits(event));
          if (at >= 0) return { ...told[at], index: at };
          await new Promise((resolve) => onTold.push(() => resolve(undefined)));
        }
      };
      tell("begin", { tier: chooseTier(), config: JSON.stringify(over.config ?? config), images: train.pixels, labels: train.labels, heldOut, seed: 7, epochs: 3, digest: "first", ...over.begin });
      const begun = await until(({ event }) => event === "begun" || event === "failed");
      /** Recon and KL of every step so far. */
      const losses = () => told.filter(({ event }) => event === "steps").flatMap(({ steps }) => [...steps].filter((_, i) => i % 3 < 2));
      const ask = async (/** @type {string} */ action, /** @type {string} */ event, more = {}) => {
        const from = told.length;
        tell(action, more);
        return until((what) => what.event === event || what.event === "failed", from);
      };
      const steps = async (/** @type {number} */ count) => {
        for (let i = 0; i < count; i += 1) await ask("step", "steps");
      };
      return { worker, told, tell, until, ask, begun, losses, steps, end: () => worker.terminate() };
    };
    /** The numbers of a safetensors file, without its header. */
    const tensors = (/** @type {ArrayBuffer} */ file) => ({ numbers: file.slice(8 + Number(new DataView(file).getBigUint64(0, true))) });
    Object.assign(window, { engine: { start, tensors, digits: train, heldOut, config } });
  }, CONFIG);
}
