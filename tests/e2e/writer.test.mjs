// @ts-check
/** The class `Writer` of the trainer's packages: what it reads and writes on each tier, how fast, and what it refuses. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { launch, newPage, open } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** 100 characters are written in at most so long: what was promised. */
const WRITTEN_MS = 1000;

/**
 * A page whose `writer` is that of a tier.
 * @param {Page} page
 * @param {string} tier
 */
const load = (page, tier) => page.evaluate(async (tier) => {
  const core = await import(new URL(`pkg/trainer/${tier}/latent_ink.js`, document.baseURI).href);
  await core.default();
  const bytes = async (/** @type {string} */ name) => new Uint8Array(await (await fetch(`models/${name}`)).arrayBuffer());
  const writer = new core.Writer(await bytes("style.safetensors"), await bytes("strokes.bin"));
  Object.assign(globalThis, { core, writer });
  const { side, styleSize, characters, record } = writer;
  return { side, styleSize, characters, fonts: JSON.parse(record).training.fonts };
}, tier);

/** What `load` left in the page. @type {any} */
const writer = undefined;
/** @type {any} */
const core = undefined;

describe("the writer of characters", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  /** @type {{ side: number, styleSize: number, characters: string, fonts: { name: string, kind: string, mean: number[] }[] }} */
  let about;
  before(async () => {
    browser = await launch();
    ({ page } = await newPage(browser));
    await open(page);
    about = await load(page, "relaxed");
  });
  after(() => browser.close());

  it("says_what_it_can_write_and_which_fonts_it_knows", () => {
    assert.equal(about.side, 40);
    assert.ok([...about.characters].length > 3000 && about.characters.includes("永"));
    assert.ok(about.fonts.length > 30);
    for (const { name, kind, mean } of about.fonts) {
      assert.ok(name && kind);
      assert.equal(mean.length, about.styleSize);
    }
  });

  it("writes_a_hundred_characters_in_a_second", async () => {
    const characters = [...about.characters].slice(0, 100).join("");
    const times = await page.evaluate((characters) => [0, 1, 2].map(() => {
      const start = performance.now();
      writer.write(new Float32Array(100 * writer.styleSize), characters);
      return performance.now() - start;
    }), characters);
    assert.ok(Math.min(...times) <= WRITTEN_MS, `${times} ms`);
  });

  it("reads_a_heavier_pen_as_another_style_and_writes_it_heavier", async () => {
    const [light, heavy] = await page.evaluate(() => [0.04, 0.09].map((pen) => {
      const examples = [..."十口木"];
      const glyphs = examples.map((character) => {
        const points = [...writer.skeleton(character)];
        /** @type {number[][]} */
        const strokes = [[]];
        for (let i = 0; i < points.length; i += 2) {
          if (Number.isNaN(points[i])) strokes.push([]);
          else strokes[strokes.length - 1].push(points[i], points[i + 1]);
        }
        return [...writer.draw(Float32Array.from(strokes.flat()), Uint32Array.from(strokes, ({ length }) => length / 2), pen)];
      });
      const read = writer.read(Float32Array.from(glyphs.flat()), examples.join(""));
      const written = writer.write(read.slice(0, writer.styleSize), "中");
      return written.reduce((/** @type {number} */ sum, /** @type {number} */ ink) => sum + ink, 0);
    }));
    assert.ok(heavy > 1.3 * light, `${heavy} pixels of ink, and ${light}`);
  });

  it("every_tier_writes_the_same", async () => {
    /** @type {number[][]} */
    const written = [];
    for (const tier of ["relaxed", "simd128", "scalar"]) {
      await load(page, tier);
      written.push(await page.evaluate(() => [...writer.write(new Float32Array(2 * writer.styleSize).fill(0.3), "永字")]));
    }
    for (const other of written.slice(1)) {
      const farthest = Math.max(...other.map((level, i) => Math.abs(level - written[0][i])));
      assert.ok(farthest < 1e-3, `${farthest}`);
    }
  });

  it("refuses_in_words_and_goes_on", async () => {
    const thrown = await page.evaluate(() => {
      const { side, styleSize } = writer;
      /** @type {(() => unknown)[]} */
      const attempts = [
        () => writer.write(new Float32Array(styleSize), "A"),
        () => writer.write(new Float32Array(styleSize), "永字"),
        () => writer.write(new Float32Array(styleSize + 1), "永"),
        () => writer.read(new Float32Array(side), "永"),
        () => writer.skeleton("?"),
        () => writer.draw(new Float32Array([0, 0, 1]), new Uint32Array([1]), 0.05),
        () => writer.draw(new Float32Array([0, 0, 1, 1]), new Uint32Array([2]), 0),
        () => new core.Writer(new Uint8Array(9), new Uint8Array(9)),
      ];
      const refusals = attempts.map((attempt) => {
        try {
          attempt();
          return ["none", ""];
        } catch (error) {
          return error instanceof Error ? [error.name, error.message] : ["no error", String(error)];
        }
      });
      return { refusals, still: writer.write(new Float32Array(styleSize), "永").length === side * side };
    });
    assert.deepEqual(thrown.refusals.map(([name]) => name), [
      "InkError", "ShapeError", "ShapeError", "ShapeError", "InkError", "InkError", "InkError", "WeightsError",
    ], JSON.stringify(thrown.refusals));
    assert.ok(thrown.still);
  });
});
