// @ts-check
/** What a run learns from, of the images that come with the page. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { gunzipSync } from "node:zlib";

import { unpackPixels } from "../../www/rooms/levels.js";
import { isFiner, isOf } from "../../www/rooms/train/imported.js";
import { BASE_URL, hashOf, launch, newPage } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const P = 784;
const none = { images: new Uint8Array(), labels: new Uint8Array() };

/** A file of digits/, without its gzip: its labels, and its pixels as they are in it. @param {string} name @param {number} [images] */
async function fetched(name, images = 10_000) {
  const raw = gunzipSync(Buffer.from(await (await fetch(new URL(`digits/${name}`, BASE_URL))).arrayBuffer()));
  return { labels: raw.subarray(0, images), pixels: raw.subarray(images) };
}

/** What loadData gives, its images as their digests. @param {Page} page @param {string} key */
const load = (page, key) => page.evaluate(async (name) => {
  const here = (/** @type {string} */ path) => new URL(path, document.baseURI).href;
  const { loadData } = await import(here("rooms/train/data.js"));
  const { digestOf } = await import(here("rooms/train/digest.js"));
  /** @type {[number, number][]} */
  const progress = [];
  const { train, heldOut, ...rest } = await loadData(name, (/** @type {number} */ got, /** @type {number} */ all) => progress.push([got, all]), new AbortController().signal);
  const plain = async (/** @type {any} */ { images, labels, bits }) => ({ bits: /** @type {number | undefined} */ (bits), digest: /** @type {string} */ (await digestOf(images)), labels: /** @type {number[]} */ (Array.from(labels)) });
  return { ...rest, train: await plain(train), heldOut: await plain(heldOut), last: progress.at(-1) };
}, key);

/** @param {Uint8Array[]} parts */
const sha256 = (...parts) => hashOf(Buffer.concat(parts));

describe("the images that a run learns from", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  before(async () => {
    browser = await launch();
    ({ page } = await newPage(browser));
    await page.goto(BASE_URL);
  });
  after(() => browser.close());

  it("are_the_first_or_all_digits_and_every_twentieth_test_digit_is_held_out", async () => {
    const test = await fetched("mnist-test.bin");
    const held = Array.from({ length: 500 }, (_, i) => 20 * i);
    const parts = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => fetched(`mnist-train-${i}.bin`)));
    for (const [key, count] of /** @type {const} */ ([["10000", 1], ["60000", 6]])) {
      const { train, heldOut, last, ...rest } = await load(page, key);
      assert.deepEqual(rest, { key, title: `${count}0,000 digits`, hasLabels: true, isMnist: true });
      assert.equal(train.bits, 4);
      assert.equal(train.digest, sha256(...parts.slice(0, count).map(({ pixels }) => pixels)));
      assert.deepEqual(train.labels, parts.slice(0, count).flatMap(({ labels }) => [...labels]));
      assert.deepEqual(heldOut.labels, held.map((i) => test.labels[i]));
      assert.equal(heldOut.digest, sha256(...held.map((i) => test.pixels.subarray(i * P, (i + 1) * P))));
      assert.ok(last && last[0] === last[1] && last[0] > 0.9e6 * count && last[0] < 1.2e6 * count);
    }
  });

  it("are_those_of_the_idx_file_at_16_levels_and_known_by_their_digest", async () => {
    const idx = await readFile(new URL("../../data/mnist/train-images-idx3-ubyte", import.meta.url)).catch(() => undefined);
    if (!idx) return; // `cargo xtask data` gets it
    const here = Buffer.concat(await Promise.all([0, 1, 2, 3, 4, 5].map(async (i) => unpackPixels((await fetched(`mnist-train-${i}.bin`)).pixels, 4))));
    assert.ok(here.equals(idx.subarray(16).map((value) => Math.round(value / 17) * 17)));
    for (const [key, images] of /** @type {const} */ ([["10000", here.subarray(0, 10_000 * P)], ["60000", here]])) {
      assert.ok(isOf(hashOf(images), { key, title: "", train: none, heldOut: none, hasLabels: true, isMnist: true }));
      assert.equal(isFiner(hashOf(images)), false);
    }
    assert.ok(isFiner(hashOf(idx)) && isFiner(hashOf(idx.subarray(16))));
  });

  it("can_be_clothes_where_the_page_has_them", async () => {
    const { files } = await (await fetch(new URL("digits/index.json", BASE_URL))).json();
    if (!files.some((/** @type {any} */ { name }) => name === "fashion-held-out.bin")) return; // the next test is for such a machine
    const { train, heldOut, classes, isMnist } = await load(page, "fashion-10000");
    const { pixels, labels } = await fetched("fashion-train-0.bin");
    assert.deepEqual([train.digest, train.bits, isMnist], [sha256(pixels), 4, false]);
    assert.deepEqual(train.labels, [...labels]);
    assert.deepEqual([heldOut.labels.length, classes?.length, classes?.[9]], [500, 10, "ankle boot"]);
  });

  it("say_in_one_sentence_that_there_are_no_clothes", async () => {
    const other = await newPage(browser);
    await other.page.route("**/digits/index.json", async (route) => {
      const { files } = await (await route.fetch()).json();
      await route.fulfill({ json: { files: files.filter((/** @type {any} */ { name }) => name.startsWith("mnist")) } });
    });
    await other.page.goto(BASE_URL);
    const said = await load(other.page, "fashion").then(() => "it did not fail", (error) => String(error.message));
    assert.match(said, /Fashion-MNIST does not come with this copy of the page/);
    assert.equal((await load(other.page, "10000")).train.labels.length, 10_000);
    await other.page.context().close();
  });
});
