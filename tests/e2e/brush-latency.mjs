// @ts-check
/**
 * Measures what a person waits for in the room of characters. With the page served:
 *
 *     BASE_URL=http://127.0.0.1:8080 node tests/e2e/brush-latency.mjs [--json] [--limit 1000]
 *
 * `style→text` runs from a style that has been read to the moment when 100 different characters stand on the page in it. The
 * median decides.
 */

import { BASE_URL, launch, newPage, open } from "./browser.mjs";
import { isJson, option, summary } from "./figures.mjs";

const CHARACTERS = 100;
const TIMES = 10;

const browser = await launch();
const { page } = await newPage(browser);
/** The most frequent ones of poems and prose. */
const text = "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动";
await open(page, `#room=brush&brush.text=${encodeURIComponent([...text].slice(0, CHARACTERS).join(""))}`);
const wholes = () => page.evaluate((count) => performance.getEntriesByName("style→text").filter((each) => /** @type {PerformanceMeasure} */ (each).detail === count).map(({ duration }) => duration), CHARACTERS);
await page.waitForFunction(() => performance.getEntriesByName("style→text").length > 0, undefined, { timeout: 60_000 });
await page.fill("#brush-other", "一"); // of one stroke: a hand, which every pen changes
await page.waitForSelector(".brush-grid .guide polyline", { state: "attached" });
const pad = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#brush-pad").boundingBox());
await page.mouse.move(pad.x + 0.15 * pad.width, pad.y + 0.55 * pad.height);
await page.mouse.down();
await page.mouse.move(pad.x + 0.85 * pad.width, pad.y + 0.45 * pad.height, { steps: 8 });
await page.mouse.up();
await page.waitForSelector('.room-brush[data-examples="1"]');
await page.waitForTimeout(3000); // advice and fonts are there
for (let i = 0; i < TIMES; i += 1) {
  const before = (await wholes()).length;
  await page.click(i % 2 ? "#brush-pen-2" : "#brush-pen-3");
  await page.waitForFunction((count) => performance.getEntriesByName("style→text").length > count, before, { timeout: 60_000 });
  await page.waitForTimeout(3000);
}
const all = (await wholes()).slice(1);
const tier = await page.locator("#tier").innerText();
await browser.close();

const { n, median, p95, max } = summary(all);
if (isJson) console.log(JSON.stringify({ address: BASE_URL, tier, characters: CHARACTERS, styleToTextMs: summary(all) }, null, 2));
else console.log(`style→text of ${CHARACTERS}: median ${median}  p95 ${p95}  max ${max}  (${n} on ${tier})`);
if (median > option("--limit", Infinity)) {
  console.error(`style→text is ${median} ms, the limit is ${option("--limit", Infinity)}`);
  process.exitCode = 1;
}
