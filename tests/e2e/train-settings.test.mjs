// @ts-check
/** The settings of a run: each by mouse or keyboard, in the link and back; what acts at once, and what needs a new run. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { NETWORKS } from "../../www/rooms/train/networks.js";
import {
  changedFromPreset, configOf, differences, KINDS, NAMES, PRESETS, readSettings, valueOf, writePreset, writeSettings,
} from "../../www/rooms/train/settings.js";
import { BASE_URL, launch, newPage, ready, seriousFindings, settled } from "./browser.mjs";
import { enter, isAway, linked, logOf, reached, says, shown, SMALL, stepOf, takeSteps } from "./training.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** As a link has them. @param {Record<string, string | undefined>} settings @returns {Record<string, string>} */
const own = (settings) => Object.fromEntries(Object.entries(settings).flatMap(([name, text]) => (text === undefined ? [] : [[`train.${name}`, text]])));

describe("settings as text", () => {
  it("come_back_from_their_link", () => {
    const settings = readSettings(own({
      net: "beta4", data: "fashion", rate: "0.0005", beta: "2.5", klWarmUp: "3", freeBits: "0.1", warmUp: "0", decay: "cosine", clip: "200", beta1: "0.8",
      beta2: "0.999", epsilon: "1e-7", augment: "on", speed: "10", network: "residual", latent: "64", pixels: "static", likelihood: "gaussian", epochs: "5",
      batch: "32", ema: "0.99", seed: "4294967295", workers: "2",
    }));
    assert.equal(changedFromPreset(settings).length, 18);
    assert.deepEqual(readSettings(own(writeSettings(settings))), settings);
    assert.deepEqual(writeSettings(readSettings({})), Object.fromEntries([...NAMES, "net"].map((name) => [name, undefined])));
  });

  it("that_cannot_be_are_as_if_not_said", () => {
    const usual = readSettings({});
    for (const [name, ...texts] of /** @type {[import("../../www/rooms/train/settings.js").Name, ...string[]][]} */ ([
      ["latent", "0", "65", "2.5", "", " ", "two", "NaN"], ["rate", "0", "-1", "1e7", "Infinity"], ["beta", "-1", "1001"], ["decay", "exponential"],
      ["network", "constructor", "9"], ["data", "70000", "__proto__"], ["seed", "-1", "4294967296"], ["ema", "1"], ["workers", "5"],
    ])) for (const text of texts) {
      assert.equal(valueOf(name, text), undefined, `${name}=${text}`);
      assert.deepEqual(readSettings({ [`train.${name}`]: text }), usual);
    }
    assert.deepEqual(readSettings({ "train.net": "toString" }), usual);
  });

  it("a_preset_sets_all_others_but_where_it_runs_and_what_it_learns_from", () => {
    const before = { data: "60000", seed: "7", workers: "1", speed: "5", batch: "64", latent: "9", rate: "0.1" };
    for (const preset of Object.keys(PRESETS)) {
      const settings = readSettings(own({ ...before, ...writePreset(preset) }));
      assert.deepEqual(changedFromPreset(settings), []);
      assert.deepEqual([settings.data, settings.seed, settings.workers, settings.speed], ["60000", 7, 1, 5]);
    }
    assert.ok(Number.isNaN(readSettings(own({ net: "ae", beta: "3" })).beta));
  });

  it("differ_by_what_needs_a_new_run_and_nothing_else", () => {
    const run = readSettings({});
    for (const name of NAMES) {
      const { choices, acts, least = 0 } = KINDS[name];
      const other = { ...run, [name]: choices ? choices.find((value) => value !== run[name]) : least + 1 };
      assert.deepEqual(differences(run, other), acts === "new run" ? [name] : [], name);
    }
    assert.deepEqual(differences(run, readSettings(own({ net: "beta4" }))), []);
    assert.deepEqual(differences(run, readSettings(own({ net: "map" }))), ["network", "latent"]);
  });

  it("make_a_config_that_says_everything", () => {
    const { model, training } = configOf(readSettings(own({ net: "ae", klWarmUp: "4", freeBits: "1", augment: "on", batch: "300" })), 60);
    assert.deepEqual(model.latent, { plain: { size: 20 } });
    assert.deepEqual(model.encoder, NETWORKS[400].encoder);
    assert.equal(training.batch, 60); // there are no more images
    assert.deepEqual([training.kl_warm_up, training.free_bits], [0, 0]); // without KL there are none
    assert.equal(/** @type {any} */ (training).augment.rotate, 10);
  });
});

describe("the settings of a run", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  /** What each control is given: a number is typed, of a select the next or the one before is taken by its arrow key. @type {[string, string][]} */
  const BY_KEYBOARD = [
    ["klWarmUp", "5"], ["freeBits", "0.25"], ["warmUp", "10"], ["decay", "ArrowDown"], ["clip", "200"], ["beta1", "0.8"], ["beta2", "0.999"],
    ["epsilon", "1e-6"], ["augment", "ArrowDown"], ["speed", "ArrowDown"], ["kind", "ArrowDown"], ["network", "ArrowDown"], ["latent", "12"],
    ["pixels", "ArrowDown"], ["likelihood", "ArrowDown"], ["epochs", "3"], ["batch", "64"], ["ema", "0.9"], ["seed", "11"], ["workers", "ArrowDown"],
    ["data", "ArrowDown"],
  ];

  it("are_all_set_by_the_keyboard_kept_in_the_link_and_taken_back_by_undo", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, "");
    await page.focus("#train-more summary");
    await page.keyboard.press("Enter");
    for (const [name, keys] of BY_KEYBOARD) {
      await page.focus(`#train-${name}`);
      if (!keys.startsWith("Arrow")) await page.fill(`#train-${name}`, keys);
      await page.keyboard.press(keys.startsWith("Arrow") ? keys : "Tab");
      await linked(page, new RegExp(`train\\.${name}=`));
    }
    await page.focus("#train-rate");
    await page.keyboard.press("ArrowRight");
    await linked(page, /train\.rate=0\.0045/);
    const values = () => page.evaluate(() => Object.fromEntries([...document.querySelectorAll(".room-train :is(input, select):not([type=file])")]
      .map((control) => [control.id, /** @type {HTMLInputElement} */ (control).value])));
    const set = await values();
    assert.equal(set["train-latent"], "12");
    assert.match(await page.innerText("#train-more summary"), /1[78] changed/);
    assert.equal(await page.isDisabled("#train-beta"), true); // a plain autoencoder has no KL
    await page.goto("about:blank");
    await page.goBack();
    await ready(page);
    await page.waitForSelector("#train-play");
    await settled(page);
    assert.deepEqual(await values(), set);
    // Undo takes it all back, one after the other.
    await enter(page, "");
    const usual = await values();
    await page.click("#train-more summary");
    for (const [name, text] of [["latent", "2"], ["epochs", "9"], ["klWarmUp", "1"]]) {
      await page.fill(`#train-${name}`, text);
      await page.keyboard.press("Tab");
      await linked(page, new RegExp(`train\\.${name}=${text}`));
    }
    for (let i = 0; i < 3; i += 1) await page.click("#undo");
    await page.waitForFunction(() => !location.hash.includes("train."));
    assert.deepEqual(await values(), usual);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("follow_the_mouse", async () => {
    const { page } = await newPage(browser);
    await enter(page, "");
    for (const [id, place, pattern] of /** @type {[string, number, RegExp][]} */ ([["rate", 0.25, /train\.rate=0\.00/], ["beta", 0.5, /train\.beta=[45]/]])) {
      const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator(`#train-${id}`).boundingBox());
      await page.mouse.click(box.x + box.width * place, box.y + box.height / 2);
      await linked(page, pattern);
    }
    await says(page, "train-preset-back", /2 changes/);
    await page.click("#train-preset-back");
    await page.waitForFunction(() => !location.hash.includes("train."));
    await page.selectOption("#train-preset", "collapse");
    await linked(page, /train\.net=collapse/);
    assert.equal(await page.innerText('output[for="train-beta"]'), "60");
    await page.selectOption("#train-data", "60000");
    await linked(page, /train\.data=60000/);
    await page.click("#train-more summary");
    assert.equal(await page.inputValue("#train-epochs"), "8");
    await page.context().close();
  });

  it("mark_what_cannot_be_and_leave_the_link_as_it_was", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await page.click("#train-more summary");
    await page.fill("#train-latent", "65");
    await page.keyboard.press("Tab");
    await page.waitForSelector("#train-latent[aria-invalid]");
    assert.doesNotMatch(page.url(), /latent/);
    await page.fill("#train-latent", "64");
    await page.keyboard.press("Tab");
    await linked(page, /train\.latent=64/);
    assert.equal(await page.locator("#train-latent[aria-invalid]").count(), 0);
    await page.context().close();
  });

  it("act_at_once_and_the_run_goes_on", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, `${SMALL}&train.decay=none&train.warmUp=0`);
    await page.click("#train-more summary");
    await takeSteps(page, 2);
    await page.locator("#train-rate").fill("-4");
    await linked(page, /train\.rate=0\.0001/);
    await page.fill("#train-klWarmUp", "100");
    await page.keyboard.press("Tab");
    await linked(page, /klWarmUp=100/);
    await takeSteps(page, 2, 2);
    assert.equal(await page.isVisible("#train-pending"), false);
    const log = (await logOf(page)).filter(({ step }) => step > 0);
    assert.deepEqual(log.map(({ step }) => step), [1, 2, 3, 4]);
    assert.deepEqual(log.map((line) => line.learning_rate), [4e-3, 4e-3, 1e-4, 1e-4]);
    assert.ok(log[1].beta === 1 && log[3].beta < 0.01, `β is ${log[3].beta} in its warm-up`);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("that_need_a_new_run_leave_the_one_there_is_and_offer_one", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    await page.click("#train-more summary");
    await page.click("#train-play");
    await reached(page, 5);
    await page.fill("#train-latent", "3");
    await page.keyboard.press("Tab");
    await says(page, "train-pending", /goes on as it was.*Dimensions of z: 3\./);
    await linked(page, /train\.latent=3/); // a link has what is set
    await reached(page, await stepOf(page) + 5);
    await page.click("#train-to-run");
    await isAway(page, "train-pending");
    assert.equal(await page.inputValue("#train-latent"), "20");
    await page.click("#undo"); // of going back
    await says(page, "train-pending", /Dimensions of z: 3\./);
    // While another run is set, nothing of it acts on this one.
    await page.selectOption("#train-preset", "map");
    await says(page, "train-pending", /Layers: dense, 400 and 200; Dimensions of z: 2\./);
    await reached(page, await stepOf(page) + 5);
    await page.click("#train-new-run");
    await isAway(page, "train-pending");
    await page.waitForFunction(() => document.querySelector("#model option:checked")?.textContent === "Yours: VAE, 2 dimensions", undefined, { timeout: 120_000 });
    await reached(page, 3);
    assert.equal(await page.innerText("#train-play"), "Pause"); // it played, and so it does
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_refusal_is_said_and_the_run_goes_on", async () => {
    const { page } = await newPage(browser);
    await page.route("**/rooms/train/settings.js", async (route) => {
      const response = await route.fetch();
      // As if the form let through what the trainer does not take.
      await route.fulfill({ response, body: (await response.text()).replace("clip: number(\"at once\", 0, 1e6)", "clip: number(\"at once\", -5, 1e6)") });
    });
    await enter(page);
    await page.click("#train-more summary");
    await takeSteps(page, 1);
    await page.fill("#train-clip", "-1");
    await page.keyboard.press("Tab");
    await says(page, "train-pending", /goes on as it was: .*clip: expected the norm/);
    await takeSteps(page, 1, 1);
    await page.fill("#train-clip", "5");
    await page.keyboard.press("Tab");
    await isAway(page, "train-pending");
    await page.context().close();
  });

  it("one_step_one_epoch_and_the_same_again_after_starting_over", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.batch=1000&train.seed=3`);
    /** @type {Record<string, number>[]} */
    const costs = [];
    for (let i = 0; i < 2; i += 1) {
      await page.click("#train-step");
      await reached(page, 1);
      await page.click("#train-epoch");
      await reached(page, 10);
      await says(page, "train-play", /^Go on$/);
      assert.equal(await stepOf(page), 10);
      await page.click("#train-epoch");
      await reached(page, 20);
      await says(page, "train-play", /^Go on$/);
      assert.equal(await stepOf(page), 20);
      const { step, recon, kl, norm } = /** @type {Record<string, number>} */ ((await logOf(page)).at(-1));
      costs.push({ step, recon, kl, norm });
      await page.focus("#train-reset");
      await page.keyboard.press("Enter");
      await says(page, "train-play", /^Train$/);
      assert.equal(await stepOf(page), -1);
    }
    assert.equal(costs[0].step, 20);
    assert.deepEqual(costs[1], costs[0]);
    await page.context().close();
  });

  it("pictures_a_second_change_nothing_but_the_pictures", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.speed=0`);
    await page.click("#train-play");
    await reached(page, 60);
    assert.equal(await page.getAttribute("#train-pictures", "data-step"), null);
    await page.waitForFunction(() => document.getElementById("train-measured")?.textContent); // numbers go on
    await page.click("#train-more summary");
    await page.selectOption("#train-speed", "10");
    await shown(page, 61);
    await page.context().close();
  });

  it("another_model_chosen_elsewhere_stays_while_the_run_goes_on", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await page.click("#train-play");
    await shown(page, 3);
    await page.click('[data-room-link="draw"]');
    await settled(page);
    await page.selectOption("#model", "vae");
    const chosen = () => page.evaluate(() => /** @type {HTMLSelectElement} */ (document.getElementById("model")).value);
    await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "ready" && /** @type {HTMLSelectElement} */ (document.getElementById("model")).value === "vae");
    await settled(page);
    const drawn = () => page.evaluate(() => /** @type {HTMLCanvasElement} */ (document.getElementById("reconstruction")).toDataURL());
    const before = await drawn();
    await page.click('[data-room-link="train"]');
    await reached(page, await stepOf(page) + 30);
    await settled(page);
    assert.equal(await chosen(), "vae");
    assert.equal(await drawn(), before);
    // Until a person goes on with the run.
    await page.click("#train-play");
    await says(page, "train-play", /^Go on$/);
    await page.click("#train-play");
    await page.waitForFunction(() => /** @type {HTMLSelectElement} */ (document.getElementById("model")).value === "yours");
    await page.context().close();
  });

  it("a_plane_of_ones_own_has_its_own_points_on_the_map", async () => {
    const { page } = await newPage(browser);
    await enter(page, `${SMALL}&train.latent=2`);
    await takeSteps(page, 3);
    const map = async (/** @type {string} */ name) => {
      await page.selectOption("#model", name);
      await page.waitForFunction((wanted) => document.getElementById("status")?.dataset.mood === "ready"
        && /** @type {HTMLSelectElement} */ (document.getElementById("model")).value === wanted, name);
      await settled(page);
      await page.waitForFunction(() => / shown$/.test(document.getElementById("map-progress")?.textContent ?? ""), undefined, { timeout: 120_000 });
      await settled(page);
      return page.evaluate(() => /** @type {HTMLCanvasElement} */ (document.getElementById("map")).toDataURL());
    };
    await page.goto(`${BASE_URL}#room=map`);
    await page.waitForSelector("#map");
    const own2 = await map("yours");
    const shipped = await map("map2");
    assert.notEqual(own2, shipped);
    assert.equal(await map("yours"), own2);
    assert.equal(await map("map2"), shipped);
    await page.context().close();
  });

  it("have_nothing_serious_for_axe_and_fit_a_phone", async () => {
    for (const [colorScheme, width] of /** @type {["light" | "dark", number][]} */ ([["light", 1440], ["dark", 1440], ["light", 360], ["dark", 360]])) {
      const { page } = await newPage(browser, { colorScheme, viewport: { width, height: 800 }, hasTouch: width < 400 });
      await enter(page);
      await takeSteps(page, 1);
      await page.click("#train-more summary");
      await page.selectOption("#train-network", "400-200");
      await says(page, "train-pending", /Layers/);
      await settled(page);
      assert.deepEqual(await seriousFindings(page), []);
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth) <= 0);
      await page.context().close();
    }
  });
});
