// @ts-check
/**
 * Writes pictures of the page into tests/e2e/results/, to be looked at: every layout, both themes, and the states that
 * are easily forgotten. With the page served: `BASE_URL=http://127.0.0.1:8080 node tests/e2e/screenshots.mjs`.
 */

import { mkdir } from "node:fs/promises";

import { DIGITS, draw, judged, launch, newPage, open, settled } from "./browser.mjs";

const RESULTS = new URL("./results/", import.meta.url);
const SIZES = {
  desktop: { viewport: { width: 1440, height: 900 } },
  wide: { viewport: { width: 1920, height: 1080 } },
  laptop: { viewport: { width: 1366, height: 768 } },
  tablet: { viewport: { width: 820, height: 1180 } },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
  narrow: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true },
};

await mkdir(RESULTS, { recursive: true });
const browser = await launch();
for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const [name, size] of Object.entries(SIZES)) {
    const { page } = await newPage(browser, { ...size, colorScheme });
    await open(page);
    await judged(page);
    const isPhone = name === "phone" || name === "narrow";
    await save(page, `${name}-${colorScheme}`, isPhone);
    await page.context().close();
  }
}
for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  const { page } = await newPage(browser, { colorScheme });
  await open(page);
  await judged(page);
  await draw(page, DIGITS.two, 12);
  await page.locator("#posterior").hover({ position: { x: 90, y: 90 } });
  await save(page, `drawn-${colorScheme}`);
  await page.selectOption("#model", { index: 1 });
  await page.waitForFunction(() => document.querySelectorAll("#sample li").length === 2);
  await settled(page);
  await save(page, `plane-${colorScheme}`);
  await page.click("#clear");
  await settled(page);
  await save(page, `empty-${colorScheme}`);
  await page.route("**/models/*.safetensors", (route) => route.fulfill({ body: "not a model" }));
  await page.selectOption("#model", { index: 0 });
  await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
  await save(page, `error-${colorScheme}`);
  await page.context().close();
}
await browser.close();
console.log(`pictures are in ${RESULTS.pathname}`);

/**
 * @param {import("playwright-core").Page} page
 * @param {string} name
 * @param {boolean} [fullPage]
 */
async function save(page, name, fullPage = false) {
  await page.screenshot({ path: new URL(`${name}.png`, RESULTS).pathname, fullPage });
}
