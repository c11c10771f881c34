// @ts-check
/**
 * Figures from headless Chromium: start-up, ink, inference on every tier. `cargo xtask bench` serves the page and runs
 * this; tiers take turns in one page, so that a machine that slows down slows all of them, and medians are printed.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { BASE_URL, launch, newPage } from "../../tests/e2e/browser.mjs";

const browser = await launch();
const { page } = await newPage(browser);
await page.goto(new URL("models/index.json", BASE_URL).href); // our origin, and an idle page
const rows = await page.evaluate(measure);
await browser.close();

console.log("in Chromium".padEnd(44), "scalar".padStart(9), "simd128".padStart(9), "relaxed".padStart(9), " median ms");
for (const { what, ms } of rows) {
  console.log(what.padEnd(44), ...["scalar", "simd128", "relaxed"].map((tier) => ms[tier].toFixed(3).padStart(9)));
}
if (process.env.BENCH_OUT) writeFileSync(join(process.env.BENCH_OUT, "browser.json"), JSON.stringify(rows, null, 2));

/** Runs in the page. */
async function measure() {
  const ROUNDS = 15;
  const AT_LEAST_MS = 8;
  const tiers = ["scalar", "simd128", "relaxed"];
  const { models } = await (await fetch("/models/index.json")).json();
  /** @type {Record<string, any>} */
  const cores = {};
  for (const tier of tiers) {
    cores[tier] = await import(`/pkg/${tier}/latent_ink.js`);
    await cores[tier].default();
  }
  const points = new Float32Array(400);
  for (let i = 0; i < 200; i += 1) {
    const t = i / 200;
    points.set([140 + 70 * Math.sin(4 * Math.PI * t), 40 + 200 * t], 2 * i);
  }
  const lengths = new Uint32Array([200]);

  /** @type {{ what: string, run: Record<string, () => unknown> }[]} */
  const tasks = [{ what: "one stroke of 200 points to 28x28", run: {} }];
  for (const tier of tiers) tasks[0].run[tier] = () => cores[tier].inkFromStrokes(points, lengths, 280, true);
  for (const { name, file } of models) {
    const weights = new Uint8Array(await (await fetch(`/models/${file}`)).arrayBuffer());
    const reading = { what: `${name}: read the weights file`, run: /** @type {any} */ ({}) };
    for (const tier of tiers) reading.run[tier] = () => new cores[tier].Model(weights).free();
    tasks.push(reading);
    for (const batch of [1, 256]) {
      const task = { what: `${name}: encode, sample, decode x${batch}`, run: /** @type {any} */ ({}) };
      for (const tier of tiers) {
        const core = cores[tier];
        const model = new core.Model(weights);
        const one = core.inkFromStrokes(points, lengths, 280, true);
        const x = new Float32Array(batch * one.length);
        for (let i = 0; i < batch; i += 1) x.set(one, i * one.length);
        const eps = core.eps(1, batch, model.latent);
        task.run[tier] = () => {
          const { mu, logVar } = model.encode(x);
          return model.means(model.decode(model.reparameterise(mu, logVar, eps)));
        };
      }
      tasks.push(task);
    }
  }

  return tasks.map(({ what, run }) => {
    const calls = Object.fromEntries(tiers.map((tier) => {
      for (let i = 0; i < 3; i += 1) run[tier]();
      const began = performance.now();
      run[tier]();
      return [tier, Math.ceil(AT_LEAST_MS / Math.max(performance.now() - began, 0.01))];
    }));
    /** @type {Record<string, number[]>} */
    const samples = Object.fromEntries(tiers.map((tier) => [tier, []]));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const tier of tiers) {
        const began = performance.now();
        for (let i = 0; i < calls[tier]; i += 1) run[tier]();
        samples[tier].push((performance.now() - began) / calls[tier]);
      }
    }
    const median = (/** @type {number[]} */ values) => values.sort((a, b) => a - b)[ROUNDS >> 1];
    return { what, ms: Object.fromEntries(tiers.map((tier) => [tier, median(samples[tier])])) };
  });
}
