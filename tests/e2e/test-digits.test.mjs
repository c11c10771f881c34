// @ts-check
/** The shelf of test digits: ten of each class, and those that a model makes least of. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";

import { BASE_URL, inkOn, launch, newPage, open, ready, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const P = 784;
const NAME = /^Test digit ([\d,]+): a (\d)(?:, (\d+) nats)?$/;

/** @param {Page} page */
async function openShelf(page) {
  await page.click("#test-digits");
  await page.locator("#test-digits-panel .class").nth(9).waitFor();
  await settled(page);
}

/** Number, label and nats of the digits that a selector finds. @param {Page} page @param {string} selector */
async function named(page, selector) {
  const names = await page.locator(`${selector} canvas`).evaluateAll((all) => all.map((canvas) => canvas.getAttribute("aria-label") ?? ""));
  return names.map((name) => {
    const [, number, label, nats] = NAME.exec(name) ?? assert.fail(name);
    return { i: Number(number.replace(",", "")) - 1, label: Number(label), nats: Number(nats) };
  });
}

describe("the shelf of test digits", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  /** @type {string[]} */
  let complaints;
  /** @type {string[]} */
  let requests;
  /** @type {Buffer} */
  let raw;

  before(async () => {
    browser = await launch();
    raw = gunzipSync(await (await fetch(new URL("digits/mnist-test.bin", BASE_URL))).arrayBuffer());
    ({ page, complaints, requests } = await newPage(browser));
    await open(page, "#model=vae");
  });
  after(() => browser.close());

  it("has_ten_of_each_class_with_their_labels", async () => {
    assert.ok(!requests.some((url) => /digits/.test(url)), "nothing of it is fetched unasked");
    await openShelf(page);
    const digits = await named(page, ".class");
    assert.equal(new Set(digits.map(({ i }) => i)).size, 100);
    digits.forEach(({ i, label }, place) => {
      assert.equal(label, Math.floor(place / 10));
      assert.equal(raw[i], label);
    });
    await page.click("#other-digits");
    const others = await named(page, ".class");
    assert.ok(others.filter(({ i }) => digits.some((digit) => digit.i === i)).length < 10);
    assert.equal(new Set(others.map(({ i }) => i)).size, 100);
  });

  it("puts_the_one_that_is_chosen_on_the_pad", async () => {
    const [{ i }] = (await named(page, ".class")).slice(57);
    await page.locator(".class canvas").nth(57).click();
    await settled(page);
    assert.equal(await page.locator("#test-digits-panel").count(), 0);
    const { alpha, sum } = await inkOn(page, "seen");
    assert.ok(sum > 5000);
    assert.deepEqual(alpha, Uint8Array.from(raw.subarray(10_000 + i * P, 10_000 + (i + 1) * P)));
    await page.click("#undo");
    await settled(page);
    assert.notDeepEqual((await inkOn(page, "seen")).alpha, alpha);
  });

  it("finds_the_hardest_and_what_they_cost", async () => {
    await openShelf(page);
    await page.click("#find-hardest");
    await page.waitForFunction(() => /a second/.test(document.getElementById("hardest-note")?.textContent ?? ""));
    await page.click("#find-hardest");
    await page.waitForFunction(() => /^Stopped: of the first/.test(document.getElementById("hardest-note")?.textContent ?? ""));
    assert.equal((await named(page, ".list")).length, 20, "of those that were read");
    await page.click("#find-hardest");
    await page.waitForFunction(() => /^Small VAE.*cost less than \d+ nats/.test(document.getElementById("hardest-note")?.textContent ?? ""), undefined, { timeout: 60_000 });
    const hardest = await named(page, ".list");
    assert.equal(new Set(hardest.map(({ i }) => i)).size, 20);
    const nats = hardest.map((digit) => digit.nats);
    assert.deepEqual(nats, [...nats].sort((a, b) => b - a));
    for (const { i, label } of hardest) assert.equal(raw[i], label);
    // The figure says the same of the first of them, with z = mu.
    await page.locator(".list button").first().focus();
    await page.keyboard.press("Enter");
    await settled(page);
    if ((await page.getAttribute("#mean", "aria-pressed")) === "false") await page.click("#mean");
    await settled(page);
    const recon = Number(await page.locator('#cost [data-slot="recon"]').innerText());
    assert.ok(recon > 100 && Math.abs(recon - nats[0]) <= 0.6, `${recon} and ${nats[0]}`);
    // And none of the first thousand is harder than the last that is shown, by the core itself.
    const costs = await page.evaluate(async () => {
      const here = (/** @type {string} */ path) => new URL(path, document.baseURI).href;
      const { fetchDigits } = await import(here("rooms/digits.js"));
      const core = await import(here("pkg/simd128/latent_ink.js"));
      await core.default();
      const model = new core.Model(new Uint8Array(await (await fetch(here("models/vae.safetensors"))).arrayBuffer()));
      const { pixels } = await fetchDigits("mnist-test.bin");
      const x = Float32Array.from(pixels.subarray(0, 1000 * 784), (/** @type {number} */ v) => v / 255);
      return /** @type {number[]} */ (Array.from(model.recon(model.decode(model.encode(x).mu), x)));
    });
    const shown = new Set(hardest.map(({ i }) => i));
    costs.forEach((cost, i) => assert.ok(shown.has(i) ? cost > nats[19] - 1 : cost < nats[19] + 1, `${i} costs ${cost}`));
  });

  it("keeps_them_for_the_model_and_knows_that_another_has_others", async () => {
    await openShelf(page);
    assert.equal((await named(page, ".list")).length, 20);
    await page.keyboard.press("Escape");
    await page.selectOption("#model", "ae");
    await ready(page);
    await openShelf(page);
    assert.equal((await named(page, ".list")).length, 0);
    assert.ok(await page.locator("#find-hardest").isVisible());
    await page.keyboard.press("Escape");
  });

  it("says_in_a_sentence_that_the_digits_could_not_be_fetched", async () => {
    const other = await newPage(browser);
    await other.page.route("**/digits/mnist-test.bin", (route) => route.abort());
    await open(other.page);
    await other.page.click("#test-digits");
    await other.page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
    assert.equal(await other.page.locator("#status").innerText(), "Error: digits/mnist-test.bin could not be fetched");
    assert.equal(await other.page.locator("#test-digits-panel").count(), 0);
    await other.page.context().close();
  });

  it("can_be_tapped_and_has_nothing_serious_for_axe", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const viewport of [{ width: 1440, height: 900 }, { width: 320, height: 640 }]) {
        const other = await newPage(browser, { colorScheme, viewport, hasTouch: true });
        await open(other.page);
        await openShelf(other.page);
        assert.deepEqual(await seriousFindings(other.page), []);
        assert.ok(await other.page.locator("#test-digits-panel").evaluate((panel) => panel.scrollWidth <= panel.clientWidth && panel.getBoundingClientRect().right <= innerWidth));
        const [{ i }] = (await named(other.page, ".class")).slice(3);
        await other.page.locator(".class button").nth(3).tap();
        await settled(other.page);
        assert.deepEqual((await inkOn(other.page, "seen")).alpha, Uint8Array.from(raw.subarray(10_000 + i * P, 10_000 + (i + 1) * P)));
        await other.page.context().close();
      }
    }
  });

  it("complained_about_nothing", () => assert.deepEqual(complaints, []));
});
