// @ts-check
/** Drawing with every kind of hand, and what becomes of it. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { GRID } from "../../www/drawing.js";
import { EXAMPLES } from "../../www/examples.js";
import { BASE_URL, DIGITS, difference, draw, inkOn, launch, newPage, open, settled, shownNumbers } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** A drawn digit covers 5 % of the 28x28 at least: 784 * 255 * 0.05. */
const SOME_INK = 10_000;

/**
 * The strokes of an example as a mouse reports them at a speed, 125 times a second, on a pad of 280 px.
 * @param {number} digit
 * @param {number} speed  px/s
 * @returns {number[][][]}
 */
function atSpeed(digit, speed) {
  const step = speed / 125 / 280;
  return EXAMPLES[digit].strokes.map((stroke) => {
    const points = Array.from({ length: stroke.length / 2 }, (_, i) => [stroke[2 * i] / (GRID - 1), stroke[2 * i + 1] / (GRID - 1)]);
    const reported = [points[0]];
    let left = step;
    for (let [i, from] = [1, points[0]]; i < points.length;) {
      const [dx, dy] = [points[i][0] - from[0], points[i][1] - from[1]];
      const length = Math.hypot(dx, dy);
      if (length < left) {
        left -= length;
        from = points[i];
        i += 1;
      } else {
        from = [from[0] + (dx / length) * left, from[1] + (dy / length) * left];
        reported.push(from);
        left = step;
      }
    }
    return [...reported, /** @type {number[]} */ (points.at(-1))];
  });
}

describe("drawing", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  /** @type {string[]} */
  let complaints;

  before(async () => {
    browser = await launch();
    ({ page, complaints } = await newPage(browser));
    await open(page);
  });
  after(() => browser.close());

  it("with_a_mouse_moves_everything_downstream", async () => {
    const [seen, reconstruction, z] = [await inkOn(page, "seen"), await inkOn(page, "reconstruction"), await shownNumbers(page, "z")];
    await draw(page, DIGITS.seven);
    const [seenNow, reconstructionNow] = [await inkOn(page, "seen"), await inkOn(page, "reconstruction")];
    assert.ok(seenNow.sum > SOME_INK, `the network saw ${seenNow.sum}`);
    assert.ok(reconstructionNow.sum > SOME_INK, `the reconstruction holds ${reconstructionNow.sum}`);
    assert.ok(difference(seen, seenNow) > 0.03, "another digit is seen");
    assert.ok(difference(reconstruction, reconstructionNow) > 0.03, "another digit is reconstructed");
    assert.notDeepEqual(await shownNumbers(page, "z"), z);
    assert.ok(difference(seenNow, reconstructionNow) < 0.08, "the reconstruction is of what was drawn");
    assert.match(await page.locator("#cost .sum").innerText(), /recon\s+\d+\.\d\s+\+\s+KL\s+\d+\.\d\s+=\s+\d+\.\d\s+nats/);
  });

  it("shows_an_equation_whose_numbers_add_up", async () => {
    await page.locator("#posterior").hover({ position: { x: 120, y: 100 } });
    const text = (await page.locator("#posterior-note").innerText()).replaceAll("\u2212", "-");
    const match = /z\d+ = (-?[\d.]+) \+ ([\d.]+) × (-?[\d.]+) = (-?[\d.]+)/.exec(text.replaceAll("\n", ""));
    assert.ok(match, text);
    const [mu, sigma, eps, z] = match.slice(1).map(Number);
    assert.ok(sigma > 0 && eps !== 0, text);
    assert.ok(Math.abs(mu + sigma * eps - z) < 0.03, text); // each is rounded to 0.01, eps is at most about 3
    const [recon, kl, sum] = (await page.locator("#cost b").allTextContents()).map(Number);
    assert.ok(recon > 10 && kl > 1 && Math.abs(recon + kl - sum) < 0.11, `${recon} + ${kl} = ${sum}`);
  });

  it("does_not_depend_on_speed", async () => {
    for (const digit of [4, 6]) { // one with corners, one without
      await page.click("#clear");
      await draw(page, atSpeed(digit, 150), 1);
      const slow = await inkOn(page, "seen");
      await page.click("#clear");
      await draw(page, atSpeed(digit, 2000), 1);
      const fast = await inkOn(page, "seen");
      assert.ok(slow.sum > SOME_INK);
      const change = slow.alpha.reduce((sum, value, i) => sum + Math.abs(value - fast.alpha[i]), 0) / slow.sum;
      assert.ok(change < 0.02, `a ${digit}: L1 of the difference is ${(100 * change).toFixed(2)} % of the ink`);
    }
  });

  it("a_tap_is_a_dot", async () => {
    await page.click("#clear");
    await page.locator("#pad").click({ position: { x: 140, y: 140 } });
    await settled(page);
    assert.ok((await inkOn(page, "pad")).sum > 20_000, "a dot on the pad");
    assert.ok((await inkOn(page, "seen")).sum > 500, "a dot for the network");
  });

  it("released_outside_ends_the_stroke", async () => {
    await page.click("#clear");
    const pad = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#pad").boundingBox());
    await page.mouse.move(pad.x + 100, pad.y + 60);
    await page.mouse.down();
    await page.mouse.move(pad.x + 120, pad.y + 200, { steps: 5 });
    await page.mouse.move(pad.x + 500, pad.y + 500, { steps: 5 });
    await page.mouse.up();
    await settled(page);
    const released = await inkOn(page, "pad");
    assert.ok(released.sum > 100_000);
    await page.mouse.move(pad.x + 60, pad.y + 60, { steps: 5 });
    await settled(page);
    assert.deepEqual((await inkOn(page, "pad")).alpha, released.alpha);
  });

  it("undo_brings_back_and_clear_says_nothing_drawn_yet", async () => {
    await page.click("#clear");
    await draw(page, DIGITS.four);
    const both = await inkOn(page, "seen");
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.ok(difference(both, await inkOn(page, "seen")) > 0.02, "the second stroke is gone");
    await page.click("#clear");
    await settled(page);
    assert.equal((await inkOn(page, "seen")).sum, 0);
    assert.ok((await inkOn(page, "reconstruction")).sum > SOME_INK, "the prior mean is shown");
    assert.match(await page.locator("#reconstruction-caption").innerText(), /nothing drawn yet/);
    await page.click("#undo");
    await settled(page);
    assert.ok((await inkOn(page, "seen")).sum > SOME_INK, "the drawing is back");
  });

  it("the_switch_shows_why_normalising_matters", async () => {
    await page.click("#clear");
    await draw(page, [DIGITS.seven[0].map(([x, y]) => [x * 0.4, y * 0.4])]);
    const fitted = await inkOn(page, "seen");
    const cost = Number(await page.locator('[data-slot="sum"]').innerText());
    await page.click("#normalise");
    await settled(page);
    const raw = await inkOn(page, "seen");
    assert.ok(raw.sum > 1000 && raw.sum < 0.7 * fitted.sum, `${raw.sum} against ${fitted.sum}`);
    assert.ok(Number(await page.locator('[data-slot="sum"]').innerText()) !== cost);
    await page.click("#normalise");
    await settled(page);
    assert.deepEqual((await inkOn(page, "seen")).alpha, fitted.alpha);
  });

  it("with_the_keyboard_alone", async () => {
    await page.click("#clear");
    await page.locator("#pad").focus();
    for (const key of ["ArrowUp", "Space", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown"]) {
      await page.keyboard.press(key);
    }
    assert.match(await page.locator("#pen").innerText(), /Pen down at 50 across/);
    assert.equal(await page.locator("#pad-caption").innerText(), "your drawing");
    await page.keyboard.press("Enter");
    assert.match(await page.locator("#pen").innerText(), /Pen up/);
    await settled(page);
    assert.ok((await inkOn(page, "seen")).sum > 5000, "a vertical line");
    await page.waitForFunction(() => /ink on/.test(document.getElementById("seen")?.ariaLabel ?? ""));
    assert.match(await page.locator("#pad").getAttribute("aria-label") ?? "", /one stroke/);
  });

  it("a_picture_can_be_dropped_and_undone", async () => {
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(200, 300);
      const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d"));
      ctx.fillStyle = "white";
      ctx.fillRect(0, 0, 200, 300);
      ctx.lineWidth = 18;
      ctx.beginPath();
      ctx.moveTo(50, 60);
      ctx.lineTo(150, 60);
      ctx.lineTo(90, 240);
      ctx.stroke();
      const data = new DataTransfer();
      data.items.add(new File([await canvas.convertToBlob()], "seven.png", { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => document.getElementById("pad-caption")?.textContent === "your picture");
    await settled(page);
    const seen = await inkOn(page, "seen");
    assert.ok(seen.sum > SOME_INK && seen.sum < 0.5 * 784 * 255, `ink ${seen.sum}`);
    assert.ok(difference(seen, await inkOn(page, "reconstruction")) < 0.08, "and it is reconstructed");
    await page.waitForFunction(() => location.hash.includes("ink=Ag")) /* pictures begin so */;
    const link = page.url();
    assert.ok(link.length < 2048, `${link.length} characters`);
    const other = await newPage(browser);
    await open(other.page, link.slice(BASE_URL.length));
    assert.deepEqual((await inkOn(other.page, "seen")).alpha, seen.alpha);
    await other.page.context().close();
    await page.click("#undo");
    await settled(page);
    assert.equal(await page.locator("#pad-caption").innerText(), "your drawing");
  });

  it("what_is_not_a_picture_is_refused_in_words", async () => {
    const before = await inkOn(page, "seen");
    await page.evaluate(() => {
      const data = new DataTransfer();
      data.items.add(new File(["not a picture"], "notes.png", { type: "image/png" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
    assert.match(await page.locator("#status").innerText(), /notes\.png is not a picture/);
    assert.ok(before.sum > 0);
    assert.deepEqual((await inkOn(page, "seen")).alpha, before.alpha);
  });

  it("complained_about_nothing", () => assert.deepEqual(complaints, []));

  it("with_a_finger_while_a_second_one_is_ignored", async () => {
    const touch = await newPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 });
    await open(touch.page);
    const cdp = await touch.page.context().newCDPSession(touch.page);
    const pad = /** @type {{ x: number, y: number, width: number, height: number }} */ (await touch.page.locator("#pad").boundingBox());
    const at = (/** @type {number} */ x, /** @type {number} */ y, id = 0) => ({ x: pad.x + x * pad.width, y: pad.y + y * pad.height, id });
    const send = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {any[]} */ touchPoints) =>
      cdp.send("Input.dispatchTouchEvent", { type, touchPoints });

    const before = await inkOn(touch.page, "seen");
    await send("touchStart", [at(0.5, 0.15)]);
    for (let y = 0.2; y < 0.9; y += 0.05) await send("touchMove", [at(0.5, y)]);
    await settled(touch.page);
    const line = await inkOn(touch.page, "seen");
    assert.ok(line.sum > 3000 && difference(before, line) > 0.03, "a line was drawn");
    await send("touchStart", [at(0.5, 0.9), at(0.1, 0.1, 1)]);
    for (let x = 0.1; x < 0.9; x += 0.1) await send("touchMove", [at(0.5, 0.9), at(x, 0.1, 1)]);
    await send("touchEnd", []);
    await settled(touch.page);
    assert.ok(difference(line, await inkOn(touch.page, "seen")) < 0.01, "the second finger drew nothing");
    assert.equal(await touch.page.evaluate(() => window.scrollY), 0, "the page stood still");
    assert.deepEqual(touch.complaints, []);
    await touch.page.context().close();
  });
});
