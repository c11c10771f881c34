// @ts-check
/** The article under the story: fetched when asked for, every figure computed and every number the models' own, in both languages. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { REFERENCES } from "../../www/rooms/story/article/references.js";
import { BASE_URL, launch, linked, newPage, open, ready, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** 10,000 digits take their time on a machine with other things to do. */
const PATIENCE = { timeout: 240_000 };
const FIGURES = ["holes", "plane", "widths", "aggregate", "samples", "ladder"];
const ARTICLE = "#room=story&story.article=1";

/** @type {{ models: any[], ladder: any[] }} */
const index = JSON.parse(readFileSync(new URL("../../www/models/index.json", import.meta.url), "utf8"));
const entryOf = (/** @type {string} */ name) => [...index.models, ...index.ladder].find((entry) => entry.name === name);

/** Goes to a figure and waits until it is there. @param {Page} page @param {string} name */
async function drawn(page, name) {
  const figure = page.locator(`#article-figure-${name}`);
  await figure.scrollIntoViewIfNeeded();
  await page.waitForFunction((id) => ["drawn", "failed"].includes(document.getElementById(id)?.dataset.state ?? ""), `article-figure-${name}`, PATIENCE);
  assert.equal(await figure.getAttribute("data-state"), "drawn", await figure.innerText());
  return figure;
}

/** Of each canvas of a figure, how many of its pixels have ink. @param {import("playwright-core").Locator} figure */
const inkIn = (figure) => figure.locator("canvas").evaluateAll((all) => all.map((each) => {
  const canvas = /** @type {HTMLCanvasElement} */ (each);
  const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
  let ink = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] > 24) ink += 1;
  return ink;
}));

/** Marks of charts: how many there are and how far they reach. @param {import("playwright-core").Locator} figure @param {string} marks */
const sizesOf = (figure, marks) => figure.locator(marks).evaluateAll((all) => all.map((mark) => {
  const { width, height } = /** @type {SVGGraphicsElement} */ (mark).getBBox();
  return width * height;
}));

describe("the article", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("is_fetched_when_the_reader_comes_to_it_and_not_before", async () => {
    const { page, requests } = await newPage(browser);
    await open(page, "#room=story&story.scene=2");
    await page.waitForSelector("#story-article", PATIENCE);
    await settled(page);
    assert.deepEqual(requests.filter((url) => /article\.(css|js|en)|story\/article\//.test(url)), [], "a scene needs none of it");
    await page.click("#story-article");
    await page.waitForSelector(".article", PATIENCE);
    await linked(page, /story\.article=1/);
    assert.ok(!requests.some((url) => /article\.zh\.js/.test(url)), "words of one language");
    assert.ok(!requests.some((url) => /figure-ladder\.js/.test(url)), "a figure comes when it is seen");
    await page.context().close();
  });

  it("is_fetched_by_scrolling_to_it", async () => {
    const { page } = await newPage(browser, { viewport: { width: 1000, height: 500 } });
    await open(page, "#room=story&story.scene=2");
    await page.waitForSelector("#story-article", PATIENCE);
    await page.mouse.move(600, 300);
    await page.waitForFunction(() => {
      scrollBy(0, 200);
      return document.querySelector(".article");
    }, null, { ...PATIENCE, polling: 200 });
    await page.context().close();
  });

  for (const language of /** @type {const} */ (["en", "zh"])) {
    it(`has_every_section_figure_and_reference_in_${language}`, async () => {
      const { page, complaints } = await newPage(browser);
      await page.goto(`${BASE_URL}?lang=${language}${ARTICLE}`);
      await ready(page);
      await page.waitForSelector(".article", PATIENCE);
      const { words } = await import(`../../www/words/rooms/article.${language}.js`);

      const titles = Object.entries(words.sections).map(([name, { title }]) => [`article-${name}`, title]);
      const headings = await page.locator(".article section h3").evaluateAll((all) => all.map((h3) => [h3.closest("section")?.id, h3.textContent]));
      assert.deepEqual(headings, [...titles, ["article-references", words.references]]);
      assert.equal(await page.locator(".article h2").innerText(), words.title);
      const prose = await page.locator(".article section > p").allInnerTexts();
      assert.ok(prose.every((text) => text.length > 20 && !/NaN|undefined|[{}]/.test(text)), prose.find((text) => /NaN|undefined|[{}]/.test(text)));
      assert.ok(await page.locator(".article math").count() >= 9);
      if (language === "zh") {
        const characters = prose.join("").match(/\p{Script=Han}/gu)?.length ?? 0;
        assert.ok(characters > 1800 && characters < 3200, `${characters} characters`);
      } else {
        const count = prose.join(" ").split(/\s+/).length;
        assert.ok(count > 1300 && count < 1900, `${count} words`);
      }

      // The numbers in the prose are those that were measured.
      const said = prose.join(" ");
      for (const [name, value] of /** @type {[string, number][]} */ ([["ae", entryOf("ae").metrics.test.recon], ["vae", entryOf("vae").metrics.test.kl],
        ["beta-10", entryOf("beta-10").metrics.test.recon], ["vae", -entryOf("vae").metrics.iw_bound], ["ae", 100 * entryOf("ae").metrics.judge.samples.normal.confident]])) {
        assert.ok(said.includes(value.toFixed(1)), `${name}: ${value}`);
      }

      for (const name of FIGURES) {
        const figure = await drawn(page, name);
        const caption = await figure.locator("figcaption").innerText();
        assert.ok(caption.length > 30 && !/NaN|undefined/.test(caption), caption);
        for (const ink of await inkIn(figure)) assert.ok(ink > 30, `${name} is blank`);
      }
      const figure = (/** @type {string} */ name) => page.locator(`#article-figure-${name}`);
      assert.equal((await inkIn(figure("holes"))).length, 2);
      assert.equal((await inkIn(figure("samples"))).length, 3);
      assert.equal((await inkIn(figure("ladder"))).length, 6);
      assert.equal(await figure("plane").locator(".cloud").count(), 2, "the drawing's posterior");
      assert.ok((await sizesOf(figure("widths"), ".column")).filter((size) => size > 0).length > 20);
      const curves = await sizesOf(figure("aggregate"), ".line.mixture");
      assert.ok(curves.length === 32 && curves.every((size) => size > 1000), "16 dimensions of two models");

      const links = await page.locator("#article-references a").evaluateAll((all) => all.map((a) => /** @type {HTMLAnchorElement} */ (a).href));
      assert.deepEqual(links, Object.values(REFERENCES).map(({ href }) => href));
      for (const { href, name, year } of Object.values(REFERENCES)) {
        assert.match(href, /^https:\/\/(arxiv\.org\/abs\/\d{4}\.\d{5}|arxiv\.org\/abs\/1[34]\d\d\.\d{4}|openreview\.net\/forum\?id=\w+|papers\.nips\.cc\/paper\/[\w-]+)$/);
        assert.ok(year >= 2014 && year <= 2018 && (!href.includes("arxiv") || name === `arXiv:${href.split("/").at(-1)}`));
      }
      const cited = await page.locator(".article section > p a").evaluateAll((all) => all.map((a) => /** @type {HTMLAnchorElement} */ (a).href));
      assert.deepEqual([...new Set(cited)].sort(), [...links].sort(), "every reference is cited, and nothing else");
      assert.deepEqual(complaints, []);
      await page.context().close();
    });
  }

  it("leads_to_each_section_by_its_link", async () => {
    const { page } = await newPage(browser);
    await open(page, "#room=story&story.article=price");
    const isAt = (/** @type {string} */ name) => page.waitForFunction((id) => {
      const top = document.querySelector(`#article-${id} h3`)?.getBoundingClientRect().top ?? NaN;
      return top > -40 && top < 200;
    }, name, PATIENCE);
    await isAt("price");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "article-price-title");
    await page.locator(".article-contents a").nth(8).click();
    await isAt("bound");
    await linked(page, /story\.article=bound/);
    await page.context().close();
  });

  it("shows_what_the_models_answer", async () => {
    const { page } = await newPage(browser);
    await open(page, ARTICLE);
    await page.waitForSelector(".article", PATIENCE);
    const plane = await (await drawn(page, "plane")).locator("figcaption").innerText();
    const samples = await drawn(page, "samples");
    const shown = await samples.locator("output").evaluateAll((all) => all.map((output) => Number(/** @type {HTMLElement} */ (output).dataset.value)));
    const ladder = await drawn(page, "ladder");
    const bars = await ladder.locator(".article-bars").evaluateAll((all) => all.map((bar) => bar.getAttribute("aria-label")));
    const answers = await page.evaluate(async () => {
      const at = (/** @type {string} */ file) => new URL(file, location.href).href;
      const [{ Studio }, { chooseTier }] = await Promise.all([import(at("rooms/story/studio.js")), import(at("tier.js"))]);
      const studio = new Studio(chooseTier(undefined));
      const seen = /** @type {HTMLCanvasElement} */ (document.getElementById("seen"));
      const { data } = /** @type {CanvasRenderingContext2D} */ (seen.getContext("2d")).getImageData(0, 0, 28, 28);
      await Promise.all([...["map2", "ae", "vae", "beta-4"].map((name) => studio.model(name)), studio.judge()]);
      const read = await studio.read({ model: "map2", pixels: Uint8Array.from({ length: 784 }, (_, i) => data[4 * i + 3]), colour: 0 });
      const counts = [];
      for (const model of ["ae", "vae", "beta-4"]) {
        const { reads, pictures } = await studio.sample({ model, seed: 42, count: 30, colour: 0 });
        const inkOf = (/** @type {Uint8ClampedArray} */ rgba) => rgba.reduce((sum, value, i) => sum + (i % 4 === 3 ? value : 0), 0) / 255;
        counts.push(reads.filter((/** @type {{ share: number }} */ { share }, /** @type {number} */ i) => share > 0.9 && inkOf(pictures[i]) >= 22).length);
      }
      return { mu: [...read.mu], sigma: [...read.sigma], counts };
    });
    for (const value of [...answers.mu, ...answers.sigma]) assert.ok(plane.includes(value.toFixed(3).replace("-", "\u2212")), `${value} in: ${plane}`);
    assert.deepEqual(shown, answers.counts);
    assert.ok(shown[0] < shown[1] && shown[1] < shown[2], `the theory: ${shown}`);
    assert.deepEqual(bars, ["beta-0", "beta-0.1", "beta-0.5", "vae", "beta-4", "beta-10"].map((name) => {
      const { recon, kl } = entryOf(name).metrics.test;
      return `D ${recon.toFixed(1)}, KL ${kl.toFixed(1)}`;
    }));
    await page.context().close();
  });

  it("draws_anew_for_another_drawing", async () => {
    const { page } = await newPage(browser);
    await open(page, ARTICLE);
    await page.waitForSelector(".article", PATIENCE);
    const caption = (await drawn(page, "plane")).locator("figcaption");
    const before = await caption.innerText();
    await page.locator("#shelf button").nth(7).evaluate((button) => /** @type {HTMLButtonElement} */ (button).click()); // where the reader is, the shelf may be out of sight
    await page.waitForFunction((text) => /** @type {HTMLElement} */ (document.querySelector("#article-figure-plane figcaption")).innerText !== text, before, PATIENCE);
    await page.context().close();
  });

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    for (const width of [1440, 360]) {
      it(`is_accessible_and_fits_${width}_px_in_${colorScheme}`, async () => {
        const { page } = await newPage(browser, { colorScheme, viewport: { width, height: 900 } });
        await open(page, ARTICLE);
        await page.waitForSelector(".article", PATIENCE);
        for (const name of FIGURES) await drawn(page, name);
        assert.deepEqual(await seriousFindings(page), []);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "nothing is wider than the screen");
        const size = await page.locator(".article section > p").first().evaluate((p) => p.clientWidth / parseFloat(getComputedStyle(p).fontSize));
        assert.ok(size < 36, `${size} em: about 65 characters`);
        await page.context().close();
      });
    }
  }
});
