// @ts-check
/**
 * Measures what a person waits for in the room of codes. With the page served:
 *
 *     BASE_URL=http://127.0.0.1:8080 node tests/e2e/codes-latency.mjs [--json] [--limit-swap 16] [--limit-write 30]
 *
 * `swap→paint` runs from the click on a code to the moment when the picture with it is on its canvas; `write` is the worker's
 * time for all codes of a map, as the room says it. The medians decide.
 */

import { BASE_URL, launch, newPage, open, settled } from "./browser.mjs";
import { isJson, option, summary } from "./figures.mjs";

const SWAPS = 60;
const MAPS = 20;

const browser = await launch();
const { page } = await newPage(browser, { reducedMotion: "reduce" });
await open(page, "#room=codes");
await page.waitForSelector("#codes-mosaic button", { timeout: 60_000 });
await settled(page);
await page.waitForTimeout(2500); // the trials of the kernels are over
await page.click("#codes-cell-25");
await settled(page);
for (let i = 0; i < SWAPS; i += 1) {
  await page.click(`#code-${i % 32}`);
  await settled(page);
}
const swaps = await page.evaluate(() => performance.getEntriesByName("swap→paint").map(({ duration }) => duration));
const writes = [];
for (let i = 0; i < MAPS; i += 1) {
  const before = await page.locator("#codes-write-said").innerText();
  await page.click("#codes-write");
  await page.waitForFunction((text) => document.getElementById("codes-write-said")?.textContent !== text, before);
  await settled(page);
  writes.push(Number(/in ([\d.]+) ms/.exec(await page.locator("#codes-write-said").innerText())?.[1]));
}
const tier = await page.locator("#tier").innerText();
await browser.close();

const result = { address: BASE_URL, tier, swapToPaintMs: summary(swaps), writeMs: summary(writes) };
if (isJson) console.log(JSON.stringify(result, null, 2));
else {
  for (const name of /** @type {const} */ (["swapToPaintMs", "writeMs"])) {
    const { n, median, p95, max } = result[name];
    console.log(`${name.padEnd(13)} median ${median}  p95 ${p95}  max ${max}  (${n} on ${tier})`);
  }
}
for (const [name, value, bound] of /** @type {const} */ ([
  ["swap→paint: median in ms", result.swapToPaintMs.median, option("--limit-swap", Infinity)],
  ["write: median in ms", result.writeMs.median, option("--limit-write", Infinity)],
])) {
  if (value <= bound) continue;
  console.error(`${name} is ${value.toFixed(1)}, the limit is ${bound}`);
  process.exitCode = 1;
}
