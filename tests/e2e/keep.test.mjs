// @ts-check
/** What a person takes along: pictures, drawings as files, links; and the way back for a drawing. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { BASE_URL, DIGITS, draw, inkOn, launch, newPage, open, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** What lies in the file that a press of a button saves. @param {Page} page @param {string} button */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** Width, height and RGBA of a PNG, as the browser reads it. @param {Page} page @param {Buffer} bytes */
async function decoded(page, bytes) {
  const { width, height, text } = await page.evaluate(async (url) => {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: picture.width, height: picture.height });
    const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    ctx.drawImage(picture, 0, 0);
    const rgba = ctx.getImageData(0, 0, canvas.width, canvas.height).data;
    let binary = "";
    for (let i = 0; i < rgba.length; i += 1) binary += String.fromCharCode(rgba[i]);
    return { width: picture.width, height: picture.height, text: btoa(binary) };
  }, `data:image/png;base64,${bytes.toString("base64")}`);
  return { width, height, rgba: new Uint8Array(Buffer.from(text, "base64")) };
}

/** @param {Page} page */
async function openPanel(page) {
  await page.click("#keep");
  await page.locator("#keep-panel").waitFor();
  await settled(page);
}

/** @param {Page} page @param {"keep-size" | "keep-ground"} name @param {string} value */
const choose = (page, name, value) => page.locator(`[name="${name}"][value="${value}"]`).check();

/** @param {Page} page @param {string} name @param {string} text */
async function load(page, name, text) {
  await page.setInputFiles("#picture-file", { name, mimeType: "application/json", buffer: Buffer.from(text) });
  await settled(page);
}

describe("what is kept", () => {
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
    ({ page, complaints, requests } = await newPage(browser, { permissions: ["clipboard-read", "clipboard-write"] }));
    await open(page);
  });
  after(() => browser.close());

  it("is_fetched_when_it_is_asked_for", async () => {
    assert.ok(!requests.some((url) => /rooms\/keep|panel/.test(url)));
    await openPanel(page);
    assert.ok(requests.some((url) => url.endsWith("rooms/keep.js")));
    await page.keyboard.press("Escape");
    await page.locator("#keep-panel").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "keep", "the focus is back");
  });

  it("is_a_picture_pixel_for_pixel_at_every_size", async () => {
    await draw(page, DIGITS.seven);
    const { alpha } = await inkOn(page, "reconstruction");
    assert.ok(alpha.some((value) => value > 200));
    await openPanel(page);
    await choose(page, "keep-ground", "none");
    for (const times of [1, 2, 16]) {
      await choose(page, "keep-size", String(times));
      assert.ok((await page.locator("#keep-panel output").innerText()).startsWith(`${28 * times} × ${28 * times} `));
      const { name, bytes } = await saved(page, "#keep-png");
      assert.equal(name, `latent-ink-reconstruction-x${times}.png`);
      const { width, height, rgba } = await decoded(page, bytes);
      assert.deepEqual([width, height], [28 * times, 28 * times]);
      for (let y = 0; y < height; y += 1) {
        for (let x = 0; x < width; x += 1) {
          assert.equal(rgba[4 * (y * width + x) + 3], alpha[Math.floor(y / times) * 28 + Math.floor(x / times)], `${x}, ${y} at ×${times}`);
        }
      }
    }
    await page.locator("#keep-panel .said", { hasText: /^Saved latent-ink-reconstruction-x16\.png\.$/ }).waitFor();
  });

  it("lies_on_the_paper_of_the_theme_where_that_is_asked_for", async () => {
    await choose(page, "keep-ground", "sheet");
    await choose(page, "keep-size", "1");
    const { rgba } = await decoded(page, (await saved(page, "#keep-png")).bytes);
    const sheet = await page.evaluate(() => getComputedStyle(document.body).getPropertyValue("--sheet").trim());
    assert.deepEqual([...rgba.subarray(0, 4)], [1, 3, 5].map((at) => parseInt(sheet.slice(at, at + 2), 16)).concat(255));
    assert.ok(rgba.some((value, i) => i % 4 === 0 && value < 64), "and there is ink");
  });

  it("can_be_the_samples_or_what_the_network_saw", async () => {
    const names = await page.locator("#keep-which option").allTextContents();
    assert.deepEqual(names, ["reconstruction", "what the network sees", "samples from the prior"]);
    await page.selectOption("#keep-which", { label: "samples from the prior" });
    const { name, bytes } = await saved(page, "#keep-png");
    assert.equal(name, "latent-ink-prior-x1.png");
    const { width, height, rgba } = await decoded(page, bytes);
    assert.ok(width % 28 === 0 && height === 56 && width > 280, `${width} x ${height}`);
    assert.ok(new Set(rgba).size > 50);
    await page.click("#keep-panel header button");
  });

  it("is_a_drawing_that_comes_back_exactly", async () => {
    await draw(page, DIGITS.four); // beside the 7
    const before = await inkOn(page, "pad");
    await openPanel(page);
    const { name, bytes } = await saved(page, "#keep-json");
    assert.equal(name, "latent-ink-drawing.json");
    assert.equal(JSON.parse(String(bytes)).strokes.length, 3);
    await page.keyboard.press("Escape");
    await page.click("#clear");
    await settled(page);
    assert.ok((await inkOn(page, "pad")).sum < before.sum / 4);
    await load(page, name, String(bytes));
    await page.mouse.move(5, 5);
    assert.deepEqual((await inkOn(page, "pad")).alpha, before.alpha);
    await page.click("#undo");
    await page.click("#redo");
    await settled(page);
    assert.deepEqual((await inkOn(page, "pad")).alpha, before.alpha);
  });

  it("a_bad_file_is_one_sentence_and_changes_nothing", async () => {
    const before = await inkOn(page, "pad");
    await load(page, "bad.json", '{"latent-ink":1,"grid":1120,"strokes":[[1,2],[3,-4]]}');
    assert.equal(await page.locator("#status").innerText(), "Error: bad.json: strokes[1][1] should be a whole number from 0 to 1119 and is -4");
    await load(page, "list.json", "[[[0");
    assert.match(await page.locator("#status").innerText(), /^Error: list\.json is not a drawing: /);
    assert.deepEqual((await inkOn(page, "pad")).alpha, before.alpha);
    await load(page, "good.json", '{"latent-ink":1,"grid":1120,"strokes":[[300,200,800,900]]}');
    assert.equal(await page.locator("#status").getAttribute("data-mood"), "ready");
    assert.notDeepEqual((await inkOn(page, "pad")).alpha, before.alpha);
  });

  it("can_be_dropped_on_the_page", async () => {
    const before = await inkOn(page, "seen");
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      const pixels = Array.from({ length: 784 }, (_, i) => (i % 28 > 12 && i % 28 < 16 && i > 112 && i < 672 ? 255 : 0));
      transfer.items.add(new File([JSON.stringify({ "latent-ink": 1, side: 28, pixels })], "one.json", { type: "application/json" }));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    });
    await page.waitForFunction((sum) => {
      const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("seen"));
      const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, 28, 28);
      return data.reduce((total, value, i) => total + (i % 4 === 3 ? value : 0), 0) !== sum;
    }, before.sum);
    await settled(page);
    const { alpha } = await inkOn(page, "seen");
    assert.deepEqual([alpha[14 * 28 + 14], alpha[0]], [255, 0]);
  });

  it("is_a_link_that_is_copied_and_gives_the_same_view", async () => {
    await draw(page, DIGITS.two);
    await page.click('.masthead [data-room-link="map"]');
    await page.click('.tabs [data-room-link="prior"]');
    await settled(page);
    await page.locator("#prior-samples canvas").nth(4).click();
    await settled(page);
    await openPanel(page);
    await page.click("#keep-copy");
    await page.locator("#keep-panel .said", { hasText: /^Copied\.$/ }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(link, await page.inputValue("#keep-link"));
    assert.ok(link.includes("room=prior") && link.includes("prior.pick=4"));
    assert.ok((await page.locator("#keep-length").innerText()).startsWith(`${link.length} characters`));
    const names = await page.locator("#keep-which option").allTextContents();
    assert.equal(names[0], "samples from the prior");
    await page.keyboard.press("Escape");
    const other = await newPage(browser);
    await open(other.page, link.slice(BASE_URL.length));
    assert.deepEqual((await inkOn(other.page, "pad")).alpha, (await inkOn(page, "pad")).alpha);
    assert.deepEqual((await inkOn(other.page, "prior-picked")).alpha, (await inkOn(page, "prior-picked")).alpha);
    assert.ok((await inkOn(page, "prior-picked")).sum > 5000);
    await other.page.context().close();
  });

  it("says_when_a_link_is_too_long", async () => {
    const strokes = Array.from({ length: 40 }, (_, i) => Array.from({ length: 60 }, (__, p) => (p * 397 + i * 211) % 1120));
    await load(page, "long.json", JSON.stringify({ "latent-ink": 1, grid: 1120, strokes }));
    await openPanel(page);
    const { length } = await page.inputValue("#keep-link");
    assert.ok(length > 2048);
    assert.match(await page.locator("#keep-length").innerText(), /characters: the drawing makes it longer than 2 KB/);
    await page.keyboard.press("Escape");
  });

  it("works_with_the_keyboard_alone", async () => {
    await page.focus("#keep");
    await page.keyboard.press("Enter");
    await page.locator("#keep-panel").waitFor();
    /** @type {string[]} */
    const reached = [];
    for (let i = 0; i < 9; i += 1) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement?.id || /** @type {any} */ (document.activeElement)?.name || ""));
    }
    for (const id of ["keep-which", "keep-size", "keep-ground", "keep-png", "keep-json", "keep-link", "keep-copy"]) assert.ok(reached.includes(id), `${id} is not among ${reached}`);
    await page.keyboard.press("Escape");
    await page.locator("#keep-panel").waitFor({ state: "detached" });
  });

  it("has_nothing_serious_for_axe_at_any_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const viewport of [{ width: 1440, height: 900 }, { width: 320, height: 640 }]) {
        const other = await newPage(browser, { colorScheme, viewport });
        await open(other.page);
        await openPanel(other.page);
        assert.deepEqual(await seriousFindings(other.page), []);
        assert.ok(await other.page.locator("#keep-panel").evaluate((panel) => panel.scrollWidth <= panel.clientWidth && panel.getBoundingClientRect().right <= innerWidth));
        assert.match(await other.page.locator("#keep-preview").getAttribute("aria-label") ?? "", /^Preview of the picture: reconstruction, one image$/);
        await other.page.context().close();
      }
    }
  });

  it("complained_about_nothing", () => assert.deepEqual(complaints, []));
});
