// @ts-check
/**
 * Writes www/baked/example.json: the example that the page opens with, computed by the page's own worker with the default
 * model. Run it whenever the weights change, with the page served: `BASE_URL=http://127.0.0.1:8080 node tests/e2e/bake.mjs`.
 */

import { mkdir, writeFile } from "node:fs/promises";

import { BASE_URL, launch } from "./browser.mjs";

const browser = await launch();
const page = await browser.newPage();
await page.goto(BASE_URL);
const { model, ...baked } = await page.evaluate(bake);
await browser.close();

const lines = Object.entries(baked).map(([name, value]) => `  "${name}": ${JSON.stringify(value).replaceAll('","', '",\n    "')}`);
const text = `{\n${lines.join(",\n")}\n}\n`;
await mkdir(new URL("../../www/baked/", import.meta.url), { recursive: true });
await writeFile(new URL("../../www/baked/example.json", import.meta.url), text);
console.log(`baked with ${model}: recon ${baked.recon}, ${text.length} bytes`);

/** Runs in the page. */
async function bake() {
  const here = (/** @type {string} */ path) => new URL(path, location.href).href;
  const { OPENING } = await import(here("examples.js"));
  const { PriorRow } = await import(here("parts/prior-row.js"));
  const { DEFAULT_VIEW } = await import(here("address.js"));
  const index = await (await fetch(here("models/index.json"))).json();
  const entry = index.models.find((/** @type {{ name: string }} */ { name }) => name === index.default);
  const weights = await (await fetch(here(`models/${entry.file}`))).arrayBuffer();

  const worker = new Worker(here("worker.js"), { type: "module" });
  const ask = (/** @type {object} */ request) => new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error.message)) : resolve(data.result));
    worker.onerror = (event) => reject(new Error(event.message));
    worker.postMessage({ id: 1, ...request });
  });
  await ask({ action: "start", tier: "simd128" });
  const { latent } = await ask({ action: "load", weights });
  const tints = { ink: 0, xHat: 0 };
  const { strokes } = OPENING;
  const reading = await ask({ action: "draw", strokes, isNormalised: true, zSeed: DEFAULT_VIEW.zSeed, isMean: false, tints });
  const { pictures } = await ask({ action: "prior", seed: DEFAULT_VIEW.priorSeed, count: PriorRow.COUNT, isLearned: true, tints });
  worker.terminate();

  const hex = (/** @type {Uint8ClampedArray} */ rgba, /** @type {number} */ digits) =>
    Array.from({ length: 784 }, (_, i) => Math.round((rgba[4 * i + 3] / 255) * (16 ** digits - 1)).toString(16).padStart(digits, "0")).join("");
  const rounded = (/** @type {Float32Array} */ values) => Array.from(values, (v) => Number(v.toFixed(4)));
  /** @type {number[] | undefined} */
  const klPerDim = entry.metrics?.test?.kl_per_dim;
  const order = Array.from({ length: latent }, (_, d) => d);
  if (klPerDim) order.sort((a, b) => klPerDim[b] - klPerDim[a]);
  return {
    model: /** @type {string} */ (entry.name), order,
    seen: hex(reading.seen, 2), reconstruction: hex(reading.reconstruction, 2),
    mu: rounded(reading.mu), sigma: rounded(reading.sigma), eps: rounded(reading.eps), z: rounded(reading.z), kl: rounded(reading.kl),
    recon: Number(reading.recon.toFixed(4)),
    prior: pictures.map((/** @type {Uint8ClampedArray} */ rgba) => hex(rgba, 1)),
  };
}
