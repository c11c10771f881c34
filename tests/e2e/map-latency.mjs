// @ts-check
/**
 * Measures what a person waits for on the map, with all 10,000 test digits on it. With the page served:
 *
 *     BASE_URL=http://127.0.0.1:8080 node tests/e2e/map-latency.mjs [--json] [--limit-z 16] [--limit-manifold 50] [--limit-fps 50]
 *
 * `z→paint` runs from the pointer event's own time to the moment when the picture of that z is on its canvas; `manifold`
 * from the change of the view to the end of the frame that shows 20 x 20 digits of it; `pan` from the pointer event to the
 * end of the frame that shows the plane there. Frames a second are those that the browser made while the plane was dragged.
 * The medians decide about the manifold, the 95th percentile about z.
 */

import { BASE_URL, launch, newPage, open } from "./browser.mjs";
import { framesPerSecond, isJson, noteFrames, option, summary, takeFrames } from "./figures.mjs";

/** Moves of the pointer, 8 ms apart, and manifolds decoded. */
const MOVES = 400;
const MANIFOLDS = 12;

const browser = await launch();
const { page } = await newPage(browser);
await open(page, "#room=map");
await page.waitForFunction(() => /all 10,000/.test(document.getElementById("map-progress")?.textContent ?? ""));
await page.waitForTimeout(2500); // the worker's trial of its kernels is over
const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#map").boundingBox());
const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };

/** A Lissajous figure over most of the plane. @param {(x: number, y: number) => Promise<void>} to @param {number} reach */
async function wander(to, reach) {
  for (let i = 0; i < MOVES; i += 1) {
    const turn = (i / MOVES) * 2 * Math.PI;
    await to(middle.x + reach * box.width * Math.sin(3 * turn), middle.y + reach * box.height * Math.sin(2 * turn));
    await page.waitForTimeout(8);
  }
}

/** The measures of this name, and none of those of before. @param {string} name @returns {Promise<number[]>} */
async function measured(name) {
  await page.waitForTimeout(200);
  return page.evaluate((wanted) => {
    const durations = performance.getEntriesByName(wanted).map(({ duration }) => duration);
    performance.clearMeasures(wanted);
    return durations;
  }, name);
}

await measured("z→paint");
await wander((x, y) => page.mouse.move(x, y), 0.42);
const zToPaint = await measured("z→paint");

await measured("manifold");
await page.locator("#map").focus();
for (let i = 0; i < MANIFOLDS; i += 1) {
  await page.keyboard.press(i % 2 ? "0" : "+");
  await page.waitForTimeout(600);
}
const manifold = await measured("manifold");

await page.mouse.move(middle.x, middle.y);
await noteFrames(page);
await measured("pan");
await page.mouse.down({ button: "middle" });
await wander((x, y) => page.mouse.move(x, y), 0.2);
const times = await takeFrames(page);
await page.mouse.up({ button: "middle" });
const pan = await measured("pan");
const tier = await page.locator("#tier").innerText();
await browser.close();

const result = {
  address: BASE_URL,
  tier,
  zToPaintMs: summary(zToPaint),
  manifoldMs: summary(manifold),
  panMs: summary(pan),
  frameMs: summary(times.slice(1).map((time, i) => time - times[i])),
  panFramesPerSecond: framesPerSecond(times),
};
if (isJson) console.log(JSON.stringify(result, null, 2));
else {
  for (const name of /** @type {const} */ (["zToPaintMs", "manifoldMs", "panMs", "frameMs"])) {
    const { n, median, p95, max } = result[name];
    console.log(`${name.padEnd(11)} median ${median}  p95 ${p95}  max ${max}  (${n} on ${tier})`);
  }
  console.log(`panning: ${result.panFramesPerSecond} frames a second`);
}
for (const [name, value, bound] of /** @type {const} */ ([
  ["z→paint: p95 in ms", result.zToPaintMs.p95, option("--limit-z", Infinity)],
  ["manifold: median in ms", result.manifoldMs.median, option("--limit-manifold", Infinity)],
  ["panning: ms a frame", 1000 / result.panFramesPerSecond, 1000 / option("--limit-fps", 0)],
])) {
  if (value <= bound) continue;
  console.error(`${name} is ${value.toFixed(1)}, the limit is ${bound}`);
  process.exitCode = 1;
}
