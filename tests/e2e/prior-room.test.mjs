// @ts-check
/** The room of the prior: a sheet of samples, and the training digits nearest to one of them. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";

import { unpackPixels } from "../../www/rooms/levels.js";
import { BASE_URL, hashOf, launch, newPage, open, ready, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const P = 784;
const SCORE = /^(\d+) of (\d+) read as a digit with over 90\s%$/;
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** The alpha of the canvases that are shown. @param {Page} page @param {string} selector */
async function alphas(page, selector) {
  const all = await page.locator(selector).evaluateAll((canvases) => canvases
    .filter((canvas) => !(/** @type {HTMLElement} */ (canvas).hidden))
    .map((canvas) => {
      const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
      const { data } = /** @type {any} */ (canvas).getContext("2d").getImageData(0, 0, width, height);
      return Array.from({ length: width * height }, (_, i) => data[4 * i + 3]);
    }));
  return all.map((alpha) => Uint8Array.from(alpha));
}

/** @param {Page} page */
const samples = (page) => alphas(page, "#prior-samples canvas");
/** @param {Uint8Array[]} pictures */
const hashes = (pictures) => pictures.map((picture) => hashOf(picture));
/** @param {ArrayLike<number>} values */
const sumOf = (values) => Array.from(values).reduce((sum, value) => sum + value, 0);

/** Waits until the samples have been read. @param {Page} page */
async function scored(page) {
  await page.waitForFunction(() => / read as a digit /.test(document.querySelector(".room-prior .count")?.textContent ?? ""));
  await settled(page);
  const [, sure, all] = SCORE.exec(await page.locator(".room-prior .count").innerText()) ?? assert.fail("no score");
  return { sure: Number(sure), all: Number(all) };
}

/** A slider moved by the keyboard. @param {Page} page @param {string} key @param {number} times */
async function temper(page, key, times = 1) {
  await page.focus("#prior-temperature");
  for (let i = 0; i < times; i += 1) await page.keyboard.press(key);
  await settled(page);
}

/** @param {Page} page */
const chosen = (page) => page.locator('#prior-samples [aria-selected="true"]').evaluateAll((all) =>
  all.map((canvas) => [...(canvas.parentElement?.children ?? [])].indexOf(canvas)));

describe("the room of the prior", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  /** @type {string[]} */
  let complaints;
  /** @type {string[]} */
  let requests;

  before(async () => {
    browser = await launch();
    ({ page, complaints, requests } = await newPage(browser));
    await open(page, "#room=prior");
  });
  after(() => browser.close());

  it("shows_as_many_different_digits_as_fit_and_how_many_are_read", async () => {
    const pictures = await samples(page);
    assert.ok(pictures.length >= 40 && pictures.length <= 60, `${pictures.length} samples`);
    for (const picture of pictures) assert.ok(sumOf(picture) > 8_000, `ink of ${sumOf(picture)}`);
    assert.equal(new Set(hashes(pictures)).size, pictures.length);
    const { sure, all } = await scored(page);
    assert.equal(all, pictures.length);
    assert.ok(sure > all / 2 && sure <= all, `${sure} of ${all}`);
    const boxes = await page.locator("#prior-samples canvas:not([hidden])").evaluateAll((canvases) => canvases.map((canvas) => canvas.getBoundingClientRect().width));
    for (const width of boxes) assert.equal(width % 28, 0);
  });

  it("fits_beside_the_pad_without_scrolling", async () => {
    assert.deepEqual(await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]), [1440, 900]);
  });

  it("fetches_no_digits_unasked", () => assert.deepEqual(requests.filter((url) => url.includes("/digits/")), []));

  it("is_all_the_same_at_temperature_0_and_comes_back_at_1", async () => {
    const before = hashes(await samples(page));
    await temper(page, "Home");
    const cold = await samples(page);
    assert.equal(new Set(hashes(cold)).size, 1);
    assert.ok(sumOf(cold[0]) > 8_000);
    await temper(page, "ArrowRight", 20);
    assert.match(await page.locator(".room-prior output").innerText(), /× 1\.00/);
    assert.deepEqual(hashes(await samples(page)), before);
    await temper(page, "End");
    const hot = await scored(page);
    assert.notDeepEqual(hashes(await samples(page)), before);
    await temper(page, "Home");
    await temper(page, "ArrowRight", 12); // 0.6
    assert.ok((await scored(page)).sure >= hot.sure, "less noise reads better");
    await temper(page, "ArrowRight", 8);
    assert.deepEqual(hashes(await samples(page)), before);
  });

  it("shares_seed_and_prior_with_the_figure", async () => {
    const before = hashes(await samples(page));
    await page.click(".room-prior >> text=New samples");
    await settled(page);
    assert.equal(await page.inputValue("#prior-room-seed"), "43");
    assert.ok(hashes(await samples(page)).every((hash, i) => hash !== before[i]));
    await page.click("#prior-room-learned");
    await settled(page);
    const standard = hashes(await samples(page));
    await page.click('.masthead [data-room-link="draw"]');
    await settled(page);
    assert.equal(await page.inputValue("#prior-seed"), "43");
    assert.equal(await page.locator("#learned").isChecked(), false);
    await page.click("#learned");
    await page.fill("#prior-seed", "42");
    await page.goBack();
    await settled(page);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.room), "prior");
    // Back is the address as it was: with the seed and the prior of then.
    assert.deepEqual(hashes(await samples(page)), standard);
    await page.fill("#prior-room-seed", "42");
    await page.click("#prior-room-learned");
    await settled(page);
    assert.deepEqual(hashes(await samples(page)), before);
  });

  it("is_chosen_from_by_mouse_and_keyboard", async () => {
    const pictures = await samples(page);
    await page.locator("#prior-samples canvas").nth(3).click();
    await settled(page);
    assert.deepEqual(await chosen(page), [3]);
    assert.deepEqual((await alphas(page, "#prior-picked"))[0], pictures[3]);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowDown");
    assert.deepEqual(await chosen(page), [3], "moving is not choosing");
    await page.keyboard.press("Enter");
    await settled(page);
    const columns = await page.locator("#prior-samples").evaluate((sheet) => getComputedStyle(sheet).gridTemplateColumns.split(" ").length);
    assert.deepEqual(await chosen(page), [4 + columns]);
    assert.deepEqual((await alphas(page, "#prior-picked"))[0], pictures[4 + columns]);
    await page.keyboard.press("End");
    await page.keyboard.press("ArrowRight"); // nothing is there
    await page.keyboard.press(" ");
    await settled(page);
    assert.deepEqual(await chosen(page), [pictures.length - 1]);
    await page.waitForTimeout(600); // texts follow once the hand rests
    assert.match(await page.locator("#prior-picked").getAttribute("aria-label") ?? "", new RegExp(`^Sample ${pictures.length}, larger: reads as \\d`));
    assert.equal(await page.locator('#prior-samples canvas[tabindex="0"]').count(), 1);
  });

  it("puts_the_sample_on_the_pad", async () => {
    const [sample] = await alphas(page, "#prior-picked");
    await page.locator(".place", { has: page.locator("#prior-picked") }).getByRole("button").click();
    await settled(page);
    assert.deepEqual((await alphas(page, "#seen"))[0], sample);
    await page.click("#undo");
    await settled(page);
    assert.notDeepEqual((await alphas(page, "#seen"))[0], sample);
  });

  it("a_link_gives_the_same_pictures", async () => {
    await temper(page, "ArrowLeft", 4);
    await page.fill("#prior-room-seed", "7");
    await page.waitForFunction(() => location.hash.includes("seed=7") && location.hash.includes("prior.t=0.8"));
    await settled(page);
    const other = await newPage(browser);
    await open(other.page, page.url().slice(BASE_URL.length));
    for (const selector of ["#prior-samples canvas", "#prior-picked", "#pad", "#reconstruction"]) {
      const [here, there] = [await alphas(page, selector), await alphas(other.page, selector)];
      assert.ok(here.every((alpha) => sumOf(alpha) > 1000), selector);
      assert.deepEqual(hashes(there), hashes(here), selector);
    }
    assert.deepEqual(await chosen(other.page), await chosen(page));
    assert.deepEqual(other.complaints, []);
    await other.page.context().close();
  });

  it("is_chosen_from_by_touch_and_never_scrolls_sideways", async () => {
    const other = await newPage(browser, PHONE);
    await open(other.page, "#room=prior");
    await other.page.locator("#prior-samples canvas").nth(5).tap();
    await settled(other.page);
    assert.deepEqual(await chosen(other.page), [5]);
    assert.deepEqual((await alphas(other.page, "#prior-picked"))[0], (await samples(other.page))[5]);
    for (const width of [320, 360, 390, 600, 768, 1024, 1366, 1920]) {
      await other.page.setViewportSize({ width, height: 800 });
      await settled(other.page);
      assert.ok(await other.page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `at ${width}`);
      const shown = await other.page.locator("#prior-samples canvas:not([hidden])").count();
      const columns = await other.page.locator("#prior-samples").evaluate((sheet) => getComputedStyle(sheet).gridTemplateColumns.split(" ").length);
      assert.equal(shown % columns, 0, `whole rows at ${width}`);
    }
    assert.deepEqual(other.complaints, []);
    await other.page.context().close();
  });

  it("has_nothing_serious_for_axe_and_names_every_canvas", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
        const other = await newPage(browser, { colorScheme, viewport });
        await open(other.page, "#room=prior");
        await scored(other.page);
        assert.deepEqual(await seriousFindings(other.page), []);
        await other.page.waitForTimeout(600);
        const named = await other.page.locator(".room-prior canvas").evaluateAll((all) => all.map((canvas) => [canvas.getAttribute("role"), canvas.getAttribute("aria-label")]));
        assert.equal(named.length, 63);
        for (const [role, name] of named) assert.ok(/^(option|img)$/.test(role ?? "") && (name ?? "").length > 7, `${role}: ${name}`);
        assert.match(named[0][1] ?? "", /^Sample 1, reads as \d, \d\d?\s%$/);
        await other.page.context().close();
      }
    }
  });

  it("finds_the_training_digit_that_is_nearest_by_pixels", async () => {
    const other = await newPage(browser);
    await open(other.page, "#room=prior&model=vae&prior.pick=2");
    await other.page.click("#prior-search");
    await other.page.waitForFunction(() => document.getElementById("prior-searched")?.textContent === "Searched all 60,000 training digits.", undefined, { timeout: 100_000 });
    await settled(other.page);
    assert.equal(await other.page.locator("#prior-search").isVisible(), false);
    const [sample] = await alphas(other.page, "#prior-picked");
    let [least, label, nearest] = [Infinity, -1, new Uint8Array(P)];
    for (let part = 0; part < 6; part += 1) {
      const raw = gunzipSync(await (await fetch(new URL(`digits/mnist-train-${part}.bin`, BASE_URL))).arrayBuffer());
      const pixels = unpackPixels(raw.subarray(10_000), 4);
      for (let i = 0; i < 10_000; i += 1) {
        let squared = 0;
        for (let p = 0; p < P && squared < least; p += 1) squared += (pixels[i * P + p] - sample[p]) ** 2;
        if (squared < least) [least, label, nearest] = [squared, raw[i], Uint8Array.from(pixels.subarray(i * P, (i + 1) * P))];
      }
    }
    assert.deepEqual((await alphas(other.page, "#prior-by-pixels"))[0], nearest);
    const place = other.page.locator(".place", { has: other.page.locator("#prior-by-pixels") });
    assert.match(await place.innerText(), new RegExp(`a ${label}\\s+squared error ${(least / 255 / 255).toFixed(1).replace(".", "\\.")}\\s`));
    for (const strip of await other.page.locator(".strip").all()) assert.match(await strip.getAttribute("aria-label") ?? "", /^This sample: [\d.]+\. Test digits: half lie within [\d.]+/);
    // The next one that is chosen is looked for at once.
    await other.page.locator("#prior-samples canvas").nth(7).click();
    await settled(other.page);
    assert.notDeepEqual((await alphas(other.page, "#prior-by-pixels"))[0], nearest);
    await place.getByRole("button").click();
    await settled(other.page);
    assert.deepEqual((await alphas(other.page, "#seen"))[0], (await alphas(other.page, "#prior-by-pixels"))[0]);
    assert.deepEqual(await seriousFindings(other.page), []);
    assert.deepEqual(other.complaints, []);
    await other.page.context().close();
  });

  it("finds_the_mean_that_is_nearest_to_z_among_those_read_when_it_was_stopped", async () => {
    const other = await newPage(browser);
    await open(other.page, "#room=prior&model=vae&prior.t=0"); // z = 0
    await other.page.click("#prior-search");
    await other.page.waitForFunction(() => /^Read [2-9],\d{3} of|^Read \d\d,/.test(document.querySelector(".gather p:last-child")?.textContent ?? ""), undefined, { timeout: 60_000 });
    await other.page.click("#prior-search");
    await other.page.waitForFunction(() => /^Stopped\. /.test(document.getElementById("prior-searched")?.textContent ?? ""));
    await settled(other.page);
    const note = await other.page.locator("#prior-searched").innerText();
    const read = Number(/by z among ([\d,]+) so far/.exec(note)?.[1].replace(",", ""));
    assert.ok(read >= 2000 && read < 60_000, note);
    assert.equal(await other.page.locator("#prior-search").innerText(), "Go on");
    const { index, distance } = await other.page.evaluate(async (count) => {
      const here = (/** @type {string} */ path) => new URL(path, document.baseURI).href;
      const { fetchDigits } = await import(here("rooms/digits.js"));
      const core = await import(here("pkg/simd128/latent_ink.js"));
      await core.default();
      const model = new core.Model(new Uint8Array(await (await fetch(here("models/vae.safetensors"))).arrayBuffer()));
      let best = { index: -1, distance: Infinity };
      for (let part = 0; part * 10_000 < count; part += 1) {
        const { pixels } = await fetchDigits(`mnist-train-${part}.bin`);
        for (let i = part * 10_000; i < Math.min(count, (part + 1) * 10_000); i += 500) {
          const at = i % 10_000;
          const end = Math.min(at + 500, count - part * 10_000);
          const { mu } = model.encode(Float32Array.from(pixels.subarray(at * 784, end * 784), (/** @type {number} */ v) => v / 255));
          for (let row = 0; row < end - at; row += 1) {
            const far = Math.hypot(...mu.subarray(row * model.latent, (row + 1) * model.latent));
            if (far < best.distance) best = { index: i + row, distance: far };
          }
        }
      }
      return best;
    }, read);
    await other.page.waitForTimeout(600);
    const label = await other.page.locator("#prior-by-z").getAttribute("aria-label") ?? "";
    assert.ok(label.includes(`number ${(index + 1).toLocaleString("en")},`), `${label}; it should be ${index + 1}`);
    assert.ok(label.endsWith(`distance ${distance.toFixed(2)}`), `${label}; it should be ${distance}`);
    assert.ok(sumOf((await alphas(other.page, "#prior-by-z"))[0]) > 5000);
    // Another model has read none of them, and can.
    await other.page.selectOption("#model", "ae");
    await ready(other.page);
    await other.page.waitForFunction(() => /by z none yet/.test(document.getElementById("prior-searched")?.textContent ?? ""));
    assert.equal(sumOf((await alphas(other.page, "#prior-by-z"))[0]), 0);
    assert.deepEqual(other.complaints, []);
    await other.page.context().close();
  });

  it("says_in_a_sentence_that_digits_could_not_be_fetched", async () => {
    const other = await newPage(browser);
    await other.page.route("**/digits/mnist-train-1.bin", (route) => route.fulfill({ status: 404, body: "" }));
    await open(other.page, "#room=prior&model=vae");
    await other.page.click("#prior-search");
    await other.page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
    assert.match(await other.page.locator("#status").innerText(), /mnist-train-1\.bin answered 404/);
    await settled(other.page);
    assert.equal(await other.page.locator("#prior-search").innerText(), "Go on");
    assert.match(await other.page.locator("#prior-searched").innerText(), /by pixels among 10,000 so far/);
    assert.ok(sumOf((await alphas(other.page, "#prior-by-pixels"))[0]) > 5000, "what is there is searched");
    await other.page.context().close();
  });

  it("complained_about_nothing", () => assert.deepEqual(complaints, []));
});
