// @ts-check
/** The worker and what can go wrong with it: tiers, models that are not what they should be, crashes. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { BASE_URL, DIGITS, difference, draw, inkOn, launch, newPage, open, settled, shownNumbers } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
const status = (page) => page.locator("#status").innerText();

/**
 * @param {Page} page
 * @param {"ready" | "error"} mood
 * @param {RegExp} text
 */
async function waitForStatus(page, mood, text) {
  await page.waitForFunction(
    ([wanted, pattern]) => {
      const element = document.getElementById("status");
      return element?.dataset.mood === wanted && new RegExp(pattern).test(element.textContent ?? "");
    },
    [mood, text.source],
    { timeout: 20_000 },
  );
}

describe("the engine", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("the_best_tier_runs_and_another_can_be_asked_for", async () => {
    for (const [address, name] of [["", "relaxed SIMD"], ["?tier=simd128", "SIMD"], ["#tier=scalar", "scalar"]]) {
      const { page, complaints } = await newPage(browser);
      await open(page, address);
      assert.equal(await page.locator("#tier").innerText(), name);
      assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
      assert.match(await page.locator("#ms").innerText(), /^\d+\.\d ms$/);
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });

  it("all_tiers_give_the_same_eps_and_close_results", async () => {
    const { page } = await newPage(browser);
    await page.goto(BASE_URL);
    const all = await page.evaluate(async () => {
      const here = (/** @type {string} */ path) => new URL(path, location.href).href;
      const { EXAMPLES } = await import(here("examples.js"));
      const index = await (await fetch(here("models/index.json"))).json();
      const weights = await (await fetch(here(`models/${index.models[0].file}`))).arrayBuffer();
      const results = [];
      for (const tier of ["scalar", "simd128", "relaxed"]) {
        const worker = new Worker(here("worker.js"), { type: "module" });
        const ask = (/** @type {object} */ request) => new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error.message)) : resolve(data.result));
          worker.postMessage({ id: 1, ...request });
        });
        const started = await ask({ action: "start", tier });
        await ask({ action: "load", weights });
        const eps = await ask({ action: "eps", seed: 7, rows: 3, latent: index.models[0].latent });
        const { mu, z, reconstruction } = await ask({
          action: "draw", strokes: EXAMPLES[5].strokes, isNormalised: true, zSeed: 3, isMean: false, tints: { ink: 0, xHat: 0 },
        });
        results.push({ tier: started.tier, eps: [...eps], mu: [...mu], z: [...z], alpha: [...reconstruction].filter((_, i) => i % 4 === 3) });
        worker.terminate();
      }
      return results;
    });
    const [scalar, ...others] = all;
    assert.deepEqual(all.map(({ tier }) => tier), ["scalar", "simd128", "relaxed"]);
    const spread = Math.hypot(...scalar.eps) / Math.sqrt(scalar.eps.length);
    assert.ok(spread > 0.6 && spread < 1.4, `eps has a standard deviation of ${spread}`);
    const largest = Math.max(...scalar.mu.map(Math.abs));
    assert.ok(largest > 0.5);
    for (const other of others) {
      assert.deepEqual(other.eps, scalar.eps, other.tier);
      // relative to the largest |mu|; tiers differ in the order of sums and in fused products
      other.mu.forEach((m, d) => assert.ok(Math.abs(m - scalar.mu[d]) < 1e-3 * largest, `${other.tier} mu ${d}: ${m}, ${scalar.mu[d]}`));
      assert.ok(difference(other, scalar) < 0.002, other.tier);
    }
    assert.ok(scalar.alpha.some((value) => value > 200));
    await page.context().close();
  });

  it("a_corrupt_model_is_refused_in_words_and_everything_stays", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page);
    await draw(page, DIGITS.seven);
    const [name, picture, pad] = [await page.inputValue("#model"), await inkOn(page, "reconstruction"), await inkOn(page, "pad")];
    const { models } = await (await page.request.get(`${BASE_URL}models/index.json`)).json();
    const other = models[1];
    const bytes = await (await page.request.get(`${BASE_URL}models/${other.file}`)).body();
    const bad = {
      truncated: bytes.subarray(0, bytes.length / 2),
      "not a model": Buffer.from("<!doctype html><title>Not found</title>"),
      "a lying header": Buffer.concat([Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), bytes.subarray(8)]),
      empty: Buffer.alloc(0),
    };
    for (const [what, body] of Object.entries(bad)) {
      await page.route(`**/models/${other.file}`, (route) => route.fulfill({ body, contentType: "application/octet-stream" }));
      await page.selectOption("#model", other.name);
      await waitForStatus(page, "error", /could not be used/);
      assert.match(await status(page), new RegExp(`Error: ${other.title} could not be used: .{12,}\\..* stays\\.`), what);
      assert.equal(await page.inputValue("#model"), name, what);
      assert.deepEqual((await inkOn(page, "reconstruction")).alpha, picture.alpha, what);
      assert.deepEqual((await inkOn(page, "pad")).alpha, pad.alpha, what);
      await page.unroute(`**/models/${other.file}`);
      await page.evaluate(() => { /** @type {HTMLElement} */ (document.getElementById("status")).dataset.mood = ""; });
    }
    await page.route(`**/models/${other.file}`, (route) => route.fulfill({ status: 404 }));
    await page.selectOption("#model", other.name);
    await waitForStatus(page, "error", /answered 404/);
    await page.unroute(`**/models/${other.file}`);
    await page.click("#resample");
    await settled(page);
    assert.ok(difference(picture, await inkOn(page, "reconstruction")) > 0.001, "and the earlier model still answers");
    await page.selectOption("#model", other.name);
    await waitForStatus(page, "ready", /^Ready$/);
    assert.equal(await page.inputValue("#model"), other.name, "the whole file is welcome");
    assert.deepEqual(complaints.filter((text) => !text.includes("404")), []);
    await page.context().close();
  });

  it("a_missing_list_of_models_is_said_and_the_example_stays", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/index.json", (route) => route.fulfill({ status: 500 }));
    await page.goto(BASE_URL);
    await waitForStatus(page, "error", /list of models could not be read: index\.json answered 500/);
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
    await page.context().close();
  });

  it("a_crashed_worker_is_replaced_with_drawing_and_model_kept", async () => {
    const { page } = await newPage(browser);
    await open(page);
    await draw(page, DIGITS.two);
    const [picture, z] = [await inkOn(page, "reconstruction"), await shownNumbers(page, "z")];
    await page.workers()[0].evaluate(() => setTimeout(() => { throw new Error("out of ink"); }));
    await waitForStatus(page, "ready", /Ready again.*out of ink.*drawing is as it was/);
    await settled(page);
    assert.deepEqual((await inkOn(page, "reconstruction")).alpha, picture.alpha);
    assert.deepEqual(await shownNumbers(page, "z"), z);
    await draw(page, DIGITS.seven.slice(0, 1));
    assert.ok(difference(picture, await inkOn(page, "reconstruction")) > 0.02, "and it computes again");
    await page.context().close();
  });

  it("a_panic_in_the_core_replaces_the_worker", async () => {
    const { page } = await newPage(browser);
    // The glue of the first worker panics in its third encode; later workers get it as it is.
    let served = 0;
    await page.route("**/pkg/*/latent_ink.js", async (route) => {
      const response = await route.fetch();
      const patch = `
        let encoded = 0;
        const encode = Model.prototype.encode;
        Model.prototype.encode = function (x) {
          if ((encoded += 1) === 3) throw new WebAssembly.RuntimeError("unreachable");
          return encode.call(this, x);
        };`;
      served += 1;
      await route.fulfill({ response, body: await response.text() + (served === 1 ? patch : "") });
    });
    await open(page);
    for (let i = 0; i < 4 && served === 1; i += 1) {
      await page.click("#resample");
      await settled(page);
    }
    await waitForStatus(page, "ready", /Ready again.*unreachable/);
    assert.equal(served, 2);
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
    await page.context().close();
  });

  it("a_worker_that_never_answers_is_replaced", async () => {
    const { page } = await newPage(browser);
    await open(page);
    await page.workers()[0].evaluate(() => self.close());
    await page.click("#resample");
    await waitForStatus(page, "ready", /Ready again.*no answer/);
    await settled(page);
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
    await page.context().close();
  });

  it("a_core_that_cannot_start_is_said", async () => {
    const { page } = await newPage(browser);
    await page.route("**/*.wasm", (route) => route.fulfill({ body: Buffer.from("not wasm"), contentType: "application/wasm" }));
    await page.goto(BASE_URL);
    await waitForStatus(page, "error", /Error: /);
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000, "the example stays");
    await page.context().close();
  });
});
