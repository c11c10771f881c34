// @ts-check
/** Training in the page: the same run as natively and every time, live, and in other rooms afterwards. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { BASE_URL, DIGITS, draw, inkOn, judged, launch, newPage, ready, seriousFindings, settled } from "./browser.mjs";
import { longestTask } from "./training.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} [hash] */
async function enter(page, hash = "#room=train") {
  await page.goto(BASE_URL + hash);
  await ready(page);
  await page.waitForSelector("#train-play");
}

/** @param {Page} page @param {number} step  waits until the run is there */
const reached = (page, step) => page.waitForFunction((least) =>
  Number(/step (\d+)/.exec(document.getElementById("train-progress")?.textContent ?? "")?.[1]) >= least, step, { timeout: 60_000 });

/** @param {Page} page @param {number} step  waits until the page's model is the one after it, or a later one, and its pictures are there */
const shown = async (page, step) => {
  await page.waitForFunction((least) => Number(document.getElementById("train-pictures")?.dataset.step ?? -1) >= least, step, { timeout: 60_000 });
  await settled(page);
};

/** @param {Page} page @returns {Promise<number>} nats, of the held-out digits */
const measured = async (page) => {
  const text = await page.innerText("#train-measured");
  return Number(/^(?:recon )?([\d.]+)/.exec(text)?.[1]);
};

describe("training in the page", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("takes_the_steps_that_the_native_program_took", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    const { runs } = JSON.parse(await readFile(new URL("../fixtures/native-runs.json", import.meta.url), "utf8"));
    const native = runs.find((/** @type {any} */ { images }) => images === 60_000);
    const here = await page.evaluate(async ({ config, seed, epochs, losses }) => {
      const load = (/** @type {string} */ path) => import(new URL(path, document.baseURI).href);
      const { loadData } = await load("rooms/train/data.js");
      const { unpackPixels } = await load("rooms/levels.js");
      const core = await load("pkg/trainer/relaxed/latent_ink.js");
      await core.default();
      const { train: { images, bits, labels } } = await loadData("60000", () => {}, new AbortController().signal);
      const trainer = new core.Trainer(JSON.stringify(config), unpackPixels(images, bits), labels, seed, epochs, "");
      return losses.map(() => {
        const [recon, kl] = trainer.train(0);
        return recon + kl;
      });
    }, native);
    assert.equal(here.length, 20);
    assert.ok(here[19] < here[0] && new Set(here).size === 20);
    here.forEach((/** @type {number} */ loss, /** @type {number} */ i) => assert.ok(Math.abs(loss / native.losses[i] - 1) < 1e-3, `step ${i + 1}: ${loss} here, ${native.losses[i]} there`));
    await page.context().close();
  });

  it("no_task_holds_the_page_up_from_play_to_the_200th_step", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, "#room=train&train.data=60000&train.workers=1&train.pixels=static");
    const work = () => page.evaluate(() => Array.from({ length: 3e6 }, (_, i) => Math.sin(i)).reduce((a, b) => a + b, 0));
    assert.ok(await longestTask(page, work) > 50, "a long task is seen");
    const longest = await longestTask(page, async () => {
      await page.click("#train-play");
      await reached(page, 200);
    });
    assert.ok(longest > 0 && longest <= 50, `${longest} ms`);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("learns_to_reconstruct_what_it_has_not_seen_and_the_drawing", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    await page.click("#train-play");
    await reached(page, 1);
    await page.waitForFunction(() => document.getElementById("train-measured")?.textContent);
    const first = await measured(page);
    assert.ok(first > 180, `${first} nats before it has learnt much`);
    await reached(page, 250);
    await page.click("#train-play");
    await page.waitForFunction(() => document.getElementById("train-play")?.textContent === "Go on");
    await shown(page, 250);
    assert.ok(await measured(page) < 135, `${await measured(page)} nats`);
    await draw(page, DIGITS.seven);
    assert.ok((await inkOn(page, "reconstruction")).sum > 10_000);
    await judged(page);
    assert.equal(await page.locator("#model option:checked").innerText(), "Yours: VAE, 20 dimensions");
    // It is the page's model elsewhere too, and in no link.
    await page.click('[data-room-link="draw"]');
    await settled(page);
    assert.equal(await page.locator("#sample li").count(), 20);
    assert.doesNotMatch(page.url(), /yours/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("the_same_seed_is_the_same_run_and_another_is_another", async () => {
    const { page } = await newPage(browser);
    const runs = [];
    for (const hash of ["#room=train&train.workers=1", "#room=train&train.workers=1", "#room=train&train.workers=1&train.seed=5"]) {
      await page.goto("about:blank");
      await enter(page, hash);
      for (let i = 1; i <= 3; i += 1) {
        await page.click("#train-step");
        await reached(page, i);
      }
      await shown(page, 3);
      runs.push([await page.innerText("#train-measured"), Buffer.from((await inkOn(page, "reconstruction")).alpha).toString("base64")]);
    }
    assert.deepEqual(runs[1], runs[0]);
    assert.notEqual(runs[2][1], runs[0][1]);
    await page.context().close();
  });

  it("beta_and_learning_rate_act_on_the_run_and_presets_start_another", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    await page.click("#train-play");
    await reached(page, 60);
    await page.locator("#train-beta").fill("10");
    await page.waitForFunction(() => Number(/KL ([\d.]+)/.exec(document.getElementById("train-measured")?.textContent ?? "")?.[1]) < 8, undefined, { timeout: 60_000 });
    await page.selectOption("#train-preset", "ae");
    assert.equal(await page.locator("#train-beta").isDisabled(), true);
    await page.click("#train-new-run"); // the run that there is goes on until then
    await page.waitForFunction(() => /plain autoencoder/.test(document.querySelector("#model option:checked")?.textContent ?? ""), undefined, { timeout: 60_000 });
    await reached(page, 30);
    await page.waitForFunction(() => /plain autoencoder/.test(document.getElementById("train-measured")?.textContent ?? ""));
    assert.match(page.url(), /train\.net=ae/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_failed_fetch_is_said_and_another_attempt_works", async () => {
    const { page } = await newPage(browser);
    await page.route("**/digits/index.json", (route) => route.abort());
    await enter(page);
    await page.click("#train-play");
    await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "error");
    assert.match(await page.innerText("#status"), /index\.json/);
    await page.unroute("**/digits/index.json");
    await page.click("#train-play");
    await reached(page, 5);
    await page.context().close();
  });

  it("has_nothing_serious_for_axe_and_fits_a_phone", async () => {
    for (const [colorScheme, width] of /** @type {["light" | "dark", number][]} */ ([["light", 1440], ["dark", 360]])) {
      const { page } = await newPage(browser, { colorScheme, viewport: { width, height: 800 }, hasTouch: width < 400 });
      await enter(page);
      await page.click("#train-step");
      await reached(page, 1);
      await settled(page);
      assert.deepEqual(await seriousFindings(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0);
      await page.context().close();
    }
  });
});
