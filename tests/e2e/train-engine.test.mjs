// @ts-check
/**
 * The worker that trains, told by a page without its room: the same run every time and natively, alone and with helpers; what
 * it takes up, saves, refuses and survives.
 */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { launch, newPage } from "./browser.mjs";
import { CONFIG, prepare } from "./train-driver.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** What `prepare` left in the page. @type {any} */
const engine = undefined;

/**
 * The largest relative difference.
 * @param {number[]} got
 * @param {number[]} want
 */
function farthest(got, want) {
  assert.equal(got.length, want.length);
  return Math.max(...got.map((value, i) => Math.abs(value / want[i] - 1)));
}

/**
 * Losses of an epoch of 10,000 digits, 78 steps.
 * @param {Page} page
 * @param {object} begin
 */
const epoch = (page, begin) => page.evaluate(async (more) => {
  const run = await engine.start({ begin: more });
  run.tell("epoch");
  const paused = await run.until((/** @type {any} */ { event, isPlaying }) => event === "failed" || (event === "steps" && !isPlaying));
  run.end();
  return { losses: run.losses(), step: paused.step, workers: run.begun.workers };
}, begin);

describe("the worker that trains", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  /** @type {string[]} */
  let complaints;
  before(async () => {
    browser = await launch();
    ({ page, complaints } = await newPage(browser));
    await prepare(page);
  });
  after(() => browser.close());

  it("the_same_seed_and_worker_count_are_the_same_losses", async () => {
    const runs = [];
    for (const begin of [{}, {}, { workers: 2 }, { workers: 2 }, { workers: 2, isApart: true }, { workers: 3 }, { seed: 8 }]) {
      runs.push(await epoch(page, begin));
    }
    const [one, same, two, sameTwo, apart, three, other] = runs;
    assert.deepEqual(runs.map(({ workers, step }) => [workers, step]), [[1, 78], [1, 78], [2, 78], [2, 78], [2, 78], [3, 78], [1, 78]]);
    assert.equal(one.losses.length, 2 * 78);
    assert.ok(one.losses[0] > 200 && one.losses[154] < 180, `recon from ${one.losses[0]} to ${one.losses[154]}`);
    assert.deepEqual(same.losses, one.losses);
    assert.deepEqual(sameTwo.losses, two.losses);
    assert.deepEqual(apart.losses, two.losses, "through ports as through shared memory");
    assert.notDeepEqual(other.losses, one.losses);
    for (const divided of [two, three]) {
      // relative; sums of a batch in another order, which 78 steps amplify
      assert.ok(farthest(divided.losses, one.losses) < 1e-3, `${farthest(divided.losses, one.losses)}`);
      assert.notDeepEqual(divided.losses, one.losses);
    }
  });

  it("a_trial_of_how_many_help_leaves_the_run_as_it_was", async () => {
    const tried = await epoch(page, { workers: 0 });
    assert.ok(tried.workers === 1 || tried.workers % 2 === 0, `${tried.workers} workers`);
    assert.deepEqual(tried.losses, (await epoch(page, { workers: tried.workers })).losses);
  });

  it("a_hundred_steps_are_those_of_the_native_program", async () => {
    const { runs } = JSON.parse(await readFile(new URL("../fixtures/native-runs.json", import.meta.url), "utf8"));
    const some = runs.filter((/** @type {any} */ { images }) => images === 10_000);
    assert.deepEqual(some.map((/** @type {any} */ { config }) => config.training.pixels), ["bernoulli", "static"]);
    assert.deepEqual(some[0].config, CONFIG);
    for (const { config, seed, epochs, losses } of some) {
      const here = await page.evaluate(async (over) => {
        const run = await engine.start(over);
        run.tell("play");
        await run.until((/** @type {any} */ { event, step }) => event === "failed" || (event === "steps" && step >= 100));
        run.end();
        return run.losses();
      }, { config, begin: { seed, epochs } });
      const sums = losses.map((/** @type {number} */ _, /** @type {number} */ i) => here[2 * i] + here[2 * i + 1]);
      assert.equal(losses.length, 100);
      // relative; native and wasm differ in the order of sums, which 100 steps amplify
      assert.ok(farthest(sums, losses) < 1e-3, `${config.training.pixels}: ${farthest(sums, losses)}`);
    }
  });

  it("static_pixels_stay_as_they_were_drawn_by_the_seed", async () => {
    // No noise, weights that stay, one batch of all images: what a step costs is what its pixels are.
    const config = (/** @type {string} */ pixels) => ({
      model: { ...CONFIG.model, latent: { plain: { size: 20 } } }, training: { ...CONFIG.training, batch: 600, learning_rate: 1e-30, pixels },
    });
    const costs = (/** @type {string} */ pixels, workers = 1) => page.evaluate(async (over) => {
      const { images, labels } = { images: engine.digits.pixels.slice(0, 600 * 784), labels: engine.digits.labels.slice(0, 600) };
      const run = await engine.start({ ...over, begin: { ...over.begin, images, labels } });
      await run.steps(3);
      const { trainMeasured } = await run.ask("show", "model");
      run.end();
      return [...run.losses().filter((/** @type {number} */ _, /** @type {number} */ i) => i % 2 === 0), trainMeasured.recon];
    }, { config: config(pixels), begin: { workers } });
    const off = (/** @type {number} */ a, /** @type {number} */ b) => Math.abs(a / b - 1);
    const once = await costs("static");
    assert.ok(once[0] > 100 && off(once[1], once[0]) < 1e-5 && off(once[2], once[0]) < 1e-5, `${once}`);
    for (const [i, cost] of (await costs("static", 2)).entries()) assert.ok(off(cost, once[i]) < 1e-5, `two workers: ${cost}, not ${once[i]}`);
    const anew = await costs("bernoulli");
    assert.ok(off(anew[1], anew[0]) > 1e-5 && off(anew[2], anew[1]) > 1e-5, `${anew}`);
  });

  it("takes_the_digest_of_its_images_where_nobody_has_said_it", async () => {
    const out = await page.evaluate(async () => {
      const { images, labels } = { images: engine.digits.pixels.slice(0, 1000 * 784), labels: engine.digits.labels.slice(0, 1000) };
      /** @type {Uint8Array} */
      const packed = images.reduce((/** @type {Uint8Array} */ to, /** @type {number} */ pixel, /** @type {number} */ i) => {
        to[i >> 1] |= (pixel / 17) << (i % 2 ? 0 : 4);
        return to;
      }, new Uint8Array(images.length / 2));
      const digest = [...new Uint8Array(await crypto.subtle.digest("SHA-256", images))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      const recorded = async (/** @type {any} */ begin) => {
        const run = await engine.start({ begin: { labels, epochs: 3, ...begin } });
        await run.steps(3);
        const { state } = await run.ask("save", "state");
        run.end();
        const header = new TextDecoder().decode(new Uint8Array(state, 8, Number(new DataView(state).getBigUint64(0, true))));
        return { state, losses: run.losses(), data: JSON.parse(JSON.parse(header).__metadata__["latent-ink"]).run.data };
      };
      const [plain, half] = [await recorded({ images, digest: undefined }), await recorded({ images: packed, bits: 4, digest: undefined })];
      // A state that learnt from the same images at other levels goes on, and is from then on of these.
      const other = await recorded({ images, digest: "finer" });
      const refused = await engine.start({ begin: { images, labels, digest: undefined, state: new Uint8Array(other.state) } });
      const taken = await recorded({ images, digest: undefined, state: new Uint8Array(other.state), stateOf: "finer", workers: 2 });
      return { digest, plain: plain.data, half: half.data, isSame: String(plain.losses) === String(half.losses), other: other.data, refused: refused.begun.message, taken: taken.data };
    });
    assert.deepEqual([out.plain, out.half, out.isSame, out.other, out.taken], [out.digest, out.digest, true, "finer", out.digest]);
    assert.match(out.refused, /other training images/);
  });

  it("a_saved_run_goes_on_bit_for_bit_with_any_number_of_workers", async () => {
    const averaged = { ...CONFIG, training: { ...CONFIG.training, ema: 0.99, clip: 5, free_bits: 0.05, augment: { shift: 1, probability: 0.5 } } };
    for (const [config, workers, isApart] of /** @type {const} */ ([[CONFIG, 1, false], [averaged, 2, false], [averaged, 2, true]])) {
      const [whole, rest, step, config_] = await page.evaluate(async ({ config, begin }) => {
        const sum = async (/** @type {ArrayBuffer} */ bytes) => [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))].join();
        const first = await engine.start({ config, begin });
        await first.steps(10);
        const saved = await first.ask("save", "state");
        const at = first.losses().length;
        await first.steps(10);
        const second = await engine.start({ config: JSON.parse(saved.config), begin: { ...begin, state: new Uint8Array(saved.state) } });
        const { step } = second.begun;
        await second.steps(10);
        const out = [];
        for (const run of [first, second]) {
          const { state } = await run.ask("save", "state");
          const { bytes } = await run.ask("file", "file");
          // What the record tells of the first losses passed through decimals.
          const { numbers } = await engine.tensors(state);
          out.push([run === first ? run.losses().slice(at) : run.losses(), await sum(numbers), bytes.byteLength > 1e6]);
          run.end();
        }
        return [...out, step, JSON.parse(saved.config)];
      }, { config, begin: { workers, isApart } });
      assert.equal(step, 10);
      assert.equal(whole[0].length, 20);
      assert.deepEqual(rest, whole, `${workers} workers`);
      assert.equal(config_.training.batch, 128);
    }
  });

  it("what_a_run_cannot_change_is_refused_and_what_it_can_acts", async () => {
    for (const workers of [1, 2]) {
      const out = await page.evaluate(async (workers) => {
        const run = await engine.start({ begin: { workers } });
        await run.steps(2);
        const training = engine.config.training;
        const refusals = [];
        for (const set of [{ training: JSON.stringify({ ...training, batch: 64 }) }, { training: "{" }, { beta: -1 }]) {
          refusals.push((await run.ask("set", "refused", set)).message);
        }
        run.tell("set", { training: JSON.stringify({ ...training, learning_rate: 0.002, free_bits: 0.1 }), beta: 4 });
        await run.steps(2);
        const { learningRate, beta, step } = run.told.filter((/** @type {any} */ { event }) => event === "steps").at(-1);
        const saved = JSON.parse((await run.ask("save", "state")).config);
        run.end();
        return { refusals, learningRate, beta, step, saved, failed: run.told.some((/** @type {any} */ { event }) => event === "failed") };
      }, workers);
      assert.match(out.refusals[0], /batch is 64, and this run began with 128/);
      assert.match(out.refusals[1], /config: EOF/);
      assert.match(out.refusals[2], /beta: expected a number, 0 or more/);
      assert.deepEqual([out.learningRate.toFixed(4), out.beta, out.step, out.failed], ["0.0020", 4, 4, false]);
      assert.deepEqual([out.saved.training.learning_rate.toFixed(4), out.saved.model.latent.gaussian.beta], ["0.0020", 4]);
    }
  });

  it("a_step_that_diverges_leaves_the_model_before_it_and_a_smaller_rate_goes_on", async () => {
    for (const workers of [1, 2]) {
      const out = await page.evaluate(async (workers) => {
        const run = await engine.start({ begin: { workers } });
        await run.steps(2);
        run.tell("set", { training: JSON.stringify({ ...engine.config.training, learning_rate: 1e6 }) });
        run.tell("play");
        const failed = await run.until((/** @type {any} */ { event }) => event === "failed");
        run.tell("set", { training: JSON.stringify({ ...engine.config.training, learning_rate: 1e-6 }) });
        const { step } = await run.ask("save", "state");
        const shown = await run.ask("show", "model");
        run.end();
        return { kind: failed.kind, message: failed.message, step, shown: shown.step, length: shown.weights.byteLength };
      }, workers);
      assert.equal(out.kind, "DivergedError");
      assert.match(out.message, /no longer a finite number at step \d+; try a smaller learning rate/);
      assert.equal(Number(/step (\d+)/.exec(out.message)?.[1]), out.step + 1);
      assert.deepEqual([out.shown, out.length > 2e6], [out.step, true]);
    }
  });

  it("a_pause_comes_through_within_one_turn_and_measuring_keeps_to_its_share", async () => {
    for (const workers of [1, 2]) {
      const { late, models, paused } = await page.evaluate(async (workers) => {
        const run = await engine.start({ begin: { workers, epochs: 100 } });
        run.tell("play");
        let shown = 0;
        for (let i = 0; i < 4; i += 1) {
          const model = await run.until((/** @type {any} */ { event }) => event === "model", shown);
          shown = model.index + 1;
          run.tell("show");
        }
        const from = run.told.length;
        run.tell("pause");
        const paused = await run.until((/** @type {any} */ { event, isPlaying }) => event === "steps" && !isPlaying, from);
        const late = run.told.slice(from, paused.index).filter((/** @type {any} */ { event, steps }) => event === "steps" && steps.length).length;
        await run.ask("save", "state");
        run.end();
        let trained = 0;
        const models = [];
        for (const event of run.told) {
          if (event.event === "steps") ({ trained } = event);
          else if (event.event === "model") models.push({ trained, measureMs: event.measureMs, measured: event.measured, trainMeasured: event.trainMeasured });
        }
        return { late, models, paused: paused.steps.length };
      }, workers);
      // What was under way when it was asked for; a second was begun before the message was there at most.
      assert.ok(late <= 2, `${late} turns after the pause`);
      assert.equal(paused, 0);
      // The first was measured before playing began; the last may be the one that a pause allows.
      models.slice(1, 4).forEach(({ trained }, i) => assert.ok(trained - models[i].trained >= 9 * models[i].measureMs - 1, `after ${models[i].measureMs} ms of measuring ${trained - models[i].trained} of training`));
      for (const { measured, trainMeasured } of models) {
        for (const { recon, kl, klPerDim } of [measured, trainMeasured]) {
          assert.ok(recon > 50 && recon < 300 && klPerDim.length === 20);
          assert.ok(Math.abs(Object.values(klPerDim).reduce((/** @type {number} */ a, /** @type {any} */ b) => a + b, 0) - kl) < 1e-6);
        }
        assert.notEqual(measured.recon, trainMeasured.recon);
      }
      assert.ok(models[3].measured.recon < models[0].measured.recon);
    }
  });

  it("the_file_of_a_run_is_a_model_with_its_record", async () => {
    const record = await page.evaluate(async () => {
      const run = await engine.start();
      await run.steps(3);
      const { bytes } = await run.ask("file", "file", { training: JSON.stringify({ command: "in a page" }), metrics: JSON.stringify({ test: { recon: 1 } }), precision: "int8" });
      const refused = await run.ask("file", "refused", { precision: "f8" });
      const core = await import(new URL("pkg/scalar/latent_ink.js", document.baseURI).href);
      await core.default();
      run.end();
      return { ...JSON.parse(new core.Model(new Uint8Array(bytes)).record), bytes: bytes.byteLength, refused: refused.message };
    });
    const { training, metrics, bytes, refused } = record;
    assert.deepEqual([training.command, training.seed, training.epochs, training.steps, training.data], ["in a page", 7, 3, 3, "first"]);
    assert.deepEqual([training.first_losses.length, training.config.batch, metrics.test.recon], [3, 128, 1]);
    assert.match(training.version, /^\d+\.\d+\.\d+$/);
    assert.ok(bytes < 700_000, `${bytes} bytes for 652,824 weights of 8 bits`);
    assert.match(refused, /precision: f8, expected f32, f16 or int8/);
  });

  it("a_helper_that_is_lost_is_said", async () => {
    /** @param {(text: string) => string} patch  of the pool's script; those of workers in workers cannot be reached */
    const patched = (patch) => page.route("**/pool.js", async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: patch(await response.text()) });
    });
    const play = (/** @type {boolean} */ isApart) => page.evaluate(async (begin) => {
      const run = await engine.start({ begin });
      run.tell("play");
      const failed = await run.until((/** @type {any} */ { event }) => event === "failed");
      run.tell("play");
      const again = await run.until((/** @type {any} */ { event }) => event === "failed", failed.index + 1);
      run.end();
      return [failed, again].map(({ kind, message }) => ({ kind, message }));
    }, { workers: 2, isApart, epochs: 1000 });
    await patched((text) => text.replace('this.#tell({ action: "train" })', 'this.#tell({ action: "dance" })'));
    for (const said of await Promise.all([play(false), play(true)])) {
      assert.deepEqual(said.map(({ kind }) => kind), ["TypeError", "TypeError"]);
      assert.match(said[0].message, /is not a function/);
    }
    await page.unroute("**/pool.js");
    await patched((text) => text.replace("const taken = await", "if (trainer.step === 6) this.#helpers[0].terminate();\n const taken = await"));
    for (const [said] of await Promise.all([play(false), play(true)])) {
      assert.deepEqual(said, { kind: "LostError", message: "one of the workers that train together has stopped answering" });
    }
    await page.unroute("**/pool.js");
    await patched((text) => text.replace("./helper.worker.js", "./missing.worker.js"));
    const { event, message } = await page.evaluate(async () => (await engine.start({ begin: { workers: 2 } })).begun);
    assert.deepEqual([event, message], ["failed", "a worker that helps to train did not start"]);
    await page.unroute("**/pool.js");
  });

  it("a_state_of_another_run_is_refused_before_anything_begins", async () => {
    const { event, kind, message } = await page.evaluate(async () => {
      const run = await engine.start();
      const { state } = await run.ask("save", "state");
      run.end();
      return (await engine.start({ begin: { state: new Uint8Array(state), digest: "second", seed: 8 } })).begun;
    });
    assert.deepEqual([event, kind], ["failed", "WeightsError"]);
    assert.match(message, /another run than this: seed 7 there, 8 here, other training images/);
  });

  it("memory_stays_flat_while_it_trains_measures_and_saves", async () => {
    const bytes = await page.evaluate(async () => {
      const core = await import(new URL("pkg/trainer/relaxed/latent_ink.js", document.baseURI).href);
      const { memory } = await core.default();
      const trainer = new core.Trainer(JSON.stringify(engine.config), engine.digits.pixels, engine.digits.labels, 7, 100, "");
      const sizes = [];
      for (const began = performance.now(); performance.now() - began < 20_000;) {
        trainer.train(30);
        for (let first = 0; first < 500; first += 100) {
          trainer.measure(engine.heldOut.images.subarray(first * 784, (first + 100) * 784), engine.heldOut.labels.subarray(first, first + 100), first, 7);
        }
        trainer.weights("f32");
        trainer.file("f16", "{}", "");
        trainer.state();
        sizes.push(memory.buffer.byteLength);
      }
      return sizes;
    });
    assert.ok(bytes.length > 10 && bytes[0] > 8e6);
    assert.deepEqual(new Set(bytes.slice(2)), new Set([bytes[2]]));
  });

  it("nothing_was_complained_about_but_what_was_taken_away", () => {
    assert.deepEqual(complaints.filter((text) => !/404/.test(text)), []);
  });
});
