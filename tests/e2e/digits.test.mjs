// @ts-check
/** MNIST as the page serves it and as rooms get it; a first visit fetches none of it. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";

import { BASE_URL, hashOf, launch, newPage, open } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** How often each class occurs, as MNIST's own labels have it. */
const CLASSES = {
  test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
};

const FILE = "**/digits/mnist-test.bin";

/** @param {ArrayLike<number>} labels */
function histogram(labels) {
  const counts = Array.from({ length: 10 }, () => 0);
  for (const label of Array.from(labels)) counts[label] += 1;
  return counts;
}

/** @param {string} name  below the page */
async function get(name, base = BASE_URL) {
  const response = await fetch(new URL(name, base));
  assert.equal(response.status, 200, response.url);
  assert.equal(response.headers.get("content-encoding"), null, response.url);
  return Buffer.from(await response.arrayBuffer());
}

/**
 * Fetches the test digits in the page, as often at once as `callers` says.
 * @param {Page} page
 */
function fetchInPage(page, { name = "mnist-test.bin", callers = 1 } = {}) {
  return page.evaluate(async ([file, count]) => {
    const { fetchDigits } = await import(new URL("rooms/digits.js", document.baseURI).href);
    /** @param {Promise<any>} digits */
    const outcome = (digits) => digits.then(({ labels, pixels }) => ({
      labels: /** @type {number[]} */ (Array.from(labels)),
      pixels: /** @type {number} */ (pixels.length),
      ink: /** @type {number} */ (pixels.reduce((/** @type {number} */ sum, /** @type {number} */ value) => sum + value, 0)),
    }));
    return Promise.all(Array.from({ length: count }, async () => {
      /** @type {[number, number][]} */
      const progress = [];
      const digits = await outcome(fetchDigits(file, (/** @type {number} */ got, /** @type {number} */ all) => progress.push([got, all])));
      return { ...digits, progress };
    }));
  }, /** @type {const} */ ([name, callers]));
}

/**
 * The message of the failure that follows.
 * @param {Page} page
 * @param {string} [name]
 */
const failure = (page, name) => fetchInPage(page, { name }).then(() => "it did not fail", (error) => String(error.message));

describe("the digits", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("every_file_is_what_the_list_says", async () => {
    const { files } = JSON.parse(String(await get("digits/index.json")));
    const names = files.map((/** @type {any} */ file) => file.name);
    const parts = (/** @type {string} */ set) => [0, 1, 2, 3, 4, 5].map((i) => `${set}-train-${i}.bin`);
    const fashion = ["fashion-held-out.bin", ...parts("fashion")]; // where the machine has it
    assert.deepEqual(names, ["mnist-test.bin", "mnist-held-out.bin", ...parts("mnist"), ...(names.includes(fashion[0]) ? fashion : [])]);
    /** @type {number[]} */
    const train = [];
    let fashionClasses = histogram([]);
    for (const { name, images, bits, bytes, sha256, raw } of files) {
      const packed = await get(`digits/${name}`);
      assert.equal(packed.length, bytes, name);
      assert.equal(hashOf(packed), sha256, name);
      const unpacked = gunzipSync(packed);
      assert.equal(unpacked.length, raw, name);
      assert.equal(bits, name.includes("train") ? 4 : 8, name);
      assert.equal(raw, images * (1 + (784 * bits) / 8), name);
      assert.equal(images, name.includes("held-out") ? 500 : 10_000, name);
      const labels = unpacked.subarray(0, images);
      if (name === "mnist-test.bin") assert.deepEqual(histogram(labels), CLASSES.test);
      else if (name.startsWith("mnist-train")) train.push(...labels);
      // Fashion-MNIST has as many of each class; its held-out pictures are a draw.
      else if (images === 10_000) fashionClasses = fashionClasses.map((count, c) => count + histogram(labels)[c]);
    }
    assert.deepEqual(histogram(train), CLASSES.train);
    if (names.includes(fashion[0])) assert.deepEqual(fashionClasses, Array.from({ length: 10 }, () => 6000));
  });

  it("two_callers_share_one_fetch_and_a_second_visit_makes_none", async () => {
    const { page, complaints, requests } = await newPage(browser);
    await page.goto(BASE_URL);
    const fetched = () => requests.filter((url) => url.endsWith("mnist-test.bin")).length;
    const packed = (await get("digits/mnist-test.bin")).length;
    for (const visit of ["first", "second"]) {
      for (const { labels, pixels, ink, progress } of await fetchInPage(page, { callers: 2 })) {
        assert.deepEqual(histogram(labels), CLASSES.test);
        assert.equal(pixels, 10_000 * 784);
        // The published mean of the test digits' pixels.
        assert.ok(Math.abs(ink / pixels / 255 - 0.1325) < 0.0001, `mean ${ink / pixels / 255}`);
        assert.deepEqual(progress.at(-1), [packed, packed]);
        assert.deepEqual(progress, progress.toSorted(([a], [b]) => a - b), "progress goes forward");
      }
      assert.equal(fetched(), 1, `${visit} visit`);
      // One that comes later hears at once how far it is.
      assert.deepEqual((await fetchInPage(page))[0].progress, [[packed, packed]]);
      await page.reload();
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("other_content_is_fetched_anew_and_the_old_dropped", async () => {
    const { page, requests } = await newPage(browser);
    await page.goto(BASE_URL);
    await fetchInPage(page);
    const other = "0".repeat(64);
    await page.route("**/digits/index.json", async (route) => {
      const index = await (await route.fetch()).json();
      index.files[0].sha256 = other;
      await route.fulfill({ json: index });
    });
    await page.reload();
    await fetchInPage(page);
    assert.equal(requests.filter((url) => url.endsWith("mnist-test.bin")).length, 2);
    const kept = await page.evaluate(async () => (await (await caches.open("latent-ink-digits")).keys()).map(({ url }) => url));
    assert.deepEqual(kept.map((url) => url.split("/").at(-1)), [other]);
    await page.context().close();
  });

  it("works_without_a_cache", async () => {
    const { page } = await newPage(browser);
    await page.addInitScript(() => Object.defineProperty(globalThis, "caches", {
      get() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      },
    }));
    await page.goto(BASE_URL);
    const [{ labels }] = await fetchInPage(page);
    assert.deepEqual(histogram(labels), CLASSES.test);
    await page.context().close();
  });

  it("a_host_that_unpacks_them_does_no_harm", async () => {
    const { page } = await newPage(browser);
    await page.goto(BASE_URL);
    const raw = gunzipSync(await get("digits/mnist-test.bin"));
    await page.route(FILE, (route) => route.fulfill({ body: raw }));
    const [{ labels, progress }] = await fetchInPage(page);
    assert.deepEqual(histogram(labels), CLASSES.test);
    assert.deepEqual(progress.at(-1), [raw.length, raw.length]);
    await page.context().close();
  });

  it("what_is_wrong_is_said_in_words_and_tried_again", async () => {
    const { page } = await newPage(browser);
    await page.goto(BASE_URL);
    const packed = await get("digits/mnist-test.bin");
    const damaged = Buffer.from(packed).fill(0, 100_000, 200_000);
    /** @type {[(route: import("playwright-core").Route) => Promise<void>, RegExp][]} */
    const troubles = [
      [(route) => route.fulfill({ body: packed.subarray(0, 1000) }), new RegExp(`digits/mnist-test.bin should have ${packed.length} bytes and has 1000`)],
      [(route) => route.fulfill({ body: "<p>not found" }), /digits\/mnist-test.bin should have 7850000 bytes and has 12/],
      [(route) => route.fulfill({ body: damaged }), /digits\/mnist-test.bin is damaged/],
      [(route) => route.fulfill({ status: 404 }), /digits\/mnist-test.bin answered 404/],
      [(route) => route.abort(), /digits\/mnist-test.bin could not be fetched/],
    ];
    for (const [answer, message] of troubles) {
      await page.route(FILE, answer);
      assert.match(await failure(page), message);
      await page.unroute(FILE);
    }
    assert.match(await failure(page, "mnist-train-6.bin"), /digits\/mnist-train-6.bin is not in the list/);
    const [{ labels }] = await fetchInPage(page);
    assert.deepEqual(histogram(labels), CLASSES.test);
    await page.context().close();
  });

  it("a_caller_that_leaves_stops_only_what_nobody_waits_for", async () => {
    const { page, requests } = await newPage(browser);
    await page.goto(BASE_URL);
    let isHeld = true;
    await page.route(FILE, async (route) => {
      while (isHeld) await new Promise((done) => setTimeout(done, 20));
      await route.continue().catch(() => {}); // the page may have stopped it
    });
    const stopped = page.waitForEvent("requestfailed");
    await page.evaluate(async () => {
      const { fetchDigits } = await import(new URL("rooms/digits.js", document.baseURI).href);
      const leaving = new AbortController();
      const alone = fetchDigits("mnist-test.bin", undefined, leaving.signal).catch((/** @type {Error} */ error) => error.name);
      await new Promise((done) => setTimeout(done, 200));
      leaving.abort();
      Object.assign(globalThis, { outcomes: [await alone] });
    });
    await stopped;
    const before = requests.length;
    const outcomes = page.evaluate(async () => {
      const { fetchDigits } = await import(new URL("rooms/digits.js", document.baseURI).href);
      const leaving = new AbortController();
      const staying = fetchDigits("mnist-test.bin");
      const left = fetchDigits("mnist-test.bin", undefined, leaving.signal).catch((/** @type {Error} */ error) => error.name);
      leaving.abort();
      const late = fetchDigits("mnist-test.bin", undefined, leaving.signal).catch((/** @type {Error} */ error) => error.name);
      return [.../** @type {any} */ (globalThis).outcomes, await left, await late, (await staying).labels.length];
    });
    await page.waitForTimeout(200);
    isHeld = false;
    assert.deepEqual(await outcomes, ["AbortError", "AbortError", "AbortError", 10_000]);
    assert.equal(requests.slice(before).filter((url) => url.endsWith("mnist-test.bin")).length, 1);
    await page.context().close();
  });

  it("a_first_visit_fetches_neither_digits_nor_rooms", async () => {
    const { page, requests } = await newPage(browser);
    await open(page);
    assert.deepEqual(requests.filter((url) => /\/(digits|rooms)\//.test(url)), []);
    await page.context().close();
  });

  it("the_static_site_has_them_without_compressed_forms", { skip: !process.env.DIST_URL && "DIST_URL is not set" }, async () => {
    const { page } = await newPage(browser);
    const site = process.env.DIST_URL ?? "";
    await page.goto(site);
    const scripts = await page.locator("script[src]").evaluateAll((all) => all.map((script) => /** @type {HTMLScriptElement} */ (script).src));
    const folder = scripts.map((src) => new URL(".", src).href).find((src) => src !== site) ?? "";
    assert.deepEqual(await get("digits/mnist-train-5.bin", folder), await get("digits/mnist-train-5.bin"));
    for (const name of ["mnist-test.bin.gz", "mnist-test.bin.br", "index.json.gz"]) {
      assert.equal((await fetch(new URL(`digits/${name}`, folder))).status, 404, name);
    }
    const digits = await page.evaluate(async (module) => {
      const { fetchDigits } = await import(module);
      return Array.from((await fetchDigits("mnist-test.bin")).labels, Number);
    }, new URL("rooms/digits.js", folder).href);
    assert.deepEqual(histogram(digits), CLASSES.test);
    await page.context().close();
  });
});
