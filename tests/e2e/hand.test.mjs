// @ts-check
/** Digits in a person's hand: outlines, ten digits from one drawing, several drawings, the map of hands, a number, files. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { EXAMPLES } from "../../www/examples.js";
import { directionsOf } from "../../www/rooms/hand/directions.js";
import { MOST, rowOf, writable } from "../../www/rooms/hand/digit-word.js";
import { exampleOf, isInLink, readExamples, renamed, writeExamples } from "../../www/rooms/hand/examples.js";
import { svgFile } from "../../www/rooms/hand/paper.js";
import { EM, levelOf, trace } from "../../www/rooms/hand/trace.js";
import { DIGITS, draw, launch, linked, newPage, open, seriousFindings } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROOM = "#room=hand";
const PATIENCE = { timeout: 60_000 };

/** Opens the room and waits until it has written from so many drawings. @param {Page} page @param {string} [address] @param {number} [examples] */
async function enter(page, address = ROOM, examples = 1) {
  await open(page, address);
  await written(page, examples);
}

/** @param {Page} page @param {number} examples */
const written = (page, examples) => page.waitForSelector(`.room-hand[data-examples="${examples}"]`, PATIENCE);

/** The outlines of the ten digits. @param {Page} page */
const ten = (page) => page.locator(".hand-ten path").evaluateAll((paths) => paths.map((path) => path.getAttribute("d") ?? ""));

/** Waits until the ten are others than these. @param {Page} page @param {string[]} before */
async function othersThan(page, before) {
  await page.waitForFunction((text) => [...document.querySelectorAll(".hand-ten path")].map((path) => path.getAttribute("d")).join() !== text, before.join(), PATIENCE);
  return ten(page);
}

/** Waits until they are these, whatever is still on its way. @param {Page} page @param {string[]} outlines */
const same = (page, outlines) => page.waitForFunction((text) => [...document.querySelectorAll(".hand-ten path")].map((path) => path.getAttribute("d")).join() === text, outlines.join(), PATIENCE);

/** Sigma after each drawing, as it is said. @param {Page} page */
const widths = async (page) => (await page.locator("#hand-shrinking").getAttribute("aria-label") ?? "").match(/\d\.\d+/g)?.map(Number) ?? [];

/** @param {Page} page @param {string} button */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download", PATIENCE), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

describe("an outline", () => {
  const SIDE = 20;
  /** @param {(x: number, y: number) => number} valueOf  at the middles of pixels */
  const image = (valueOf) => Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.min(1, Math.max(0, valueOf((i % SIDE) + 0.5, Math.floor(i / SIDE) + 0.5))));
  const loopsOf = (/** @type {string} */ path) => path.split("M").slice(1).map((loop) => (loop.match(/-?\d+/g) ?? []).map(Number));
  /** Twice the area within a loop's points, positive where it runs as clock hands do. @param {number[]} loop */
  const turning = (loop) => loop.reduce((sum, x, i) => (i % 2 ? sum : sum + x * loop[(i + 3) % loop.length] - loop[(i + 2) % loop.length] * loop[i + 1]), 0);

  it("of_a_disc_is_one_loop_of_its_size_and_of_a_ring_two_that_run_against_each_other", () => {
    const disc = trace(image((x, y) => 6.5 - Math.hypot(x - 10, y - 10)), SIDE, 0.5);
    const [loop, ...others] = loopsOf(disc.path);
    assert.equal(others.length, 0);
    const area = Math.PI * ((6 * EM) / SIDE) ** 2;
    assert.ok(Math.abs(turning(loop) / 2 - area) < 0.03 * area, `${turning(loop) / 2} against ${area}`);
    assert.ok(Math.abs(disc.left - 200) < 2 && Math.abs(disc.right - 800) < 2, `${disc.left} to ${disc.right}`);
    const ring = loopsOf(trace(image((x, y) => 2.5 - Math.abs(Math.hypot(x - 10, y - 10) - 6)), SIDE, 0.5).path).map(turning);
    assert.deepEqual(ring.map(Math.sign), [1, -1]);
  });

  it("holds_as_much_ink_as_there_is", () => {
    const pale = image((x, y) => 0.4 * (6.5 - Math.hypot(x - 10, y - 10))); // an edge several pixels wide
    const ink = pale.reduce((sum, value) => sum + value, 0);
    const [loop] = loopsOf(trace(pale, SIDE, levelOf(pale)).path);
    assert.ok(Math.abs(turning(loop) / 2 / (EM / SIDE) ** 2 - ink) < 0.1 * ink, `${turning(loop) / 2 / (EM / SIDE) ** 2} of ${ink}`);
    assert.ok(levelOf(image(() => 0)) > 0);
  });

  it("closes_at_the_edge_and_where_corners_touch_and_of_blank_paper_there_is_none", () => {
    assert.equal(trace(image(() => 0), SIDE, 0.5).path, "");
    assert.equal(loopsOf(trace(image(() => 1), SIDE, 0.5).path).length, 1);
    for (const value of [0.4, 0.6]) { // of four squares that meet, by what lies between them
      const touching = image((x, y) => (Math.max(Math.abs(x - 10), Math.abs(y - 10)) < 0.6 && (x < 10) !== (y < 10) ? value - 0.15 : (x < 10) === (y < 10) ? 1 : 0));
      for (const loop of loopsOf(trace(touching, SIDE, 0.5).path)) assert.ok(loop.length % 4 === 2 && loop.every(Number.isFinite));
    }
  });
});

describe("the directions of z", () => {
  it("are_those_that_change_most", () => {
    const slopes = [[3, 0, 1], [0, 1, 0], [1, 0, 3]]; // 4 along (1, 0, 1), 2 along (1, 0, -1), 1 along the second
    const write = (/** @type {Float32Array} */ z) => Float32Array.from(slopes, (row) => row.reduce((sum, slope, d) => sum + slope * z[d], 0));
    const found = directionsOf(write, Float32Array.of(0.3, -1, 2, 1, 0, 0), 3);
    const expected = [[Math.SQRT1_2, 0, Math.SQRT1_2], [Math.SQRT1_2, 0, -Math.SQRT1_2], [0, 1, 0]];
    found.forEach((vector, i) => vector.forEach((value, d) => assert.ok(Math.abs(Math.abs(value) - Math.abs(expected[i][d])) < 1e-3, `${i}: ${vector}`)));
  });
});

describe("drawings in a link", () => {
  it("come_back_with_their_digits_and_what_is_none_is_left_out", () => {
    const two = [exampleOf("7", EXAMPLES[7], [], 5000)];
    two.push(exampleOf("1", EXAMPLES[1], two, 5000));
    const text = writeExamples(two) ?? "";
    assert.deepEqual(readExamples(text, /\d/).map(({ of, drawing }) => [of, drawing.strokes]), [["7", EXAMPLES[7].strokes], ["1", EXAMPLES[1].strokes]]);
    assert.deepEqual(readExamples(`x.8.8A*.8k5..${text}`, /\d/).map(({ of }) => of), ["7", "1"]);
    assert.equal(renamed(two[0], "1").text, `1${two[0].text.slice(1)}`);
    assert.equal(writeExamples([]), undefined);
  });

  it("that_are_too_long_stay_in_their_tab", () => {
    const long = exampleOf("3", EXAMPLES[3], [], 20);
    assert.equal(isInLink(long), false);
    assert.deepEqual(readExamples(long.text, /\d/).map(({ drawing }) => drawing), [EXAMPLES[3]]);
    assert.ok(long.text.length < 20);
  });
});

describe("a number", () => {
  it("keeps_its_digits_and_single_spaces", () => {
    assert.equal(writable(" 12, a 3  4."), "12 3 4");
    assert.equal(writable("1".repeat(99)).length, MOST);
  });

  it("stands_close_and_is_a_file", () => {
    const outlines = [{ path: "M0 0Z", left: 300, right: 500 }, { path: "M1 1Z", left: 100, right: 900 }];
    const row = rowOf("1 7", outlines);
    assert.equal(row.glyphs.length, 2);
    const [a, b] = row.glyphs;
    assert.ok(b.x + 100 > a.x + 500, "no ink over the other");
    assert.ok(rowOf("17", outlines).width < row.width);
    assert.match(svgFile(row, "#123456"), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 [\d.]+ [\d.]+".* fill="#123456">\n<path transform="translate\([^"]*" d="M0 0Z"\/>/);
    assert.match(svgFile({ width: 1, height: 1, glyphs: [], plain: [{ text: "<", x: 0, y: 0, size: 1 }] }, "#000"), />&#60;<\/text>/);
  });
});

describe("digits in a hand", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("writes_all_ten_from_the_drawing_on_the_pad_and_follows_it", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    const first = await ten(page);
    assert.equal(first.length, 10);
    assert.equal(new Set(first).size, 10);
    assert.ok(first.every((path) => /^M\d+ \d+Q/.test(path)), "every digit has an outline");
    await draw(page, DIGITS.seven);
    await othersThan(page, first);
    await page.waitForFunction(() => /a 7\.$/.test(document.getElementById("hand-said")?.textContent ?? ""), undefined, PATIENCE);
    assert.equal(await page.inputValue("#hand-is-0"), "7");
    await page.click("#clear");
    await written(page, 0);
    assert.match(await page.locator("#hand-said").innerText(), /^Nothing drawn yet/);
    assert.deepEqual(await widths(page), [1]);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_digit_that_was_read_wrongly_is_corrected_until_another_is_drawn", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    const before = await ten(page);
    await page.selectOption("#hand-is-0", "8");
    await othersThan(page, before);
    await linked(page, /hand\.is=8_/);
    assert.equal(await page.inputValue("#hand-is-0"), "8");
    await draw(page, DIGITS.seven);
    await page.waitForFunction(() => /** @type {HTMLSelectElement} */ (document.getElementById("hand-is-0")).value === "7", undefined, PATIENCE);
    await page.context().close();
  });

  it("each_drawing_that_is_kept_makes_sigma_smaller_and_can_be_removed", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    const [, one] = await widths(page);
    await page.click("#hand-keep");
    await page.waitForFunction(() => document.querySelectorAll("#hand-shelf li").length === 2, undefined, PATIENCE);
    await draw(page, DIGITS.seven);
    await written(page, 2);
    await draw(page, []);
    const both = await widths(page);
    assert.equal(both.length, 3);
    assert.ok(both[0] === 1 && Math.abs(both[1] - one) < 0.02 && both[2] < both[1], String(both));
    await linked(page, /hand\.kept=3A/);
    const outlines = await ten(page);
    // The link has it all.
    const copy = await newPage(browser);
    await enter(copy.page, new URL(page.url()).hash, 2);
    await same(copy.page, outlines);
    await copy.page.context().close();
    await page.click("#hand-shelf li:nth-child(2) button");
    await written(page, 1);
    await page.keyboard.press("Control+z");
    await written(page, 2);
    await same(page, outlines);
    await page.context().close();
  });

  it("the_map_moves_all_ten_by_mouse_and_keys_and_leads_back", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    const own = await ten(page);
    const map = page.locator("#hand-map");
    await page.waitForFunction(() => document.querySelectorAll("#hand-map .digits path").length === 49, undefined, PATIENCE);
    await map.scrollIntoViewIfNeeded();
    const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await map.boundingBox());
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.3);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.85, box.y + box.height * 0.25, { steps: 4 });
    await page.mouse.up();
    await linked(page, /hand\.at=2\.\d\d,1\.\d\d/);
    const there = await othersThan(page, own);
    await page.locator("#hand-map").focus();
    await page.keyboard.press("Shift+ArrowLeft");
    await linked(page, /hand\.at=1\.\d\d,1\.\d\d/);
    const moved = await othersThan(page, there);
    const copy = await newPage(browser);
    await enter(copy.page, new URL(page.url()).hash);
    await same(copy.page, moved);
    await copy.page.context().close();
    await page.keyboard.press("Home");
    await same(page, own);
    await page.selectOption("#hand-axis-1", "3");
    await linked(page, /hand\.axes=3\.p2/);
    await page.context().close();
  });

  it("a_number_is_written_with_the_variation_of_a_seed_and_saved", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    const digits = () => page.locator("#hand-written path").evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
    const waitFor = (/** @type {number} */ count) => page.waitForFunction((n) => document.querySelectorAll("#hand-written path").length === n, count, PATIENCE);
    await page.fill("#hand-word", "77x7");
    await waitFor(3);
    assert.match(await page.locator("#hand-word-said").innerText(), /Only digits/);
    await linked(page, /hand\.word=777/);
    const first = await digits();
    assert.equal(new Set(first).size, 3, "no two are the same");
    await page.click("#hand-again");
    await linked(page, /hand\.seed=2/);
    await page.waitForFunction((before) => document.querySelector("#hand-written path")?.getAttribute("d") !== before, first[0], PATIENCE);
    await page.fill("#hand-seed", "1");
    await page.waitForFunction((before) => document.querySelector("#hand-written path")?.getAttribute("d") === before, first[0], PATIENCE);
    assert.deepEqual(await digits(), first);
    const svg = await saved(page, "#hand-number-svg");
    assert.equal(svg.name, "hand-number.svg");
    const parsed = await page.evaluate((text) => {
      const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
      return { root: root.localName, paths: [...root.querySelectorAll("path")].map((path) => path.getAttribute("d")) };
    }, svg.bytes.toString());
    assert.deepEqual(parsed, { root: "svg", paths: first });
    const png = await saved(page, "#hand-number-png");
    assert.equal(png.name, "hand-number.png");
    const ink = await page.evaluate(async (bytes) => {
      const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      ctx.drawImage(picture, 0, 0);
      const { data } = ctx.getImageData(0, 0, picture.width, picture.height);
      let dark = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] < 128) dark += 1;
      return { width: picture.width, share: dark / (data.length / 4) };
    }, [...png.bytes]);
    assert.equal(ink.width, 2400);
    assert.ok(ink.share > 0.02 && ink.share < 0.5, String(ink.share));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("works_with_a_finger_and_in_chinese", async () => {
    const { page, complaints } = await newPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await enter(page, `?lang=zh${ROOM}`);
    assert.match(await page.locator("#hand-said").innerText(), /^出自一幅图：3。$/);
    const own = await ten(page);
    await page.locator("#hand-map").scrollIntoViewIfNeeded();
    await page.locator("#hand-map").tap({ position: { x: 60, y: 80 } });
    await linked(page, /hand\.at=-/);
    await othersThan(page, own);
    assert.match(await page.locator("#hand-said").innerText(), /\p{Script=Han}/u);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("says_that_its_model_is_not_there_and_tries_again", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/hand.safetensors", (route) => route.fulfill({ status: 503 }));
    await open(page); // so that nothing but the room has anything to say of its state
    await page.evaluate((hash) => { location.hash = hash; }, ROOM);
    await page.waitForFunction(() => /model that writes is not there/.test(document.getElementById("hand-said")?.textContent ?? ""), undefined, PATIENCE);
    assert.match(await page.locator("#status").innerText(), /hand\.safetensors answered 503/);
    await page.unroute("**/models/hand.safetensors");
    await page.locator('.hands [data-room-link="brush"]').click();
    await page.locator('.hands [data-room-link="hand"]').click();
    await written(page, 1);
    await page.context().close();
  });

  it("says_what_is_wrong_with_a_model_that_is_none", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/hand.safetensors", (route) => route.fulfill({ body: "none" }));
    await open(page); // so that nothing but the room has anything to say of its state
    await page.evaluate((hash) => { location.hash = hash; }, ROOM);
    await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error", undefined, PATIENCE);
    assert.match(await page.locator("#status").innerText(), /^Error: /);
    await page.context().close();
  });

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    it(`is_accessible_when_${colorScheme}`, async () => {
      const { page } = await newPage(browser, { colorScheme });
      await enter(page);
      assert.deepEqual(await seriousFindings(page), []);
      await page.context().close();
    });
  }
});
