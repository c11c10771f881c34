// @ts-check
/** The learned prior and the judge: what is drawn from, and what can be read in it. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { BASE_URL, DIGITS, difference, draw, inkOn, judged, launch, newPage, open, ready, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const PHONE = { viewport: { width: 390, height: 844 } };
/** The two headings, without their spaces. */
const STANDARD = /^p\(z\)=N\(0,I\)newdigits:samplesfromtheprior,decoded$/;
const LEARNED = /^z=f\(ε\)newdigits:samplesfromthelearnedprior,decoded$/;
const READS = /^reads as (\d), (\d\d?)\s%; the drawing as (\d), (\d\d?)\s%$/;

/** @param {Page} page */
const heading = async (page) => (await page.locator("#head-prior").innerText()).replace(/\s+/g, "");

/**
 * How many samples read as a digit, and of how many.
 * @param {Page} page
 */
async function score(page) {
  const match = /^(\d+) of (\d+) read as a digit with over 90\s%$/.exec(await page.locator("#score").innerText());
  assert.ok(match);
  return match.slice(1).map(Number);
}

/**
 * Where everything is that a person sees.
 * @param {Page} page
 */
const places = (page) => page.evaluate(() => [...document.querySelectorAll("canvas, button, input, h2, .foot, .score, .reads, .colophon")]
  .filter((element) => element.checkVisibility({ visibilityProperty: false }))
  .map((element) => {
    const { left, top, right, bottom } = element.getBoundingClientRect();
    return `${element.id || element.className || element.textContent}: ${[left, top, right, bottom].map(Math.round)}`;
  }));

describe("the learned prior", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("has_no_switch_where_the_prior_is_standard_normal", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page, "#model=map2");
    assert.equal(await page.locator("#learned").isVisible(), false);
    assert.match(await heading(page), STANDARD);
    await page.locator("#prior-caption").hover();
    assert.match(await page.locator("#meaning").innerText(), /mean 0 and variance 1/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("is_switched_and_a_link_keeps_it", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page);
    await judged(page);
    const learned = page.locator("#learned");
    assert.ok(await learned.isVisible() && await learned.isChecked(), "on by default");
    assert.match(await heading(page), LEARNED);
    await page.locator("#prior-caption").hover();
    assert.match(await page.locator("#meaning").innerText(), /do not quite fill N\(0, I\)/);
    const [on, onScore] = [await inkOn(page, "prior"), await score(page)];
    assert.equal(new URL(page.url()).hash, "");

    await learned.press("Space");
    await settled(page);
    const [off, offScore] = [await inkOn(page, "prior"), await score(page)];
    assert.match(await heading(page), STANDARD);
    assert.ok(difference(on, off) > 0.003, "other samples");
    assert.notDeepEqual(offScore, onScore, "another part of them is read");
    await page.waitForFunction(() => location.hash === "#learned=off");

    const other = await newPage(browser);
    await open(other.page, "#learned=off");
    await judged(other.page);
    assert.equal(await other.page.locator("#learned").isChecked(), false);
    assert.deepEqual((await inkOn(other.page, "prior")).alpha, off.alpha);
    assert.deepEqual(await score(other.page), offScore);
    await other.page.context().close();

    await page.click("#learned");
    await settled(page);
    assert.deepEqual((await inkOn(page, "prior")).alpha, on.alpha, "back again");
    await page.waitForFunction(() => location.hash === "");
    await page.evaluate(() => { location.hash = "#learned=off"; });
    await page.waitForFunction(() => !(/** @type {HTMLInputElement} */ (document.getElementById("learned")).checked));
    await settled(page);
    assert.deepEqual((await inkOn(page, "prior")).alpha, off.alpha, "from the address");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("goes_with_its_model", async () => {
    const { page } = await newPage(browser);
    await open(page);
    await page.selectOption("#model", { index: 1 });
    await page.waitForFunction(() => document.querySelectorAll("#sample li").length === 2);
    await ready(page);
    assert.equal(await page.locator("#learned").isVisible(), false);
    assert.match(await heading(page), STANDARD);
    await page.selectOption("#model", { index: 0 });
    await page.locator("#learned").waitFor();
    assert.match(await heading(page), LEARNED);
    await page.context().close();
  });

  it("is_nothing_serious_for_axe_and_fits_every_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page } = await newPage(browser, { colorScheme });
      await open(page);
      await judged(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 900);
      for (const width of [320, 360, 390, 430, 768, 1024, 1216, 1280, 1366, 1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        const out = await page.evaluate(() => [...document.querySelectorAll(".prior *, .reads, .reads *")]
          .filter((element) => element.getBoundingClientRect().right > innerWidth - 11.5 && element.checkVisibility())
          .map((element) => element.id || element.className));
        assert.deepEqual(out, [], `at ${width}`);
        if (width === 360 || width === 1440) assert.deepEqual(await seriousFindings(page), [], `at ${width}`);
      }
      await page.context().close();
    }
  });
});

describe("the judge", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("reads_what_was_drawn_and_what_came_back", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page);
    await judged(page);
    for (const [digit, strokes] of /** @type {[string, number[][][]][]} */ ([["7", DIGITS.seven], ["4", DIGITS.four], ["2", DIGITS.two]])) {
      await page.click("#clear");
      await settled(page);
      assert.equal(await page.locator("#reads").isVisible(), false, "nothing is read in nothing");
      await draw(page, strokes);
      const match = READS.exec(await page.locator("#reads").innerText());
      assert.ok(match, await page.locator("#reads").innerText());
      assert.deepEqual([match[1], match[3]], [digit, digit]);
      assert.ok(Number(match[4]) > 50, "and is fairly sure of the drawing");
    }
    await page.waitForFunction(() => /reads as 2, \d\d?\s%; the drawing as 2/.test(document.getElementById("reconstruction")?.ariaLabel ?? ""));
    await page.locator("#reads .term").hover();
    assert.match(await page.locator("#meaning").innerText(), /99\.5\s%/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("counts_the_samples_that_are_shown", async () => {
    const { page } = await newPage(browser);
    await open(page);
    await judged(page);
    const [read, all] = await score(page);
    assert.ok(read > all / 4 && read <= all && all >= 26, `${read} of ${all}`);
    await page.setViewportSize({ width: 360, height: 740 });
    await settled(page);
    const [fewer, shown] = await score(page);
    assert.ok(shown < all && fewer <= shown && fewer > 0, `${fewer} of ${shown}`);
    assert.match(await page.locator("#prior").getAttribute("aria-label") ?? "", new RegExp(`^${shown} digits .*${fewer} of ${shown} read as a digit`));
    await page.context().close();
  });

  it("comes_after_the_page_is_live_and_moves_nothing", async () => {
    for (const options of [{}, PHONE]) {
      const { page, requests } = await newPage(browser, options);
      let release = () => {};
      const held = new Promise((done) => { release = () => done(undefined); });
      await page.route("**/models/judge.safetensors", async (route) => {
        await held;
        await route.continue();
      });
      await page.addInitScript(() => {
        const kept = /** @type {any} */ (window);
        kept.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of /** @type {any[]} */ (list.getEntries())) kept.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
      });
      const asked = page.waitForRequest("**/models/judge.safetensors");
      await open(page);
      await asked;
      const at = (/** @type {string} */ part) => requests.findIndex((url) => url.includes(part));
      assert.ok(at("judge.safetensors") > at("_bg.wasm"), "it is asked for last");
      assert.equal(requests.filter((url) => url.includes("judge.safetensors")).length, 1);
      assert.equal(await page.evaluate(() => performance.getEntriesByName("live").length), 1);
      assert.equal(await page.locator("#reads").isVisible(), false);
      assert.equal(await page.locator("#score").isVisible(), false);
      const before = await places(page);
      await page.evaluate(() => { /** @type {any} */ (window).shift = 0; });
      release();
      await judged(page);
      assert.ok(await page.locator("#score").isVisible());
      assert.deepEqual(await places(page), before);
      assert.equal(await page.evaluate(() => /** @type {any} */ (window).shift), 0, "no layout shift");
      await page.context().close();
    }
  });

  it("is_not_missed_where_it_cannot_be_had", async () => {
    for (const answer of [{ status: 404 }, { body: "not a judge" }]) {
      const { page, complaints } = await newPage(browser);
      await page.route("**/models/judge.safetensors", (route) => route.fulfill(answer));
      const asked = page.waitForResponse("**/models/judge.safetensors");
      await open(page);
      await asked;
      await draw(page, DIGITS.seven);
      assert.equal(await page.locator("#status").innerText(), "Ready");
      assert.equal(await page.locator("#reads").isVisible(), false);
      assert.equal(await page.locator("#score").isVisible(), false);
      assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
      assert.deepEqual(complaints.filter((text) => !text.includes("404")), []);
      await page.context().close();
    }
  });

  it("comes_back_with_a_replaced_worker", async () => {
    const { page, requests } = await newPage(browser);
    await open(page);
    await judged(page);
    const [said, samples] = [await page.locator("#reads").innerText(), await score(page)];
    await page.workers()[0].evaluate(() => setTimeout(() => { throw new Error("out of ink"); }));
    await page.waitForFunction(() => /Ready again/.test(document.getElementById("status")?.textContent ?? ""));
    await settled(page);
    await judged(page);
    assert.equal(await page.locator("#reads").innerText(), said);
    assert.deepEqual(await score(page), samples);
    await draw(page, DIGITS.seven);
    assert.match(await page.locator("#reads").innerText(), READS);
    assert.equal(requests.filter((url) => url === `${BASE_URL}models/judge.safetensors`).length, 1, "it was fetched once");
    await page.context().close();
  });
});
