// @ts-check
/**
 * Steps a second of the 784-400-20 VAE, batch 128, in the page's worker: alone, with one helper through shared memory and through
 * ports, and two runs at once that know nothing of each other, which is what two workers could do at best. All in turn, for some
 * rounds; best and median of each, and their ratio to one worker's.
 *
 *     BASE_URL=http://127.0.0.1:8080 node tests/e2e/train-speed.mjs [rounds]
 */

import { launch, newPage } from "./browser.mjs";
import { prepare } from "./train-driver.mjs";

/** What `prepare` left in the page. @type {any} */
const engine = undefined;

/** How long each has its turn, in ms. */
const TURN_MS = 1500;

const rounds = Number(process.argv[2] ?? 9);
const browser = await launch();
const { page } = await newPage(browser);
await prepare(page);
const rates = await page.evaluate(async ({ rounds, TURN_MS }) => {
  /** @type {Record<string, any[]>} */
  const contestants = {
    "one worker": [await engine.start({ begin: { epochs: 1000 } })],
    "two, shared memory": [await engine.start({ begin: { epochs: 1000, workers: 2 } })],
    "two, through ports": [await engine.start({ begin: { epochs: 1000, workers: 2, isApart: true } })],
    "two runs at once": [await engine.start({ begin: { epochs: 1000 } }), await engine.start({ begin: { epochs: 1000 } })],
  };
  /** Where a run stands, in steps. */
  const at = (/** @type {any} */ run) => run.told.findLast((/** @type {any} */ { event }) => event === "steps")?.step ?? 0;
  const turn = async (/** @type {any[]} */ runs) => {
    const before = runs.map(at);
    const began = performance.now();
    runs.forEach((run) => run.tell("play"));
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
    // A run that has paused has done all that it was asked for.
    await Promise.all(runs.map((run) => run.ask("pause", "steps").then(() => run.ask("save", "state"))));
    const seconds = (performance.now() - began) / 1000;
    return runs.reduce((sum, run, i) => sum + at(run) - before[i], 0) / seconds;
  };
  /** @type {Record<string, number[]>} */
  const rates = {};
  for (let round = -1; round < rounds; round += 1) {
    for (const [name, runs] of Object.entries(contestants)) {
      const rate = await turn(runs);
      // The first round is for the browser to compile.
      if (round >= 0) (rates[name] ??= []).push(rate);
    }
  }
  return rates;
}, { rounds, TURN_MS });
await browser.close();

const best = (/** @type {number[]} */ all) => Math.max(...all);
const median = (/** @type {number[]} */ all) => all.toSorted((a, b) => a - b)[all.length >> 1];
const one = rates["one worker"];
for (const [name, all] of Object.entries(rates)) {
  const ratios = all.map((rate, i) => rate / one[i]);
  console.log(`${name.padEnd(20)} best ${best(all).toFixed(1)}, median ${median(all).toFixed(1)} steps/s; x ${(best(all) / best(one)).toFixed(2)} best by best, ${median(ratios).toFixed(2)} median of rounds`);
}
