// @ts-check
/** Seeds, links and models: the same settings give the same view. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { BASE_URL, DIGITS, difference, draw, inkOn, launch, newPage, open, ready, settled, shownNumbers } from "./browser.mjs";

describe("the view", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {import("playwright-core").Page} */
  let page;
  /** @type {string[]} */
  let complaints;

  before(async () => {
    browser = await launch();
    ({ page, complaints } = await newPage(browser));
    await open(page);
  });
  after(() => browser.close());

  it("resample_draws_other_noise_and_its_seed_repeats_it", async () => {
    const [eps, z, picture] = [await shownNumbers(page, "eps"), await shownNumbers(page, "z"), await inkOn(page, "reconstruction")];
    assert.ok(eps.length >= 16 && eps.some((e) => Math.abs(e) > 0.5), "there is noise");
    await page.click("#resample");
    await settled(page);
    const other = await shownNumbers(page, "eps");
    assert.notDeepEqual(other, eps);
    assert.ok(difference(picture, await inkOn(page, "reconstruction")) > 0.001);
    await page.fill("#z-seed", "1");
    await settled(page);
    assert.deepEqual(await shownNumbers(page, "eps"), eps);
    assert.deepEqual(await shownNumbers(page, "z"), z);
    assert.deepEqual((await inkOn(page, "reconstruction")).alpha, picture.alpha);
    await page.fill("#z-seed", "2");
    await settled(page);
    assert.deepEqual(await shownNumbers(page, "eps"), other);
  });

  it("the_mean_takes_no_noise", async () => {
    const z = await shownNumbers(page, "z");
    await page.click("#mean");
    await settled(page);
    assert.ok((await shownNumbers(page, "eps")).every((e) => e === 0));
    const mean = await shownNumbers(page, "z");
    assert.ok(mean.some((m) => Math.abs(m) > 0.3));
    assert.notDeepEqual(mean, z);
    await page.click("#mean");
    await settled(page);
    assert.deepEqual(await shownNumbers(page, "z"), z);
  });

  it("a_wrong_seed_changes_nothing", async () => {
    const z = await shownNumbers(page, "z");
    await page.fill("#z-seed", "4294967296");
    await settled(page);
    assert.ok(await page.locator("#z-seed[aria-invalid]").count());
    assert.deepEqual(await shownNumbers(page, "z"), z);
    await page.fill("#z-seed", "2");
    assert.equal(await page.locator("#z-seed[aria-invalid]").count(), 0);
  });

  it("prior_samples_come_back_with_their_seed", async () => {
    const first = await inkOn(page, "prior");
    assert.ok(first.sum > 28 * 10_000, "many digits");
    await page.click("#new-samples");
    await settled(page);
    assert.equal(await page.inputValue("#prior-seed"), "43");
    assert.ok(difference(first, await inkOn(page, "prior")) > 0.03);
    await page.fill("#prior-seed", "42");
    await settled(page);
    assert.deepEqual((await inkOn(page, "prior")).alpha, first.alpha);
  });

  it("a_link_reproduces_it", async () => {
    await page.selectOption("#model", { index: 1 });
    await page.waitForFunction(() => document.querySelectorAll("#sample li").length === 2);
    await draw(page, DIGITS.two, 12);
    await page.fill("#z-seed", "77");
    await page.fill("#prior-seed", "5");
    await page.click("#normalise");
    await page.waitForFunction(() => location.hash.includes("normalise=off") && location.hash.includes("seed=5"));
    await settled(page);
    const link = page.url();
    assert.ok(link.length < 2048, `${link.length} characters`);
    const other = await newPage(browser);
    await open(other.page, link.slice(BASE_URL.length));
    for (const id of ["pad", "seen", "posterior", "reconstruction", "prior"]) {
      const [here, there] = [await inkOn(page, id), await inkOn(other.page, id)];
      assert.ok(here.sum > 1000, id);
      assert.deepEqual(there.alpha, here.alpha, id);
    }
    assert.deepEqual(await shownNumbers(other.page, "z"), await shownNumbers(page, "z"));
    assert.equal(await other.page.inputValue("#model"), await page.inputValue("#model"));
    assert.equal(await other.page.locator("#normalise").isChecked(), false);
    assert.deepEqual(other.complaints, []);
    await other.page.context().close();
  });

  it("an_ordinary_digit_fits_a_short_link", async () => {
    await page.click("#clear");
    await draw(page, DIGITS.four, 40); // a slow hand: many points
    await page.waitForTimeout(300);
    assert.ok(page.url().length < 2048, `${page.url().length} characters`);
  });

  it("a_broken_link_opens_with_the_example", async () => {
    const other = await newPage(browser);
    await open(other.page, "#model=nonsense&z=abc&seed=99999999999&ink=AVWQ!!");
    assert.equal(await other.page.inputValue("#z-seed"), "1");
    assert.equal(await other.page.inputValue("#prior-seed"), "42");
    assert.ok((await inkOn(other.page, "seen")).sum > 10_000);
    assert.deepEqual(other.complaints, []);
    await other.page.context().close();
  });

  it("the_ellipse_is_to_scale", async () => {
    // The model is the plane's by now; mu is where it says, and the lens says how much larger it shows the ellipse.
    await page.click("#normalise");
    await settled(page);
    const note = await page.locator("#posterior-note").innerText();
    const unit = Number(/1 unit is (\d+) px/.exec(note)?.[1]);
    const box = /** @type {{ width: number, height: number }} */ (await page.locator("#posterior").boundingBox());
    assert.equal(unit, Math.round(Math.min(box.width, box.height) / 7));
    const colour = await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--mu").trim());
    const [mu0, mu1] = (await page.locator("#sample .mu").allTextContents()).map((text) => Number(text.replace("\u2212", "-")));
    const found = await page.evaluate((hex) => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("posterior"));
      const { data, width } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
      const rgb = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
      const hits = [];
      for (let i = 0; i < data.length; i += 4) {
        if (rgb.every((value, c) => Math.abs(data[i + c] - value) < 24) && data[i + 3] > 200) hits.push([(i / 4) % width, Math.floor(i / 4 / width)]);
      }
      return hits;
    }, colour);
    const [x, y] = [box.width / 2 + mu0 * unit, box.height / 2 - mu1 * unit];
    assert.ok(found.length > 5, "mu is drawn");
    assert.ok(found.some(([fx, fy]) => Math.hypot(fx - x, fy - y) < 6), `mu should be at ${x}, ${y}`);
  });

  it("complained_about_nothing", () => assert.deepEqual(complaints, []));

  it("going_back_to_the_first_model_reads_the_same_drawing", async () => {
    await page.selectOption("#model", { index: 0 });
    await page.waitForFunction(() => document.querySelectorAll("#sample li").length > 2);
    await ready(page);
    assert.ok((await shownNumbers(page, "z")).some((z) => Math.abs(z) > 0.3));
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
  });
});
