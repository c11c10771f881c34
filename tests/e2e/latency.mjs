// @ts-check
/**
 * Measures what a person waits for: first paint, the model, and every stroke. With the page served:
 *
 *     BASE_URL=http://127.0.0.1:8080 node tests/e2e/latency.mjs [--json] [--limit 16]
 *
 * `ink→paint` runs from the pointer event's own time to the moment when the reconstruction that answers it is on its
 * canvas; `ink→frame` to the end of the frame that shows it, which in a browser of 60 Hz adds up to 16.7 ms of waiting
 * for that frame. With --limit the script fails when the 95th percentile of `ink→paint` is above so many milliseconds.
 */

import { BASE_URL, launch, newPage, open } from "./browser.mjs";
import { isJson, option, summary } from "./figures.mjs";

const limit = option("--limit", Infinity);
/** Loads of the page; the first also fills the cache of compiled code. */
const LOADS = 5;
/** Digits drawn, each about 100 pointer events, 8 ms apart. */
const DRAWINGS = 8;

const browser = await launch();
const loads = [];
for (let i = 0; i < LOADS; i += 1) loads.push(await measureLoad());
const { paints, frames, work, tier } = await measureDrawing();
await browser.close();

const result = {
  address: BASE_URL,
  tier,
  firstContentfulPaintMs: summary(loads.map(({ paint }) => paint)).median,
  liveAfterMs: summary(loads.map(({ live }) => live)).median,
  inkToPaintMs: summary(paints),
  inkToFrameMs: summary(frames),
  workerMs: summary(work),
};
if (isJson) console.log(JSON.stringify(result, null, 2));
else {
  console.log(`first contentful paint ${result.firstContentfulPaintMs} ms, live after ${result.liveAfterMs} ms (median of ${LOADS} loads)`);
  for (const name of /** @type {const} */ (["inkToPaintMs", "inkToFrameMs", "workerMs"])) {
    const { n, median: middle, p95, max } = result[name];
    console.log(`${name.padEnd(13)} median ${middle}  p95 ${p95}  max ${max}  (${n} on ${tier})`);
  }
}
if (result.inkToPaintMs.p95 > limit) {
  console.error(`ink→paint: p95 is ${result.inkToPaintMs.p95} ms, the limit is ${limit} ms`);
  process.exitCode = 1;
}

async function measureLoad() {
  const { page } = await newPage(browser);
  await open(page);
  const live = await page.evaluate(() => performance.getEntriesByName("live")[0].startTime);
  const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
  await page.context().close();
  return { paint, live };
}

async function measureDrawing() {
  const { page } = await newPage(browser);
  await open(page);
  await page.evaluate(() => {
    const kept = /** @type {any} */ (window);
    kept.paints = [];
    kept.frames = [];
    kept.work = [];
    new PerformanceObserver((list) => {
      for (const { startTime, duration, detail } of /** @type {PerformanceMeasure[]} */ (list.getEntries())) {
        kept.paints.push(duration);
        kept.work.push(detail);
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel(); // a task right after the frame was made
          port2.onmessage = () => kept.frames.push(performance.now() - startTime);
          port1.postMessage(0);
        });
      }
    }).observe({ type: "measure" });
  });
  const pad = /** @type {{ x: number, y: number, width: number }} */ (await page.locator("#pad").boundingBox());
  for (let drawing = 0; drawing < DRAWINGS; drawing += 1) {
    await page.click("#clear");
    for (let i = 0; i <= 100; i += 1) {
      // An 8 with a different waist each time.
      const turn = (i / 100) * 2 * Math.PI;
      await page.mouse.move(
        pad.x + pad.width * (0.5 + (0.15 + 0.01 * drawing) * Math.sin(2 * turn)),
        pad.y + pad.width * (0.5 - 0.35 * Math.cos(turn)),
      );
      if (i === 0) await page.mouse.down();
      await new Promise((done) => setTimeout(done, 8));
    }
    await page.mouse.up();
  }
  await page.waitForTimeout(100);
  const kept = await page.evaluate(() => {
    const { paints, frames, work } = /** @type {any} */ (window);
    return { paints, frames, work, tier: document.getElementById("tier")?.textContent ?? "" };
  });
  await page.context().close();
  return kept;
}
