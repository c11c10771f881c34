// @ts-check
/** The room of codes: tiles and what is said of them, a code swapped for another, the prior that writes, a run, the table. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { withinBits } from "../../www/rooms/codes/rounding.js";
import { readSwaps, writeSwaps } from "../../www/rooms/codes/swaps.js";
import { DIGITS, difference, draw, inkOn, launch, linked, newPage, open, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROOM = "#room=codes";
const TILES = "#codes-mosaic button";
/** The prior's whole map is there, and its picture with it. */
const WRITTEN = /\d+ codes, drawn in/;

/** Opens the room and waits for its own model. @param {Page} page @param {string} [address] */
async function enter(page, address = ROOM) {
  await open(page, address);
  await page.waitForSelector(TILES, { timeout: 60_000 });
  await settled(page);
}

/** @param {Page} page */
const written = (page) => page.waitForFunction((source) => new RegExp(source).test(document.getElementById("codes-write-said")?.textContent ?? ""), WRITTEN.source, { timeout: 60_000 });

/** The code of every tile, as it is said. @param {Page} page */
const codesOf = (page) => page.locator(TILES).evaluateAll((tiles) => tiles.map((tile) => Number(/code (\d+)/.exec(tile.ariaLabel ?? "")?.[1])));

describe("swaps in a link", () => {
  it("come_back_and_what_is_no_place_or_code_is_left_out", () => {
    const swaps = new Map([[40, 3], [0, 31]]);
    assert.equal(writeSwaps(swaps), "1.31,41.3");
    assert.deepEqual(readSwaps("1.31,41.3", 49, 32), new Map([[0, 31], [40, 3]]));
    assert.deepEqual(readSwaps("0.1,50.1,1.32,x,2.,3.4", 49, 32), new Map([[2, 4]]));
    assert.equal(writeSwaps(new Map()), undefined);
  });
});

describe("numbers within bits", () => {
  it("are_rounded_to_the_steps_that_the_bits_name", () => {
    const z = Float32Array.of(-2, 0.3, 1, 1.9);
    // 32 bits for the scale and 3 for each number: 3 steps to each side.
    assert.deepEqual([...withinBits(z, 32 + 4 * 3)].map((value) => Math.round(value * 1e6) / 1e6), [-2, 0, 1.333333, 2]);
    assert.deepEqual([...withinBits(z, 32)], [0, 0, 0, 0]);
    const fine = withinBits(z, 32 + 4 * 20);
    assert.ok(fine.every((value, i) => Math.abs(value - z[i]) < 1e-5), String(fine));
  });
});

describe("the codes", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("shows_the_drawing_as_49_codes_and_what_they_decode_to", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    assert.equal(await page.locator(TILES).count(), 49);
    const codes = await codesOf(page);
    assert.ok(codes.every((code) => code >= 0 && code < 64), String(codes));
    assert.ok(new Set(codes).size > 5, "a digit needs several codes");
    assert.ok(difference(await inkOn(page, "codes-picture"), await inkOn(page, "seen")) < 0.05, "it comes back");
    await draw(page, DIGITS.seven);
    await page.waitForFunction((before) => [...document.querySelectorAll("#codes-mosaic button")].map((tile) => /code (\d+)/.exec(tile.ariaLabel ?? "")?.[1]).join() !== before, codes.join());
    await settled(page);
    assert.ok(difference(await inkOn(page, "codes-picture"), await inkOn(page, "seen")) < 0.05, "and follows the pad");
    assert.match(await page.locator("#codes-cost").innerText(), /^49 codes out of \d+: \d+ bits if all were as probable, \d+ by the learned prior\.$/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_tile_says_its_code_and_another_code_changes_the_picture", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    const [before, codes] = [await inkOn(page, "codes-picture"), await codesOf(page)];
    await page.hover("#codes-cell-25");
    await page.waitForFunction(() => /^Row 4, column 4: code \d+, at a distance of \d+\.\d\d\. The next nearest is code \d+, at \d+\.\d\d\./.test(document.getElementById("codes-said")?.textContent ?? ""));
    const [, own, at, next, further] = /code (\d+), at a distance of (\d+\.\d+).*code (\d+), at (\d+\.\d+)/.exec(await page.locator("#codes-said").innerText()) ?? [];
    assert.equal(Number(own), codes[24]);
    assert.ok(next !== own && Number(further) >= Number(at));
    await page.locator("#codes-book button").first().click();
    assert.match(await page.locator("#codes-said").innerText(), /First choose a tile/);
    await page.click("#codes-cell-25");
    await page.waitForFunction(() => document.getElementById("codes-cell-25")?.ariaPressed === "true");
    const other = (codes[24] + 7) % 32;
    await page.click(`#code-${other}`);
    await linked(page, new RegExp(`codes\\.swap=25\\.${other}`));
    await settled(page);
    assert.equal((await codesOf(page))[24], other);
    const after = await inkOn(page, "codes-picture");
    assert.ok(difference(after, before) > 0.001, "one code is seen");
    // The link has it all.
    const copy = await newPage(browser);
    await enter(copy.page, new URL(page.url()).hash);
    assert.deepEqual(await inkOn(copy.page, "codes-picture"), after);
    await copy.page.context().close();
    await page.click("#codes-back");
    await page.waitForFunction(() => !location.hash.includes("codes.swap"));
    await settled(page);
    assert.deepEqual(await inkOn(page, "codes-picture"), before);
    await page.context().close();
  });

  it("works_with_the_keyboard", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await page.locator("#codes-cell-1").focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    assert.equal(await page.evaluate(() => document.activeElement?.id), "codes-cell-16");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.getElementById("codes-cell-16")?.ariaPressed === "true");
    const code = (await codesOf(page))[15];
    await page.locator(`#code-${(code + 5) % 32}`).focus();
    await page.keyboard.press("Enter");
    await linked(page, /codes\.swap=16\./);
    await page.context().close();
  });

  it("works_with_a_finger", async () => {
    const { page } = await newPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await enter(page);
    await page.locator("#codes-cell-25").scrollIntoViewIfNeeded();
    await page.tap("#codes-cell-25");
    await page.waitForFunction(() => document.getElementById("codes-cell-25")?.ariaPressed === "true");
    const code = (await codesOf(page))[24];
    await page.locator(`#code-${(code + 3) % 32}`).scrollIntoViewIfNeeded();
    await page.tap(`#code-${(code + 3) % 32}`);
    await linked(page, /codes\.swap=25\./);
    await page.context().close();
  });

  it("the_prior_writes_the_same_digit_for_a_seed_and_keeps_a_half_that_is_given", async () => {
    const { page, complaints } = await newPage(browser, { reducedMotion: "reduce" });
    await enter(page, `${ROOM}&codes.seed=5`);
    await written(page);
    await settled(page);
    const first = await inkOn(page, "codes-written");
    assert.ok(first.sum > 5000, "there is ink");
    assert.match(await page.locator("#codes-write-said").innerText(), /^49 codes, drawn in [\d.]+ ms\. The whole map is worth \d+ bits\.$/);
    await page.click("#codes-write");
    await linked(page, /codes\.seed=6/);
    await settled(page);
    assert.ok(difference(await inkOn(page, "codes-written"), first) > 0.01, "another seed, another digit");
    await page.fill("#codes-seed", "5");
    await linked(page, /codes\.seed=5/);
    await settled(page);
    assert.deepEqual(await inkOn(page, "codes-written"), first);
    await page.selectOption("#codes-digit", "1");
    await linked(page, /codes\.digit=1/);
    await settled(page);
    assert.ok(difference(await inkOn(page, "codes-written"), first) > 0.01);
    await page.click("#codes-half");
    await linked(page, /codes\.half=1/);
    await page.waitForFunction(() => /^21 codes/.test(document.getElementById("codes-write-said")?.textContent ?? ""));
    await settled(page);
    assert.equal(await page.locator("#codes-written-map .is-given").count(), 28);
    const [half, picture] = [await inkOn(page, "codes-written"), await inkOn(page, "codes-picture")];
    const upper = (/** @type {{ alpha: Uint8Array }} */ { alpha }) => ({ alpha: alpha.slice(0, 12 * 28) });
    assert.ok(difference(upper(half), upper(picture)) < 0.02, "the upper half is the drawing's");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_codebook_learns_here_and_the_map_follows", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    const before = await codesOf(page);
    await page.click("#codes-train");
    await page.waitForFunction(() => Number(document.getElementById("codes-perplexity")?.dataset.step ?? 0) >= 10, undefined, { timeout: 180_000 });
    assert.match(await page.locator("#codes-train-said").innerText(), /^Step \d+ of \d+: perplexity [\d.]+, \d+ % of the codes in use, squared error [\d.]+/);
    await page.click("#codes-train");
    await page.waitForFunction(() => document.getElementById("codes-train")?.textContent === "Train it here");
    await settled(page);
    assert.notDeepEqual(await codesOf(page), before, "it has other codes");
    assert.ok(!await page.locator(".codes-writing").isVisible(), "it has no prior yet");
    await page.click("#codes-shipped");
    await page.waitForFunction(() => document.querySelector(".codes-writing")?.checkVisibility());
    await settled(page);
    assert.deepEqual(await codesOf(page), before);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("four_models_are_compared_on_the_drawing", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    await page.click("#codes-compare-all");
    await page.waitForFunction(() => document.querySelectorAll("#codes-compare tbody tr").length === 4, undefined, { timeout: 60_000 });
    const rows = await page.locator("#codes-compare tbody tr").allInnerTexts();
    for (const text of rows) assert.match(text, /\d+ bits[\s\S]*\d+\.\d\d\s+\d+\.\d\d$/);
    const errors = rows.map((text) => text.trim().split(/\s+/).slice(-2).map(Number));
    assert.ok(errors.slice(0, 3).every(([own, within]) => within > 0 && within !== own), "rounded to the codes' bits");
    assert.equal(errors[3][0], errors[3][1]);
    const [ae, vae, beta, codes] = rows.map((text) => Number(/(\d+) bits/.exec(text)?.[1]));
    assert.equal(ae, 512);
    assert.ok(vae > beta && codes > vae && codes < 49 * 6, String([ae, vae, beta, codes]));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("says_what_could_not_be_fetched_and_tries_again", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/codes.safetensors", (route) => route.abort());
    await open(page, ROOM);
    await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
    assert.match(await page.locator("#status").innerText(), /codes\.safetensors/);
    await page.unroute("**/models/codes.safetensors");
    await draw(page, DIGITS.four);
    await page.waitForSelector(TILES, { timeout: 60_000 });
    await page.context().close();
  });

  it("is_nothing_serious_for_axe_and_fits_every_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page } = await newPage(browser, { colorScheme, reducedMotion: "reduce" });
      await enter(page, `${ROOM}&codes.compare=1`);
      await page.waitForFunction(() => document.querySelectorAll("#codes-compare tbody tr").length === 4, undefined, { timeout: 60_000 });
      for (const width of [320, 390, 768, 1024, 1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `at ${width}`);
        if (width === 390 || width === 1440) assert.deepEqual(await seriousFindings(page), [], `at ${width}, ${colorScheme}`);
      }
      await page.context().close();
    }
  });

  it("speaks_chinese", async () => {
    const { page, complaints } = await newPage(browser, { reducedMotion: "reduce" });
    await page.goto(`${process.env.BASE_URL ?? "http://127.0.0.1:8080"}/?lang=zh${ROOM}`);
    await page.waitForSelector(TILES, { timeout: 60_000 });
    await page.hover("#codes-cell-25");
    await page.waitForFunction(() => /^第 4 行第 4 列：编码 \d+，距离/.test(document.getElementById("codes-said")?.textContent ?? ""));
    assert.match(await page.locator(".room-codes h2").innerText(), /编码图/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});
