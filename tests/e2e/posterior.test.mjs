// @ts-check
/** The posterior: nine samples of the drawing's own, how far many are apart, and the link that keeps them. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { DIGITS, difference, draw, inkOn, judged, launch, newPage, open, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROOM = "#room=posterior";

/** @param {Page} page */
async function samples(page) {
  const all = [];
  for (let i = 1; i <= 9; i += 1) all.push(await inkOn(page, `posterior-sample-${i}`));
  return all;
}

/** How far the samples are apart, per cent of full ink. @param {Page} page */
const apart = async (page) => Number((/^([\d.]+) % of full ink$/.exec(await page.locator("#posterior-apart").innerText()) ?? [])[1]);

describe("the posterior", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("shows_nine_samples_and_where_many_differ", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page, ROOM);
    await judged(page);
    const nine = await samples(page);
    assert.ok(nine.every(({ sum }) => sum > 5000));
    assert.ok(nine.slice(1).every((each) => difference(each, nine[0]) > 0.001), "nine others");
    assert.match(await page.locator(".nine").innerText(), /^(as \d, \d\d?\s%\s*){9}$/);
    const map = await inkOn(page, "posterior-map");
    const shown = await apart(page);
    assert.ok(shown > 0.1 && shown < 20, `${shown} %`);
    // The map is the standard deviation with full colour at 1/2, so its mean is twice the number.
    const mean = map.sum / 784 / 255;
    assert.ok(Math.abs(mean - 2 * shown / 100) < 0.003, `${mean} and ${shown} %`);
    // An oracle from the nine alone: less sure than 64, but of the same size.
    const deviations = Array.from({ length: 784 }, (_, p) => {
      const values = nine.map(({ alpha }) => alpha[p] / 255);
      const middle = values.reduce((sum, each) => sum + each, 0) / 9;
      return Math.sqrt(values.reduce((sum, each) => sum + (each - middle) ** 2, 0) / 8);
    });
    const nineApart = deviations.reduce((sum, each) => sum + each, 0) / 7.84;
    assert.ok(nineApart > shown / 2 && nineApart < shown * 2, `${nineApart} and ${shown}`);
    await page.waitForFunction(() => /^Where the samples differ: by [\d.]+ per cent/.test(document.getElementById("posterior-map")?.ariaLabel ?? ""));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("the_temperature_is_a_slider_and_a_drag_is_one_step", async () => {
    const { page } = await newPage(browser);
    await open(page, ROOM);
    const [nine, at] = [await samples(page), await apart(page)];
    const { x, y, width, height } = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#posterior-temperature").boundingBox());
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width - 2, y + height / 2, { steps: 10 });
    await page.mouse.up();
    await settled(page);
    assert.ok(await apart(page) > at * 1.5, "hotter is farther apart");
    await page.click("#undo");
    await settled(page);
    assert.equal(await page.locator("#posterior-temperature").inputValue(), "1");
    assert.deepEqual(await samples(page), nine);
    await page.locator("#posterior-temperature").press("Home");
    await settled(page);
    const cold = await samples(page);
    assert.ok(cold.every(({ alpha }) => difference({ alpha }, cold[0]) === 0) && cold[0].sum > 5000);
    assert.equal(await apart(page), 0);
    assert.match(await page.locator("#posterior-same").innerText(), /temperature 0/);
    await page.context().close();
  });

  it("a_link_gives_the_same_samples", async () => {
    const { page } = await newPage(browser);
    await open(page, ROOM);
    const first = await samples(page);
    await page.click("#posterior-again");
    await page.locator("#posterior-temperature").press("ArrowRight");
    await draw(page, DIGITS.four);
    const nine = await samples(page);
    assert.ok(difference(nine[0], first[0]) > 0.01);
    const map = await inkOn(page, "posterior-map");
    await page.waitForFunction(() => /posterior\.t=1\.05.*posterior\.seed=2|posterior\.seed=2.*posterior\.t=1\.05/.test(location.hash) && location.hash.includes("ink="));
    const other = await newPage(browser);
    await open(other.page, new URL(page.url()).hash);
    assert.deepEqual(await samples(other.page), nine);
    assert.deepEqual(await inkOn(other.page, "posterior-map"), map);
    await page.context().close();
    await other.page.context().close();
  });

  it("says_that_a_plain_autoencoder_has_none", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page, `${ROOM}&model=ae`);
    const nine = await samples(page);
    assert.ok(nine.every((each) => difference(each, nine[0]) === 0) && nine[0].sum > 5000);
    assert.match(await page.locator("#posterior-same").innerText(), /plain autoencoder/);
    assert.equal(await apart(page), 0);
    await page.click("#clear");
    await settled(page);
    assert.match(await page.locator("#posterior-same").innerText(), /Nothing is drawn/);
    await page.selectOption("#model", "vae");
    await page.waitForFunction(() => document.querySelectorAll("#sample li").length === 16 && document.getElementById("status")?.dataset.mood === "ready");
    await draw(page, DIGITS.seven);
    assert.ok(await apart(page) > 0.1);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("works_with_a_finger", async () => {
    const { page } = await newPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await open(page, ROOM);
    const at = await apart(page);
    await page.locator("#posterior-temperature").scrollIntoViewIfNeeded();
    const { x, y, width, height } = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#posterior-temperature").boundingBox());
    assert.ok(height >= 44);
    await page.touchscreen.tap(x + width * 0.9, y + height / 2);
    await settled(page);
    assert.ok(await apart(page) > at * 1.3);
    await page.context().close();
  });

  it("is_nothing_serious_for_axe_and_fits_every_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page } = await newPage(browser, { colorScheme });
      await open(page, ROOM);
      await judged(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 900);
      for (const width of [320, 390, 768, 820, 1024, 1216, 1366, 1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `at ${width}`);
        assert.ok(await page.evaluate(() => [...document.querySelectorAll(".room-posterior canvas")].every((canvas) => canvas.clientWidth % 28 === 0)));
        if (width === 390 || width === 1440) assert.deepEqual(await seriousFindings(page), [], `at ${width}, ${colorScheme}`);
      }
      await page.context().close();
    }
  });
});
