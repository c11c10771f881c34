// @ts-check
/** Why a VAE: seven scenes by keyboard in both languages, every number against the models' own answers, and the theory in figures. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { contour, levelsOf } from "../../www/rooms/story/contours.js";
import { CHOICES, SYMBOLS } from "../../www/rooms/story/formulae.js";
import { BASE_URL, launch, newPage, open, ready, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const scene = (/** @type {number} */ n, more = "") => `#room=story&story.scene=${n}${more}`;
/** Training and 10,000 digits take their time on a machine with other things to do. */
const PATIENCE = { timeout: 240_000 };

/** Numbers in a text, with real minus signs. @param {string | null} text */
const numbersIn = (text) => (text ?? "").replaceAll("\u2212", "-").match(/-?\d+(?:\.\d+)?/g)?.map(Number) ?? [];

/** What a symbol is now. @param {Page} page @param {string} symbol */
const valueOf = async (page, symbol) => numbersIn(await page.locator(`[data-choice="${symbol}"] .value`).textContent());

/** Waits until a symbol has a value. @param {Page} page @param {string} symbol */
const valued = (page, symbol) =>
  page.waitForFunction((name) => /\d/.test(document.querySelector(`[data-choice="${name}"] .value`)?.textContent ?? ""), symbol, PATIENCE);

/**
 * Tabs until an element has the focus, and sees that it shows.
 * @param {Page} page
 * @param {string} selector
 */
async function tabTo(page, selector) {
  for (let i = 0; i < 120; i += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) {
      assert.ok(await page.evaluate(() => document.activeElement?.matches(":focus-visible")), `${selector} shows its focus`);
      return;
    }
    await page.keyboard.press("Tab");
  }
  assert.fail(`no Tab leads to ${selector}`);
}

/** @param {Page} page @param {number} n */
const isAt = (page, n) => page.waitForSelector(`.story-scene[data-index="${n}"]`, PATIENCE);

/** A story's worker of the test's own, and the pixels of what is drawn. @param {Page} page */
const own = (page) => page.evaluate(async () => {
  const at = (/** @type {string} */ file) => new URL(file, location.href).href;
  const [{ Studio }, { chooseTier }] = await Promise.all([import(at("rooms/story/studio.js")), import(at("tier.js"))]);
  const seen = /** @type {HTMLCanvasElement} */ (document.getElementById("seen"));
  const { data } = /** @type {CanvasRenderingContext2D} */ (seen.getContext("2d")).getImageData(0, 0, 28, 28);
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => data[4 * i + 3]);
  Object.assign(window, { own: { studio: new Studio(chooseTier(undefined)), pixels } });
});

describe("the story", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const [language, titles] of /** @type {const} */ ([["en", /^Every image has a Gaussian/], ["zh", /^每幅图都有自己的高斯分布/]])) {
    it(`is_walked_through_by_keyboard_alone_in_${language}`, async () => {
      const { page, complaints } = await newPage(browser);
      await page.goto(`${BASE_URL}?lang=${language}`);
      await ready(page);
      await tabTo(page, "[data-room-link=story]");
      await page.keyboard.press("Enter");
      await isAt(page, 1);
      assert.match(await page.locator(".story-scene h2").innerText(), titles);

      await valued(page, "mu");
      const before = await page.locator('[data-choice="mu"] .value').textContent();
      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await tabTo(page, "#pad");
      await page.keyboard.press("Space");
      for (let i = 0; i < 14; i += 1) await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      await page.waitForFunction((text) => document.querySelector('[data-choice="mu"] .value')?.textContent !== text, before, PATIENCE);
      assert.equal(await page.locator(".story-scene").getAttribute("data-index"), "1", "the pad keeps its arrows");

      await tabTo(page, '[data-choice="sigma"]');
      await page.waitForFunction(() => document.querySelector(".story-code figcaption")?.textContent?.includes("losses.rs"));
      assert.ok(await page.locator('.story-figure [data-symbol~="sigma"].is-lit').count() > 0, "its parts light up");
      await page.keyboard.press("Enter");
      assert.equal(await page.locator('[data-choice="sigma"]').getAttribute("aria-pressed"), "true");

      await page.keyboard.press("ArrowRight");
      await isAt(page, 2);
      await valued(page, "eps");
      const eps = await valueOf(page, "eps");
      await tabTo(page, "#story-eps");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => location.hash.includes("story.eps=2"));
      await settled(page);
      assert.notDeepEqual(await valueOf(page, "eps"), eps);

      await page.keyboard.press("ArrowRight");
      await isAt(page, 3);
      await tabTo(page, "#story-train");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.getElementById("story-step")?.dataset.state === "playing", null, PATIENCE);
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => document.getElementById("story-step")?.dataset.state === "paused", null, PATIENCE);

      await page.keyboard.press("ArrowRight");
      await isAt(page, 4);
      await valued(page, "kl");
      await tabTo(page, "#story-beta");
      await page.keyboard.press("End");
      await page.waitForFunction(() => location.hash.includes("story.beta=10"));
      await settled(page);
      assert.deepEqual(await valueOf(page, "beta"), [10]);
      assert.equal(await page.locator(".story-scene").getAttribute("data-index"), "4", "the slider keeps its arrows");

      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await page.keyboard.press("ArrowRight");
      await isAt(page, 5);
      await valued(page, "distance");
      await tabTo(page, "#story-of-ae");
      await page.keyboard.press("ArrowRight");
      await page.waitForFunction(() => document.getElementById("story-mixture")?.dataset.of === "vae", null, PATIENCE);

      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await tabTo(page, "#story-next");
      await page.keyboard.press("Enter");
      await isAt(page, 6);
      await valued(page, "judge");
      await tabTo(page, "#story-noise");
      await page.keyboard.press("Enter");
      await page.waitForFunction(() => location.hash.includes("story.samples=43"));

      await page.keyboard.press("ArrowRight");
      await isAt(page, 7);
      await valued(page, "bound");
      await tabTo(page, "#story-k");
      await page.keyboard.press("End");
      await page.waitForFunction(() => location.hash.includes("story.k=500"));

      await page.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
      await tabTo(page, "#story-step-1");
      await page.keyboard.press("Enter");
      await isAt(page, 1);
      assert.ok(await page.locator("#story-previous").isDisabled());
      assert.deepEqual(complaints, []);
      await page.context().close();
    });
  }

  it("shows_what_the_model_answers_for_a_drawing", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(1));
    await valued(page, "mu");
    await own(page);
    const read = await page.evaluate(async () => {
      const { studio, pixels } = /** @type {any} */ (window).own;
      await studio.model("map2");
      const { mu, sigma, logVar } = await studio.read({ model: "map2", pixels, colour: 0 });
      // The page's own worker, on the build without gradients.
      const at = (/** @type {string} */ file) => new URL(file, location.href).href;
      const [{ Client }, { chooseTier }] = await Promise.all([import(at("client.js")), import(at("tier.js"))]);
      const client = new Client({ onReplaced: () => {}, onLost: () => {} });
      await client.start(chooseTier(undefined));
      await client.load(await (await fetch(at("models/map2.safetensors"))).arrayBuffer());
      const other = await client.encode(pixels);
      return { mu: [...mu], sigma: [...sigma], logVar: [...logVar], others: [[...other.mu], [...other.sigma]] };
    });
    assert.deepEqual([read.mu, read.sigma], read.others, "two builds, one answer");
    const rounded = (/** @type {number[]} */ values) => values.map((value) => Number(value.toFixed(3)));
    assert.deepEqual(await valueOf(page, "mu"), rounded(read.mu));
    assert.deepEqual(await valueOf(page, "sigma"), rounded(read.sigma));
    assert.deepEqual(await valueOf(page, "log-var"), rounded(read.logVar));
    read.sigma.forEach((sigma, d) => assert.ok(Math.abs(sigma / Math.exp(read.logVar[d] / 2) - 1) < 1e-5));
    await page.context().close();
  });

  it("lets_gradients_through_mu_and_sigma_and_none_through_eps", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(2, "&story.eps=5"));
    await valued(page, "gradient");
    await own(page);
    const { eps, sigma, gradients, slopes } = await page.evaluate(async () => {
      const { studio, pixels } = /** @type {any} */ (window).own;
      const model = "map2";
      await studio.model(model);
      const noise = await studio.eps(5, 2);
      const read = (/** @type {Float32Array} */ each) => studio.read({ model, pixels, eps: each, colour: 0 });
      const found = await read(noise);
      const { dMu, dSigma, recon } = await studio.gradients({ model, pixels, eps: noise });
      // z moves by sigma times what eps moves by: difference quotients of D by z.
      const quotients = [];
      for (const d of [0, 1]) {
        const [more, less] = await Promise.all([1, -1].map((sign) => read(noise.map((/** @type {number} */ e, /** @type {number} */ i) => (i === d ? e + (sign * 1e-2) / found.sigma[d] : e)))));
        quotients.push((more.recon - less.recon) / 2e-2);
      }
      return { eps: [...noise], sigma: [...found.sigma], gradients: { dMu: [...dMu], dSigma: [...dSigma], recon, same: found.recon }, slopes: quotients };
    });
    gradients.dMu.forEach((d, i) => assert.ok(Math.abs(d - slopes[i]) < 0.02 * Math.hypot(...slopes) + 0.1, `${d} is the slope of D by z, ${slopes[i]}`));
    gradients.dSigma.forEach((d, i) => assert.ok(Math.abs(d - gradients.dMu[i] * eps[i]) < 1e-3 * Math.abs(d) + 1e-3, "by sigma it is that by z times eps"));
    assert.ok(Math.abs(gradients.recon - gradients.same) < 1e-3 && sigma.every((each) => each > 0));
    const cells = (/** @type {number} */ row) => page.locator(`.story-chain tbody tr:nth-child(${row}) td`).allTextContents();
    const shown = [...(await cells(4)).slice(0, 3), ...(await cells(5)).slice(0, 3)].flatMap(numbersIn);
    const wanted = [0, 1].flatMap((d) => [gradients.dMu[d], gradients.dMu[d], gradients.dSigma[d]].map((value) => Number(value.toFixed(2))));
    assert.deepEqual(shown, wanted);
    assert.deepEqual((await cells(4))[3], "nothing");
    const sizes = await page.locator(".arrow-back").evaluateAll((all) => all.map((cell) => Number(/** @type {HTMLElement} */ (cell).dataset.size)));
    assert.ok(Math.abs(sizes[0] - Math.hypot(...gradients.dMu)) < 1e-3 && Math.abs(sizes[2] - Math.hypot(...gradients.dSigma)) < 1e-3 && sizes[3] === 0);
    await page.context().close();
  });

  it("loses_its_noise_without_kl_and_the_same_again_from_the_same_seed", async () => {
    const means = [];
    for (let i = 0; i < 2; i += 1) {
      const { page } = await newPage(browser);
      await open(page, scene(3, "&story.seed=7"));
      await page.click("#story-train");
      await page.waitForFunction(() => document.getElementById("story-step")?.dataset.state === "done", null, PATIENCE);
      const sides = await page.locator(".story-side output").evaluateAll((all) => all.map((output) => ({ first: Number(/** @type {HTMLElement} */ (output).dataset.first), value: Number(/** @type {HTMLElement} */ (output).dataset.value), text: output.textContent })));
      sides.forEach(({ value, text }) => assert.equal(text, value.toFixed(4)));
      means.push(sides.flatMap(({ first, value }) => [first, value]));
      assert.match(await page.locator("#story-step").innerText(), /^step 800 of 800$/);
      await page.context().close();
    }
    const [[first, without, other, with_], again] = means;
    console.log(`scene 3, seed 7: mean sigma goes from ${first.toFixed(3)} to ${without.toFixed(5)} for beta = 0, from ${other.toFixed(3)} to ${with_.toFixed(3)} for beta = 1`);
    assert.deepEqual(again, means[0], "the same run");
    assert.equal(first, other, "the same first weights");
    assert.ok(first > 10 * without, `${first} falls at least ten times, to ${without}`);
    assert.ok(with_ > other / 2 && with_ < 2 * other, `${other} stays, at ${with_}`);
  });

  it("pauses_its_two_runs_when_another_room_is_opened", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(3));
    await page.click("#story-train");
    const isIn = (/** @type {string} */ state) => page.waitForFunction((wanted) => document.getElementById("story-step")?.dataset.state === wanted, state, PATIENCE);
    await isIn("playing");
    await page.click('nav [data-room-link="draw"]');
    await isIn("paused");
    await page.click('nav [data-room-link="story"]');
    await page.waitForSelector("#story-train", { state: "visible" });
    await page.click("#story-train");
    await isIn("playing");
    await page.context().close();
  });

  it("prices_each_dimension_and_the_bars_sum_to_kl", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(4, "&story.beta=0"));
    await valued(page, "kl");
    await own(page);
    /** @type {number[]} */
    const active = [];
    const names = ["beta-0", "beta-0.1", "beta-0.5", "vae", "beta-4", "beta-10"];
    for (const [i, name] of names.entries()) {
      if (i > 0) await page.locator("#story-beta").press("ArrowRight");
      const read = await page.evaluate(async (model) => {
        const { studio, pixels } = /** @type {any} */ (window).own;
        await studio.model(model);
        const { kl, recon } = await studio.read({ model, pixels, colour: 0 });
        return { kl: [...kl], recon };
      }, name);
      const total = read.kl.reduce((/** @type {number} */ sum, /** @type {number} */ each) => sum + each, 0);
      await page.waitForFunction((wanted) => Math.abs(Number(document.getElementById("story-total")?.dataset.kl) - wanted) < 1e-3, total, PATIENCE);
      await settled(page);
      const bars = await page.locator(".story-bar").evaluateAll((all) => all.map((bar) => Number(/** @type {SVGElement} */ (bar).dataset.nats)));
      assert.deepEqual(bars, read.kl);
      const shown = await page.locator("#story-total").evaluate((p) => Number(/** @type {HTMLElement} */ (p).dataset.kl));
      assert.ok(Math.abs(shown - bars.reduce((sum, each) => sum + each, 0)) < 1e-4, `${name}: ${shown}`);
      assert.deepEqual(await valueOf(page, "kl"), [Number(shown.toFixed(2))]);
      assert.deepEqual(await valueOf(page, "recon"), [Number(read.recon.toFixed(2))]);
      // Its two parts: what mu pays and what sigma pays.
      const [[ofMu], [ofSigma]] = [await valueOf(page, "mu"), await valueOf(page, "sigma")];
      assert.ok(Math.abs(ofMu + ofSigma - shown) < 0.02);
      active.push(numbersIn(await page.locator("#story-active").textContent())[0]);
    }
    console.log(`scene 4: dimensions in use at beta 0, 0.1, 0.5, 1, 4, 10: ${active}`);
    assert.ok(active[0] === 16 && active[5] <= 8, "collapse at the far end");
    await page.context().close();
  });

  it("mixes_all_clouds_and_only_the_vaes_are_the_prior", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(5));
    /** @type {Record<string, number>} */
    const shown = {};
    for (const name of ["ae", "vae", "map2"]) {
      await page.check(`#story-of-${name}`);
      await page.waitForFunction((wanted) => document.getElementById("story-mixture")?.dataset.of === wanted, name, PATIENCE);
      shown[name] = await page.locator("#story-distance").evaluate((b) => Number(/** @type {HTMLElement} */ (b).dataset.value));
      assert.deepEqual(numbersIn(await page.locator("#story-distance").textContent()), [Number(shown[name].toFixed(2))]);
    }
    // From the page's own worker, in the plainest way: by elimination.
    const wanted = await page.evaluate(async () => {
      const at = (/** @type {string} */ file) => new URL(file, location.href).href;
      const [{ Client }, { chooseTier }, { fetchDigits }] = await Promise.all([import(at("client.js")), import(at("tier.js")), import(at("rooms/digits.js"))]);
      const client = new Client({ onReplaced: () => {}, onLost: () => {} });
      await client.start(chooseTier(undefined));
      const { pixels } = await fetchDigits("mnist-test.bin");
      /** @type {Record<string, number>} */
      const found = {};
      for (const name of ["ae", "vae"]) {
        const { latent } = await client.load(await (await fetch(at(`models/${name}.safetensors`))).arrayBuffer());
        const mus = /** @type {number[][]} */ ([]);
        const sigmas = /** @type {number[][]} */ ([]);
        for (let i = 0; i < 10_000; i += 500) {
          const { mu, sigma } = await client.encode(pixels.slice(i * 784, (i + 500) * 784));
          for (let row = 0; row < 500; row += 1) {
            mus.push([...mu.subarray(row * latent, (row + 1) * latent)]);
            sigmas.push([...sigma.subarray(row * latent, (row + 1) * latent)]);
          }
        }
        const mean = mus[0].map((_, j) => mus.reduce((sum, row) => sum + row[j], 0) / mus.length);
        const matrix = mean.map((_, a) => mean.map((_, b) => mus.reduce((sum, row) => sum + (row[a] - mean[a]) * (row[b] - mean[b]), 0) / mus.length
          + (a === b ? sigmas.reduce((sum, row) => sum + row[a] ** 2, 0) / mus.length : 0)));
        const trace = matrix.reduce((sum, row, a) => sum + row[a], 0);
        let logDet = 0;
        for (let a = 0; a < latent; a += 1) {
          logDet += Math.log(matrix[a][a]);
          for (let b = a + 1; b < latent; b += 1) {
            const factor = matrix[b][a] / matrix[a][a];
            for (let c = a; c < latent; c += 1) matrix[b][c] -= factor * matrix[a][c];
          }
        }
        found[name] = (trace + mean.reduce((sum, m) => sum + m * m, 0) - latent - logDet) / 2;
      }
      return found;
    });
    console.log(`scene 5: KL of the mixture to N(0, I) is at least ${shown.ae.toFixed(2)} nats for the AE, ${shown.vae.toFixed(2)} for the VAE, ${shown.map2.toFixed(2)} in two dimensions`);
    for (const name of ["ae", "vae"]) assert.ok(Math.abs(shown[name] - wanted[name]) < 1e-3 * (1 + wanted[name]), `${name}: ${shown[name]} and ${wanted[name]}`);
    assert.ok(shown.ae > 5 * shown.vae, "the theory");
    await page.context().close();
  });

  it("counts_the_digits_that_come_of_noise", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(6));
    await valued(page, "judge");
    const counts = await page.locator(".story-samples output").evaluateAll((all) => all.map((output) => Number(/** @type {HTMLElement} */ (output).dataset.value)));
    assert.deepEqual(await valueOf(page, "judge"), counts);
    // What the page's own worker samples from the prior and reads in it.
    const wanted = await page.evaluate(async () => {
      const at = (/** @type {string} */ file) => new URL(file, location.href).href;
      const [{ Client }, { chooseTier }, { pixelsOf }] = await Promise.all([import(at("client.js")), import(at("tier.js")), import(at("picture.js"))]);
      const client = new Client({ onReplaced: () => {}, onLost: () => {} });
      await client.start(chooseTier(undefined));
      const load = async (/** @type {string} */ name) => (await fetch(at(`models/${name}.safetensors`))).arrayBuffer();
      await client.judge(await load("judge"));
      const inkOf = (/** @type {Uint8Array} */ pixels) => pixels.reduce((sum, value) => sum + value, 0) / 255;
      const { fetchDigits } = await import(at("rooms/digits.js"));
      const { pixels } = await fetchDigits("mnist-test.bin");
      const least = Math.min(...Array.from({ length: 10_000 }, (_, i) => inkOf(pixels.subarray(784 * i, 784 * (i + 1)))));
      const found = [Math.floor(least)];
      for (const name of ["ae", "vae", "beta-4"]) {
        await client.load(await load(name));
        const { reads, pictures } = await client.prior({ seed: 42, count: 100, isLearned: false, tints: { ink: 0, xHat: 0 } });
        found.push(reads.filter((/** @type {{ share: number }} */ { share }, /** @type {number} */ i) => share > 0.9 && inkOf(pixelsOf(pictures[i])) >= 22).length);
      }
      return found;
    });
    console.log(`scene 6, seed 42: ${counts} of 100 samples of AE, VAE and beta = 4 read as digits`);
    assert.deepEqual([22, ...counts], wanted);
    assert.ok(2 * counts[0] < counts[1] && counts[1] < counts[2], "the theory");
    assert.deepEqual(numbersIn(await page.locator("#story-accuracy").textContent())[0], 99.53);
    await page.context().close();
  });

  it("tightens_the_bound_with_k", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(7, "&story.k=500"));
    await page.waitForFunction(() => /^8 of 8/.test(document.getElementById("story-runs")?.textContent ?? ""), null, PATIENCE);
    await own(page);
    const runs = await page.evaluate(async () => {
      const { studio, pixels } = /** @type {any} */ (window).own;
      await studio.model("vae");
      const all = [];
      for (let seed = 1; seed <= 8; seed += 1) all.push(await studio.bound({ model: "vae", pixels, seed, most: 500 }));
      return all.map((/** @type {Float64Array} */ each) => [each[0], each[499]]);
    });
    const [one, many] = [0, 1].map((i) => runs.reduce((sum, each) => sum + each[i], 0) / 8);
    assert.deepEqual(await valueOf(page, "bound"), [Number(many.toFixed(2))]);
    assert.deepEqual(numbersIn(await page.locator("#story-gain").textContent()), [Number((many - one).toFixed(2))]);
    assert.ok(many > one + 0.5, `${one} with one, ${many} with 500`);
    await page.locator("#story-k").press("Home");
    await page.waitForFunction(() => !location.hash.includes("story.k="));
    assert.deepEqual(await valueOf(page, "bound"), [Number(one.toFixed(2))]);
    await page.context().close();
  });

  it("lights_up_parts_and_shows_the_lines_of_rust_as_they_stand", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(4));
    const { regions } = await page.evaluate(async () => (await fetch("excerpts/rust.json")).json());
    for (const name of Object.values(CHOICES).flat()) {
      const excerpt = regions[SYMBOLS[name].region];
      assert.ok(excerpt, `the region of ${name}`);
      const source = readFileSync(new URL(`../../${excerpt.file}`, import.meta.url), "utf8").split("\n");
      const from = source.slice(excerpt.line - 1).filter((line) => !/^\s*\/\/ (region: |endregion)/.test(line));
      excerpt.lines.forEach((/** @type {string} */ line, /** @type {number} */ i) => assert.equal(line.trim(), from[i].trim(), `${excerpt.file}:${excerpt.line}`));
    }
    for (let n = 1; n <= 7; n += 1) {
      await page.click(`#story-step-${n}`);
      await isAt(page, n);
      await settled(page);
      for (const choice of await page.locator("[data-choice]").all()) {
        await choice.click();
        const name = await choice.getAttribute("data-choice");
        assert.ok(await page.evaluate(() => document.querySelectorAll(".story-figure .is-lit, #pad.is-lit").length) > 0, `parts of ${name} in scene ${n}`);
      }
    }
    await page.click("#story-step-4");
    await isAt(page, 4);
    for (const name of CHOICES.price) {
      await page.click(`[data-choice="${name}"]`);
      const { file, line, lines } = regions[SYMBOLS[name].region];
      await page.waitForFunction((where) => document.querySelector(".story-code figcaption")?.textContent === where, `${file}:${line}`);
      assert.equal(await page.locator(".story-code code").textContent(), lines.join("\n"));
    }
    await page.hover('.story-formula [data-symbol="recon"]');
    await page.waitForFunction((where) => document.querySelector(".story-code figcaption")?.textContent?.startsWith(where), regions.reconstruction.file);
    await page.mouse.move(0, 0);
    await page.waitForFunction((where) => document.querySelector(".story-code figcaption")?.textContent?.startsWith(where), regions[SYMBOLS.beta.region].file);
    await page.context().close();
  });

  it("is_nothing_serious_for_axe_and_fits_every_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page, complaints } = await newPage(browser, { colorScheme });
      await open(page, scene(1));
      for (let n = 1; n <= 7; n += 1) {
        await page.click(`#story-step-${n}`);
        await isAt(page, n);
        await settled(page);
        for (const width of [1440, 1024, 768, 360]) {
          await page.setViewportSize({ width, height: 900 });
          await settled(page);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `scene ${n} at ${width}`);
          if (width === 1440) {
            const bottom = await page.evaluate(() => document.querySelector(".story-figure")?.getBoundingClientRect().bottom ?? 0);
            assert.ok(bottom <= 900, `scene ${n}: the figure ends at ${bottom}`);
          }
          if (width === 1440 || width === 360) assert.deepEqual(await seriousFindings(page), [], `scene ${n} at ${width}, ${colorScheme}`);
        }
        await page.setViewportSize({ width: 1440, height: 900 });
      }
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });

  it("opens_at_what_a_link_says_and_passes_over_what_is_none", async () => {
    const { page } = await newPage(browser);
    await open(page, scene(6, "&story.samples=7&story.against=10"));
    await valued(page, "judge");
    assert.equal(await page.locator("#story-samples").inputValue(), "7");
    assert.equal(await page.locator("#story-against").inputValue(), "10");
    assert.match(await page.locator(".story-samples h3").nth(2).innerText(), /β = 10$/);
    await page.context().close();
    const other = await newPage(browser);
    await open(other.page, "#room=story&story.scene=99&story.eps=-1&story.k=0");
    await isAt(other.page, 1);
    await other.page.click("#story-step-7");
    await valued(other.page, "bound");
    assert.match(await other.page.locator(".story-beta-now").innerText(), /k = 1$/);
    await other.page.context().close();
  });

  it("says_what_could_not_be_fetched_and_tries_again", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/vae.safetensors", (route) => route.abort());
    await open(page, scene(4));
    await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
    assert.match(await page.locator("#status").innerText(), /vae\.safetensors/);
    await page.unroute("**/models/vae.safetensors");
    await page.locator("#story-beta").press("ArrowRight");
    await page.locator("#story-beta").press("ArrowLeft");
    await page.waitForFunction(() => document.querySelector('[data-choice="beta"] .value')?.textContent?.trim() === "1");
    await valued(page, "kl");
    await page.context().close();
  });

  it("draws_lines_that_hold_the_shares_they_are_said_to", () => {
    const side = 81;
    const density = Float32Array.from({ length: side * side }, (_, i) => Math.exp(-(((i % side) - 40) ** 2 + (Math.floor(i / side) - 40) ** 2) / 200));
    const levels = levelsOf(density, [1, 2, 3].map((r) => 1 - Math.exp((-r * r) / 2)));
    levels.forEach((level, i) => {
      const pieces = contour(density, side, level);
      assert.ok(pieces.length > 40 && pieces.length % 4 === 0);
      for (let at = 0; at < pieces.length; at += 2) {
        const radius = Math.hypot(pieces[at] - 40, pieces[at + 1] - 40) / 10;
        assert.ok(Math.abs(radius - i - 1) < 0.06, `${radius} on the line of ${i + 1}`);
      }
    });
  });
});
