// @ts-check
/** The page in a lesson: as a figure in another page, and on a projector. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, describe, it } from "node:test";

import { BASE_URL, DIGITS, draw, launch, newPage, open, ready, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Frame} Frame */

const PATIENCE = { timeout: 240_000 };

/** What leads elsewhere or sets something. */
const NAVIGATION = ".masthead, .rooms, .tabs, .story-nav, #model, #keep, #theme, #language, #tier, .seed, .article-door, .train-settings, .map-manifold";

/** A page of another site, with a frame in it; isolated, it takes only what allows that. @param {string} address @param {boolean} isIsolated */
async function siteWith(address, isIsolated) {
  const server = createServer((_, response) => {
    response.setHeader("Content-Type", "text/html");
    if (isIsolated) response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.end(`<!doctype html><title>A lesson</title><iframe src="${address.replaceAll("&", "&amp;")}" width="960" height="680"></iframe>`);
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return { server, href: `http://localhost:${port}/` }; // another name than the page's own: another site
}

/** @param {Page} page @returns {Promise<Frame>} */
async function framed(page) {
  const frame = await (await page.waitForSelector("iframe")).contentFrame();
  assert.ok(frame);
  await frame.waitForFunction(() => document.getElementById("status")?.dataset.mood === "ready", null, PATIENCE);
  return frame;
}

/** What of it can be seen. @param {Frame | Page} frame @param {string} selector */
const visible = (frame, selector) => frame.locator(selector).evaluateAll((all) => all.filter((each) => each.checkVisibility({ visibilityProperty: true })).map((each) => each.className || each.id));

describe("in a lesson", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const { hash, works, isIsolated } of [
    { hash: "room=story&story.scene=4", works: '.story-bar, #story-beta', isIsolated: false },
    { hash: "room=map", works: "#map", isIsolated: true },
    { hash: "room=train", works: "#train-play", isIsolated: false },
    { hash: "room=draw", works: "#posterior", isIsolated: true },
  ]) {
    it(`${hash.replace(/\W+/g, "_")}_works_in_a_page_of_another_site${isIsolated ? "_that_is_isolated" : ""}`, async () => {
      const { server, href } = await siteWith(`${BASE_URL}?embed&lang=en#${hash}`, isIsolated);
      const { page, complaints } = await newPage(browser);
      await page.goto(href);
      const frame = await framed(page);
      await frame.locator(works).first().waitFor(PATIENCE);
      assert.deepEqual(await visible(frame, NAVIGATION), []);
      assert.ok((await visible(frame, "#whole")).length === 1);
      const whole = await frame.locator("#whole").evaluate((a) => /** @type {HTMLAnchorElement} */ (a).href);
      assert.ok(!whole.includes("embed") && whole.startsWith(BASE_URL), whole);
      if (hash.startsWith("room=train")) {
        await frame.locator(works).click();
        await frame.waitForFunction(() => Number(document.getElementById("train-progress")?.textContent?.match(/step (\d+)/)?.[1] ?? 0) > 10, null, PATIENCE);
        await frame.locator(works).click();
      } else {
        const before = await frame.locator("#pad").evaluate((pad) => /** @type {HTMLCanvasElement} */ (pad).toDataURL());
        const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await frame.locator("#pad").boundingBox());
        await page.mouse.move(box.x + 0.3 * box.width, box.y + 0.2 * box.height);
        await page.mouse.down();
        await page.mouse.move(box.x + 0.6 * box.width, box.y + 0.8 * box.height, { steps: 6 });
        await page.mouse.up();
        await frame.waitForFunction((was) => /** @type {HTMLCanvasElement} */ (document.getElementById("pad")).toDataURL() !== was, before, PATIENCE);
      }
      assert.deepEqual(complaints, []);
      await page.context().close();
      server.close();
    });
  }

  it("one_scene_stays_the_one_that_was_embedded", async () => {
    const { page } = await newPage(browser);
    await page.goto(`${BASE_URL}?embed&lang=zh#room=story&story.scene=2`);
    await ready(page);
    await page.waitForSelector('.story-scene[data-index="2"]', PATIENCE);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("PageDown");
    await settled(page);
    assert.equal(await page.locator(".story-scene").getAttribute("data-index"), "2");
    assert.deepEqual(await visible(page, NAVIGATION), []);
    assert.match(await page.locator("#whole").innerText(), /Latent Ink/);
    await page.context().close();
  });

  it("presents_the_scenes_to_a_clicker", async () => {
    const { page, complaints } = await newPage(browser, { viewport: { width: 1920, height: 1080 } });
    await open(page, "#room=story");
    const size = (/** @type {string} */ selector) => page.locator(selector).first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize));
    await page.waitForSelector('.story-scene[data-index="1"]', PATIENCE);
    const before = await size(".story-task");
    await page.goto(`${BASE_URL}?present&lang=en#room=story`);
    await ready(page);
    const isAt = (/** @type {number} */ n) => page.waitForSelector(`.story-scene[data-index="${n}"]`, PATIENCE);
    await isAt(1);
    assert.ok(await size(".story-task") > 1.4 * before, "larger type");
    assert.deepEqual(await visible(page, ".masthead, .story-nav, .story-code, .story-text .prose, .article-door"), []);
    for (let n = 2; n <= 7; n += 1) {
      await page.keyboard.press("PageDown");
      await isAt(n);
      // A control that was used keeps no clicker's key.
      if (n === 4) await page.focus("#story-beta");
    }
    await page.keyboard.press("PageDown");
    await page.keyboard.press("PageUp");
    await isAt(6);
    await page.keyboard.press("ArrowLeft");
    await isAt(5);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("gives_the_code_to_embed_and_the_way_to_present", async () => {
    const { page } = await newPage(browser);
    await open(page, "?lang=zh#room=map&map.at=0.5,-1");
    await draw(page, DIGITS.seven);
    await page.click("#keep");
    await page.locator("#keep-panel").waitFor();
    const code = await page.inputValue("#keep-embed");
    const frame = await page.evaluate((html) => {
      const inert = /** @type {HTMLIFrameElement} */ (new DOMParser().parseFromString(html, "text/html").querySelector("iframe"));
      return { src: inert.getAttribute("src") ?? "", title: inert.title };
    }, code);
    const [here, there] = [new URL(page.url()), new URL(frame.src)];
    assert.equal(there.hash, here.hash);
    assert.equal(there.searchParams.get("lang"), "zh");
    assert.ok(there.searchParams.has("embed") && frame.title.length > 5);
    const present = new URL(await page.locator("#keep-present").evaluate((a) => /** @type {HTMLAnchorElement} */ (a).href));
    assert.ok(present.searchParams.has("present") && !present.searchParams.has("embed") && present.hash === here.hash);
    await page.goto(frame.src);
    await ready(page);
    await page.locator("#map").waitFor(PATIENCE);
    assert.deepEqual(await visible(page, NAVIGATION), []);
    assert.equal(new URL(page.url()).hash, here.hash);
    await page.context().close();
  });
});
