// @ts-check
/** Nothing of a run is lost: a reload, a full disk, numbers that are no longer finite; and files out and in. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { settingsOf } from "../../www/rooms/train/imported.js";
import { logOf as csvOf } from "../../www/rooms/train/log.js";
import { recordOf } from "../../www/rooms/train/safetensors.js";
import { changedFromPreset, configOf, readSettings } from "../../www/rooms/train/settings.js";
import { StepLog } from "../../www/rooms/train/step-log.js";
import { launch, newPage, ready, settled } from "./browser.mjs";
import { enter, isAway, kept, linked, logOf, reached, saved, says, shown, SMALL, stepOf, takeSteps } from "./training.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** A safetensors file with this header. @param {object | string} header @param {number} [rest]  bytes after it */
function fileOf(header, rest = 0) {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + rest);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

describe("a file's record", () => {
  it("is_read", () => {
    const header = { __metadata__: { "latent-ink": '{"format":1}' }, a: { dtype: "F32", shape: [1], data_offsets: [0, 4] } };
    assert.deepEqual(recordOf(fileOf(header, 4)), { format: 1 });
    assert.throws(() => recordOf(fileOf(header, 3)), { message: /^expected \d+ bytes by its header, got \d+ bytes$/ });
    assert.throws(() => recordOf(fileOf(header, 5)), /by its header/);
  });

  it("is_missed_in_words", () => {
    for (const [bytes, message] of /** @type {[Uint8Array, RegExp][]} */ ([
      [new Uint8Array(), /^expected a safetensors file, got 0 bytes$/],
      [new TextEncoder().encode("this is a text and no such file"), /does not begin with a safetensors header/],
      [fileOf("no json"), /does not begin with/],
      [fileOf({ a: { dtype: "F32", shape: [0], data_offsets: [0, 0] } }), /without a record of ours/],
      [fileOf({ __metadata__: { "latent-ink": "7" } }), /without a record of ours/],
    ])) assert.throws(() => recordOf(bytes), { message });
  });
});

describe("a run that comes in a file", () => {
  /** As Rust writes it: 32-bit numbers as 64-bit ones, names in order, everything said. @param {ReturnType<typeof configOf>} config */
  const asRust = ({ model, training }) => JSON.parse(JSON.stringify({ model, training: {
    samples: 1, augment: { rotate: 0, shear: 0, scale: 0, shift: 0, stroke: 0, probability: 0 }, augment_until: 1, ...training,
  } }, (_, value) => (typeof value === "number" ? Math.fround(value) : value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value)));

  it("gets_the_settings_that_it_had", () => {
    for (const own of /** @type {Record<string, string>[]} */ ([{}, { "train.net": "ae" }, { "train.net": "map" }, { "train.network": "residual", "train.rate": "0.0007", "train.augment": "on" }, { "train.pixels": "static" }])) {
      const settings = readSettings({ ...own, "train.seed": "3", "train.epochs": "12" });
      const read = settingsOf({ config: asRust(configOf(settings, 10_000)), seed: 3, epochs: 12, data: "" }, readSettings({}));
      assert.deepEqual(read, settings);
    }
    assert.equal(changedFromPreset(readSettings({ "train.epochs": "12" })).length, 1);
  });

  it("brings_its_images_where_they_are_known", () => {
    const settings = readSettings({});
    // At 16 levels, at 256, and in its IDX file.
    for (const mnist of [
      "ff0f9f402cefe88cccdb326648773097ffcc6f9e76c1fb7826fc6d13599e83d2", "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
      "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ]) assert.equal(settingsOf({ config: asRust(configOf(settings, 10_000)), seed: 0, epochs: 8, data: mnist }, settings).data, "60000");
  });

  it("is_refused_where_this_room_could_not_have_begun_it", async () => {
    const here = readSettings({});
    const native = JSON.parse(await readFile(new URL("../../configs/sharp.json", import.meta.url), "utf8"));
    assert.throws(() => settingsOf({ config: native, seed: 0, epochs: 1, data: "" }, here), /one of this room's networks/);
    const config = asRust(configOf(here, 10_000));
    assert.throws(() => settingsOf({ config: { ...config, training: { ...config.training, samples: 5 } }, seed: 0, epochs: 1, data: "" }, here), /another samples/);
    // That of mlp20.json is ours.
    const small = JSON.parse(await readFile(new URL("../../configs/mlp20.json", import.meta.url), "utf8"));
    assert.equal(settingsOf({ config: asRust({ ...small, training: { ...configOf(here, 10_000).training, ...small.training, adam: { beta_1: 0.9, beta_2: 0.99, epsilon: 1e-8 } } }), seed: 0, epochs: 40, data: "" }, here).network, "400");
  });
});

describe("the log of a run", () => {
  it("has_every_step_and_what_was_held_out_where_it_was_measured", () => {
    const log = new StepLog();
    for (let step = 1; step <= 1200; step += 1) log.push({ step, recon: 200 - step / 100, kl: step / 50, norm: 3, rate: 1e-3, beta: 1, trained: step * 10 });
    const again = new StepLog(log.numbers);
    assert.equal(again.length, 1200);
    assert.deepEqual([again.at(-1), again.at(1200)], [log.at(1199), undefined]);
    const lines = csvOf({ log: again, stepsPerEpoch: 78, measures: [{ step: 0, recon: 240, kl: 1, klPerDim: new Float64Array(2) }, { step: 2, recon: 180, kl: 5, klPerDim: new Float64Array(2) }] }).split("\n");
    assert.deepEqual(lines.slice(0, 4), [
      "epoch,step,recon,kl,norm,learning_rate,beta,seconds,held_out_recon,held_out_kl",
      "0,0,,,,,,0.00,240.0000,1.0000",
      "1,1,199.9900,0.0200,3.0000,1.000000e-3,1,0.01,,",
      "1,2,199.9800,0.0400,3.0000,1.000000e-3,1,0.02,180.0000,5.0000",
    ]);
    assert.match(lines[80], /^2,79,/);
    assert.equal(lines.length, 1203);
  });
});

describe("nothing of a run is lost", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  /** All that is drawn of the model. @param {Page} page */
  const pictures = (page) => page.evaluate(() => [...document.querySelectorAll("#train-pictures canvas, #reconstruction")].map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));

  /** What each step told, without the clock. @param {Page} page */
  const steps = async (page) => (await logOf(page)).filter(({ step }) => step > 0).map(({ seconds: _, held_out_recon: __, held_out_kl: ___, ...rest }) => rest);

  it("a_reload_goes_on_bit_for_bit", async () => {
    const settings = `${SMALL}&train.ema=0.9&train.workers=2`;
    const { page: whole } = await newPage(browser);
    await enter(whole, settings);
    await takeSteps(whole, 6);
    const [log, drawn] = [await steps(whole), await pictures(whole)];
    await whole.context().close();

    const { page, complaints } = await newPage(browser);
    await enter(page, settings);
    await takeSteps(page, 3);
    await kept(page, 3);
    await page.reload();
    await ready(page);
    await says(page, "train-offer", /kept from before, after step 3 of 3120, just now/);
    assert.equal(await stepOf(page), -1); // nothing goes on by itself
    await page.click("#train-continue");
    await isAway(page, "train-offer");
    await reached(page, 3);
    assert.equal(await page.innerText("#train-play"), "Go on"); // it stood, and so it does
    await takeSteps(page, 3, 3);
    assert.deepEqual(await steps(page), log);
    assert.equal(log.length, 6);
    assert.deepEqual(await pictures(page), drawn);
    assert.ok(new Set(drawn).size > 20);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_run_with_other_settings_than_the_address_brings_its_own", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.latent=5`);
    await takeSteps(page, 1);
    await kept(page, 1);
    await page.goto("about:blank");
    await enter(page, "train.seed=9");
    await page.focus("#train-continue");
    await page.keyboard.press("Enter");
    await linked(page, /train\.latent=5/);
    await reached(page, 1);
    assert.doesNotMatch(page.url(), /seed/);
    await page.context().close();
  });

  it("a_kept_run_can_be_discarded_and_a_new_one_takes_its_place", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await takeSteps(page, 1);
    await kept(page, 1);
    await page.reload();
    await says(page, "train-offer", /after step 1 of/);
    await page.click("#train-discard");
    await isAway(page, "train-offer");
    await page.reload();
    await ready(page);
    await takeSteps(page, 2); // time enough for an offer to have come
    assert.equal(await page.isVisible("#train-offer"), false);
    await kept(page, 2);
    await page.click("#train-reset"); // not meant: it can go on
    await says(page, "train-offer", /after step 2 of/);
    await page.click("#train-continue");
    await reached(page, 2);
    await page.context().close();
  });

  it("a_browser_without_room_says_so_and_the_run_goes_on", async () => {
    const { page } = await newPage(browser);
    await page.addInitScript(() => {
      IDBObjectStore.prototype.put = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    await enter(page);
    await takeSteps(page, 1);
    await says(page, "train-kept", /does not keep this run \(there is no room left for it\)/);
    await takeSteps(page, 2, 1);
    await page.context().close();
  });

  it("a_hidden_tab_trains_on_is_kept_and_draws_nothing", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.speed=10`);
    const turn = (/** @type {boolean} */ isHidden) => page.evaluate((hidden) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
      document.dispatchEvent(new Event("visibilitychange"));
    }, isHidden);
    await page.click("#train-play");
    await shown(page, 5);
    await turn(true);
    const hiddenAt = await stepOf(page);
    await kept(page, 5);
    await settled(page);
    const drawn = Number(await page.getAttribute("#train-pictures", "data-step"));
    await reached(page, hiddenAt + 60);
    assert.equal(Number(await page.getAttribute("#train-pictures", "data-step")), drawn);
    await turn(false);
    await says(page, "train-said", /It took \d+ steps while the tab was hidden/);
    await shown(page, hiddenAt + 60);
    await page.context().close();
  });

  it("a_run_that_comes_apart_is_stopped_and_half_the_rate_goes_on_from_the_last_good_state", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.decay=none`);
    await takeSteps(page, 4);
    await kept(page, 4);
    // By the address, since no slider goes that far.
    await page.evaluate(() => { location.hash = location.hash.replace("decay=none", "decay=none&train.warmUp=0&train.rate=1000"); });
    await page.click("#train-play");
    await says(page, "train-trouble", /beyond all measure. Its last good state, after step 4, is kept/);
    const stopped = await stepOf(page);
    assert.ok(stopped > 100);
    assert.equal(await page.isDisabled("#train-play"), true);
    await page.click("#train-half");
    await linked(page, /train\.rate=500/);
    await page.waitForFunction((step) => Number(/step (\d+)/.exec(document.getElementById("train-progress")?.textContent ?? "")?.[1] ?? 1e9) < step, stopped);
    const log = (await logOf(page)).filter(({ step }) => step > 0);
    assert.deepEqual(log.slice(0, 4).map(({ step }) => step), [1, 2, 3, 4]);
    assert.ok(log[3].learning_rate < 1 && (log[4]?.learning_rate ?? 500) === 500);
    await page.context().close();
  });

  it("numbers_that_are_not_finite_stop_a_run_and_half_the_rate_begins_again", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.rate=1000000&train.warmUp=0`);
    await page.click("#train-play");
    await says(page, "train-trouble", /stopped at step \d+: its numbers were no longer finite. It had no good state since its beginning/);
    await page.click("#train-half");
    await linked(page, /train\.rate=500000/);
    await page.context().close();
  });

  it("weights_leave_with_their_record_and_come_back_as_the_pages_model", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, `${SMALL}&train.seed=4`);
    await page.click("#train-more summary");
    await page.selectOption("#train-pixels", { label: "drawn once, and kept" });
    await linked(page, /train\.pixels=static/);
    await takeSteps(page, 2);
    const { name, bytes } = await saved(page, "#train-save-weights");
    assert.equal(name, "latent-ink-vae20-10000-step-2.safetensors");
    const { format, config, training, metrics } = recordOf(bytes);
    assert.equal(format, 1);
    assert.deepEqual(config.encoder, [{ dense: 200 }, "relu"]);
    assert.deepEqual([training.config.pixels, metrics.pixels], ["static", "static"]);
    assert.deepEqual([training.seed, training.steps, training.workers, training.first_losses.length], [4, 2, 1, 2]);
    assert.equal(training.data, "7c96ec80cb71319deccc2398cc3fa6eb212b5e8430bf484c23cc1099a9df263f");
    assert.equal(metrics.held_out.kl_per_dim.length, 20);
    const drawn = await page.evaluate(() => /** @type {HTMLCanvasElement} */ (document.getElementById("reconstruction")).toDataURL());
    await page.goto("about:blank");
    await enter(page, "");
    await page.setInputFiles("#train-file", { name, mimeType: "", buffer: bytes });
    await says(page, "train-said", /step-2\.safetensors is the page's model now/);
    await settled(page);
    assert.equal(await page.locator("#model option:checked").innerText(), "Yours: latent-ink-vae20-10000-step-2");
    assert.equal(await page.evaluate(() => /** @type {HTMLCanvasElement} */ (document.getElementById("reconstruction")).toDataURL()), drawn);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_state_leaves_and_goes_on_in_another_browser_by_a_drop", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.latent=7`);
    await takeSteps(page, 3);
    const { name, bytes } = await saved(page, "#train-save-state");
    assert.match(name, /step-3\.state\.safetensors$/);
    await takeSteps(page, 1, 3);
    const last = (await steps(page)).at(-1);
    await page.context().close();

    const { page: other } = await newPage(browser);
    await enter(other, "");
    await other.evaluate(([base64, called]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], called));
      document.querySelector(".room-train")?.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, [bytes.toString("base64"), name]);
    await says(other, "train-said", /stands where it was left, after step 3/);
    await linked(other, /train\.latent=7/);
    await takeSteps(other, 1, 3);
    assert.deepEqual(await steps(other), [last]); // its own log begins where it was taken up
    await other.context().close();
  });

  it("a_state_of_the_same_digits_at_256_levels_goes_on_and_says_so", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    await takeSteps(page, 2);
    const { bytes } = await saved(page, "#train-save-state");
    const [coarse, fine] = ["7c96ec80cb71319deccc2398cc3fa6eb212b5e8430bf484c23cc1099a9df263f", "2f7182bf021ffc5c1f62db987487f14d899b5c639f421a80f3095affc09a7db2"];
    const at = bytes.indexOf(coarse);
    assert.ok(at > 0);
    bytes.write(fine, at); // as the native program would have written it, had it seen these digits alone
    await page.setInputFiles("#train-file", { name: "fine.state.safetensors", mimeType: "", buffer: bytes });
    await says(page, "train-said", /after step 2\. Its images had 256 levels of grey; the page has them at 16/);
    await takeSteps(page, 1, 2);
    const again = await saved(page, "#train-save-state");
    assert.equal(recordOf(again.bytes).run.data, coarse);
    // Of other images altogether none goes on.
    bytes.write("0".repeat(64), at);
    await page.setInputFiles("#train-file", { name: "other.state.safetensors", mimeType: "", buffer: bytes });
    await page.waitForFunction(() => /got one on other images/.test(document.getElementById("status")?.textContent ?? ""));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_wrong_file_is_refused_in_a_sentence_and_nothing_changes", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await takeSteps(page, 1);
    const log = await steps(page);
    const { bytes } = await saved(page, "#train-save-weights");
    const judge = await readFile(new URL("../../www/models/judge.safetensors", import.meta.url));
    const wrong = Buffer.from(bytes);
    wrong.fill(0xff, wrong.length - 400); // NaN in the last tensor
    for (const [name, buffer, message] of /** @type {[string, Buffer, RegExp][]} */ ([
      ["a.safetensors", Buffer.from("not one"), /^a\.safetensors: expected a safetensors file, got 7 bytes\.$/],
      ["cut.safetensors", bytes.subarray(0, 5000), /^cut\.safetensors: expected [\d.]+ MB by its header, got 5000 bytes\.$/],
      ["judge.safetensors", judge, /^judge\.safetensors: expected an autoencoder, got a classifier/],
      ["nan.safetensors", wrong, /^nan\.safetensors: .*NaN/],
    ])) {
      await page.setInputFiles("#train-file", { name, mimeType: "", buffer });
      await says(page, "train-said", message);
    }
    await settled(page);
    assert.deepEqual(await steps(page), log);
    assert.equal(await page.locator("#model option:checked").innerText(), "Yours: VAE, 20 dimensions");
    await takeSteps(page, 1, 1);
    await page.context().close();
  });
});
