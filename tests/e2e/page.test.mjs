// @ts-check
/** The page as a page: first paint, widths, words, accessibility, nothing from elsewhere. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { words } from "../../www/words/main.en.js";
import { BASE_URL, DIGITS, draw, inkOn, judged, launch, newPage, open, ready, seriousFindings, settled, shownNumbers } from "./browser.mjs";

/** The elements that other people's scripts may rely on. */
const IDS = ["pad", "seen", "reconstruction", "posterior", "prior", "clear", "resample", "model", "tier", "status"];

describe("the page", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("shows_a_real_example_before_any_model_arrives", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/*.safetensors", () => {}); // never answered
    await page.route("**/*.wasm", () => {});
    await page.goto(BASE_URL);
    await settled(page);
    for (const [id, least] of /** @type {[string, number][]} */ ([["pad", 100_000], ["seen", 10_000], ["reconstruction", 10_000], ["posterior", 100_000], ["prior", 300_000]])) {
      const { sum } = await inkOn(page, id);
      assert.ok(sum > least, `${id} holds ${sum}`);
    }
    assert.ok((await shownNumbers(page, "z")).some((z) => Math.abs(z) > 0.5));
    assert.match(await page.locator("#status").innerText(), /Fetching|Starting|Working/);
    await page.context().close();
  });

  it("what_was_baked_is_what_the_model_says", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/*.safetensors", () => {});
    await page.goto(BASE_URL);
    await settled(page);
    const [baked, bakedZ] = [await inkOn(page, "reconstruction"), await shownNumbers(page, "z")];
    await page.unroute("**/models/*.safetensors");
    await open(page, "?again");
    const live = await inkOn(page, "reconstruction");
    const z = await shownNumbers(page, "z");
    const hint = "run tests/e2e/bake.mjs: the weights have changed";
    baked.alpha.forEach((value, i) => assert.ok(Math.abs(value - live.alpha[i]) <= 3, `${hint} (pixel ${i}: ${value}, ${live.alpha[i]})`));
    bakedZ.forEach((value, d) => assert.ok(Math.abs(value - z[d]) <= 0.0201, `${hint} (z ${d}: ${value}, ${z[d]})`));
    await page.context().close();
  });

  it("fits_one_screen_at_1440_by_900", async () => {
    const { page } = await newPage(browser);
    await open(page);
    const [width, height] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]);
    assert.deepEqual([width, height], [1440, 900]);
    const lefts = await page.evaluate(() => ["pad", "seen", "posterior", "sample", "reconstruction"].map((id) => document.getElementById(id)?.getBoundingClientRect().left ?? 0));
    assert.deepEqual(lefts, [...lefts].sort((a, b) => a - b), "from left to right");
    await page.context().close();
  });

  it("never_scrolls_sideways", async () => {
    const { page } = await newPage(browser, { hasTouch: true });
    await open(page);
    for (const width of [320, 360, 390, 430, 600, 768, 1024, 1280, 1366, 1920]) {
      await page.setViewportSize({ width, height: 800 });
      await settled(page);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(overflow <= 0, `${overflow} px too wide at ${width}`);
      const out = await page.evaluate(() => [...document.querySelectorAll("button, canvas, input, select, .note, .sum, h2")]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 0.5 && element.checkVisibility())
        .map((element) => element.id || element.textContent));
      assert.deepEqual(out, [], `at ${width}`);
    }
    await page.context().close();
  });

  it("a_resized_window_shows_the_posterior_again", async () => {
    const { page } = await newPage(browser);
    await open(page);
    for (const view of ["chart", "plane"]) {
      if (view === "plane") {
        await page.selectOption("#model", { index: 1 });
        await page.waitForFunction(() => document.querySelectorAll("#sample li").length === 2);
      }
      for (const width of [820, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        assert.ok((await inkOn(page, "posterior")).sum > 100_000, `the ${view} at ${width}`);
      }
    }
    await page.context().close();
  });

  it("shows_pixels_at_a_whole_multiple_and_pad_beside_reconstruction_on_a_phone", async () => {
    for (const width of [360, 390, 430, 820, 1280, 1440, 1920]) {
      const { page } = await newPage(browser, { viewport: { width, height: 1080 } });
      await page.goto(BASE_URL);
      const boxes = await page.evaluate(() => ["pad", "seen", "reconstruction"].map((id) => {
        const { left, top, width: across } = /** @type {HTMLElement} */ (document.getElementById(id)).getBoundingClientRect();
        return { left, top, across };
      }));
      for (const { across } of boxes) assert.equal(across % 28, 0, `${across} px at ${width}`);
      const [pad, , reconstruction] = boxes;
      assert.ok(reconstruction.left > pad.left + pad.across && Math.abs(reconstruction.top - pad.top) < 2, `side by side at ${width}`);
      await page.context().close();
    }
  });

  it("has_the_elements_that_others_rely_on_and_names_every_canvas", async () => {
    const { page } = await newPage(browser);
    await open(page);
    for (const id of IDS) assert.equal(await page.locator(`#${id}`).count(), 1, id);
    assert.equal(await page.locator("#status").getAttribute("role"), "status");
    assert.equal(await page.evaluate(() => getComputedStyle(/** @type {HTMLElement} */ (document.getElementById("pad"))).touchAction), "none");
    await page.waitForTimeout(600); // texts follow once the hand rests
    const names = await page.locator("canvas").evaluateAll((all) => all.map((canvas) => [canvas.getAttribute("role"), canvas.getAttribute("aria-label")]));
    assert.equal(names.length, 5);
    for (const [role, name] of names) {
      assert.equal(role, "img");
      assert.match(name ?? "", /.{20,}/);
    }
    await page.context().close();
  });

  it("every_control_can_be_reached_with_the_tab_key", async () => {
    const { page } = await newPage(browser);
    await open(page);
    /** @type {string[]} */
    const reached = [];
    for (let i = 0; i < 44; i += 1) {
      await page.keyboard.press("Tab");
      reached.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.ariaLabel || ""));
    }
    for (const id of ["model", "theme", "pad", "clear", "picture", "Example: a handwritten 7", "normalise", "posterior", "resample", "mean", "z-seed", "prior-seed", "new-samples"]) {
      assert.ok(reached.includes(id), `${id} is not among ${reached}`);
    }
    await page.context().close();
  });

  it("has_nothing_serious_for_axe_in_either_theme", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      for (const viewport of [{ width: 1440, height: 900 }, { width: 360, height: 740 }]) {
        const { page } = await newPage(browser, { colorScheme, viewport });
        await open(page);
        assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), colorScheme);
        assert.deepEqual(await seriousFindings(page), []);
        await page.click("#clear");
        await settled(page);
        assert.deepEqual(await seriousFindings(page), [], "with nothing drawn");
        await page.context().close();
      }
    }
  });

  it("every_term_says_what_it_means_on_hover_focus_and_tap", async () => {
    const { page } = await newPage(browser);
    await open(page);
    const meaning = page.locator("#meaning");
    for (const term of await page.locator("[data-term]").all()) {
      await term.hover();
      assert.ok(await meaning.isVisible());
      assert.match(await meaning.innerText(), /.{40,}/);
      const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await meaning.boundingBox());
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= 1440 && box.y + box.height <= 900, "inside the window");
    }
    await page.keyboard.press("Escape");
    assert.equal(await meaning.isVisible(), false);
    await page.locator('[data-term="kl"]').click();
    assert.match(await meaning.innerText(), /Kullback/);
    assert.deepEqual(await seriousFindings(page), []);
    await page.mouse.click(700, 20);
    assert.equal(await meaning.isVisible(), false);
    await page.context().close();
  });

  it("the_theme_can_be_changed_and_is_kept", async () => {
    const { page } = await newPage(browser, { colorScheme: "light" });
    await open(page);
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await paper();
    await page.click("#theme");
    await settled(page);
    const dark = await paper();
    assert.notEqual(dark, light);
    await page.reload();
    assert.equal(await paper(), dark);
    await page.context().close();
  });

  it("shows_one_room_where_somebody_walks_on_before_the_first_has_come", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page);
    await page.route("**/rooms/map.js", async (route) => {
      await page.waitForSelector(".room-posterior canvas");
      await route.continue();
    });
    await page.click('[data-room-link="map"] >> nth=0');
    await page.click('.tabs [data-room-link="posterior"]');
    await page.waitForSelector(".room-map", { state: "attached" });
    await settled(page);
    assert.deepEqual(await page.locator(".room:visible").evaluateAll((rooms) => rooms.map(({ className }) => className)), ["room room-posterior"]);
    await page.click('.tabs [data-room-link="map"]');
    await settled(page);
    assert.deepEqual(await page.locator(".room:visible").evaluateAll((rooms) => rooms.map(({ className }) => className)), ["room room-map"]);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("says_without_script_what_the_catalogue_says", async () => {
    const { page } = await newPage(browser, { javaScriptEnabled: false });
    await page.goto(BASE_URL);
    const said = await page.locator("[data-word]").evaluateAll((all) => all.map((element) => [element.getAttribute("data-word"), element.textContent]));
    assert.ok(said.length > 20);
    const catalogue = /** @type {Record<string, string>} */ (words.page);
    for (const [word, text] of said) assert.equal(text, catalogue[word ?? ""], word ?? "");
    const labels = await page.locator("[data-word-label]").evaluateAll((all) => all.map((element) => [element.getAttribute("data-word-label"), element.getAttribute("aria-label")]));
    for (const [word, text] of labels) assert.equal(text, catalogue[word ?? ""], word ?? "");
    const contents = await page.locator("[data-word-content]").evaluateAll((all) => all.map((element) => [element.getAttribute("data-word-content"), element.getAttribute("content")]));
    for (const [word, text] of contents) assert.equal(text, catalogue[word ?? ""], word ?? "");
    const used = new Set([...said, ...labels, ...contents].map(([word]) => word));
    assert.deepEqual(Object.keys(catalogue).filter((word) => !used.has(word)), [], "words that nothing says");
    await page.context().close();
  });

  it("works_below_a_path_from_the_static_site", { skip: !process.env.DIST_URL && "DIST_URL is not set" }, async () => {
    const { page, complaints } = await newPage(browser);
    await page.goto(process.env.DIST_URL ?? "");
    await ready(page);
    await draw(page, DIGITS.seven);
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
    await judged(page);
    assert.match(await page.locator("#reads").innerText(), /^reads as \d/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("asks_nobody_else_and_complains_about_nothing", async () => {
    const { page, complaints, requests } = await newPage(browser);
    await open(page);
    await draw(page, DIGITS.four);
    await page.selectOption("#model", { index: 1 });
    await page.waitForFunction(() => document.querySelectorAll("#sample li").length === 2);
    await settled(page);
    assert.ok(requests.length > 10);
    const origin = new URL(BASE_URL).origin;
    assert.deepEqual(requests.filter((url) => new URL(url).origin !== origin && !/^(blob|data):/.test(url)), []);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });
});
