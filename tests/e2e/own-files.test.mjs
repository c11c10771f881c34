// @ts-check
/** What files of a person's own become, and what is said of bad ones: the modules by themselves, without a browser. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Inflate } from "fflate";

import { Collection, numbered } from "../../www/rooms/train/own-data/collection.js";
import { fitWhole, groundOf, levelsOf } from "../../www/rooms/train/own-data/frame.js";
import { isIdx, labelsFor, readIdx } from "../../www/rooms/train/own-data/idx.js";
import { pictureSize } from "../../www/rooms/train/own-data/picture-size.js";
import { guessTile, isBlank, tilesOf } from "../../www/rooms/train/own-data/sheet.js";
import { isHidden, labelOf } from "../../www/rooms/train/own-data/sources.js";
import { isZip, readDirectory, Unpacker } from "../../www/rooms/train/own-data/zip.js";
import { bar, bomb, idx, longZip, png, pngOf, zip } from "./own-files.mjs";

const P = 784;

/** The message of a failure. @param {Promise<unknown>} promise */
const message = (promise) => promise.then(() => "it did not fail", (error) => String(error.message));

/** What is read of an IDX file, in parts of a few bytes. @param {Uint8Array} bytes @param {number} [part] */
async function readWhole(bytes, part = 1000) {
  /** @type {number[][]} */
  const items = [];
  const stream = new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += part) controller.enqueue(Uint8Array.from(bytes.subarray(at, at + part)));
      controller.close();
    },
  });
  /** @type {number[]} */
  let lengths = [];
  await readIdx(stream, (header) => { lengths = header.lengths; }, (values) => items.push([...values]));
  return { lengths, items };
}

describe("what files become", () => {
  it("idx_is_read_an_item_at_a_time_whatever_the_parts", async () => {
    const file = idx([3, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    for (const part of [1, 3, 7, 1000]) {
      const { lengths, items } = await readWhole(file, part);
      assert.deepEqual(lengths, [3, 2, 2]);
      assert.deepEqual(items, [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]]);
    }
    assert.deepEqual((await readWhole(idx([3], [7, 0, 9]), 2)).items, [[7], [0], [9]]);
    assert.ok(isIdx(file) && !isIdx(Buffer.from("text")) && !isIdx(png(1, 1, () => 0)));
  });

  it("idx_that_is_wrong_is_said_with_what_was_expected_and_what_came", async () => {
    const file = idx([3, 2, 2], Array.from({ length: 12 }, (_, i) => i));
    assert.match(await message(readWhole(file.subarray(0, 20))), /3 × 2 × 2, 28 bytes in all, and it ends after 20/);
    assert.match(await message(readWhole(Buffer.concat([file, Buffer.alloc(4)]))), /28 bytes in all, and there are more/);
    assert.match(await message(readWhole(file.subarray(0, 10))), /ends after 10/);
    const [float, two, none, large] = [Buffer.from(file), idx([3, 4], []), idx([0, 28, 28], []), idx([1, 2000, 2000], [])];
    float[2] = 13;
    assert.match(await message(readWhole(float)), /type 13; bytes, type 8/);
    assert.match(await message(readWhole(two)), /2 axes; images have 3/);
    assert.match(await message(readWhole(none)), /0 × 28 × 28: that is nothing/);
    assert.match(await message(readWhole(large)), /2,000 × 2,000; at most 1,024 × 1,024/);
  });

  it("labels_go_with_the_images_of_the_same_name_or_the_same_number", () => {
    const labels = [{ path: "train-labels-idx1-ubyte.gz", count: 5 }, { path: "t10k-labels-idx1-ubyte", count: 5 }, { path: "other", count: 4 }];
    assert.equal(labelsFor({ path: "t10k-images-idx3-ubyte", count: 5 }, labels), labels[1]);
    assert.equal(labelsFor({ path: "mine", count: 4 }, labels), labels[2]);
    assert.equal(labelsFor({ path: "mine", count: 5 }, labels), undefined, "two would fit");
    assert.equal(labelsFor({ path: "train-images-idx3-ubyte", count: 6 }, labels), undefined);
  });

  it("zip_files_give_what_was_put_in", async () => {
    const noise = Uint8Array.from({ length: 70_000 }, (_, i) => (i * i * 7 + (i >> 3)) % 251);
    const file = new Blob([zip({ "a/1.png": Uint8Array.of(1, 2, 3), "b/2.png": new Uint8Array(50_000), "noise": noise })]);
    assert.ok(isZip(new Uint8Array(await file.arrayBuffer())));
    const entries = await readDirectory(file);
    assert.deepEqual(entries.map(({ name, size }) => [name, size]), [["a/1.png", 3], ["b/2.png", 50_000], ["noise", 70_000]]);
    const unpacker = new Unpacker(file, Inflate);
    const unpacked = await Promise.all(entries.map((entry) => unpacker.unpack(entry, 1e6)));
    assert.deepEqual(unpacked[0], Uint8Array.of(1, 2, 3));
    assert.ok(unpacked[1].length === 50_000 && unpacked[1].every((value) => value === 0));
    assert.deepEqual(unpacked[2], noise);
  });

  it("zip_files_that_are_cut_damaged_long_or_bombs_are_said_in_one_sentence", async () => {
    const file = zip({ "1.png": new Uint8Array(5000).fill(3), "2.png": Uint8Array.of(1, 2) });
    assert.match(await message(readDirectory(new Blob([file.subarray(0, file.length - 30)]))), /the list at its end is missing/);
    assert.match(await message(readDirectory(new Blob([longZip(300_000)]))), /more than 200,000 files, the most that are read/);

    const first = async (/** @type {Uint8Array<ArrayBuffer>} */ bytes, most = 1e8) => {
      const blob = new Blob([bytes]);
      const [entry] = await readDirectory(blob);
      return new Unpacker(blob, Inflate).unpack(entry, most);
    };
    assert.match(await message(first(bomb(20e6, 1000))), /more than the 1,000 bytes that the list says/);
    assert.match(await message(first(bomb(3e6, 3e6), 1e6)), /would unpack to 3.0 MB; at most 1.0 MB/);
    const broken = Buffer.from(file);
    broken.fill(0xff, 40, 50);
    assert.match(await message(first(broken)), /damaged/);
    const encrypted = Buffer.from(file);
    encrypted[encrypted.indexOf("PK\x01\x02", 0, "latin1") + 8] |= 1;
    assert.match(await message(first(encrypted)), /encrypted/);
    const other = Buffer.from(file);
    other[other.indexOf("PK\x01\x02", 0, "latin1") + 10] = 12;
    assert.match(await message(first(other)), /method 12/);
  });

  it("sizes_of_pictures_are_known_before_they_are_decoded", () => {
    assert.deepEqual(pictureSize(pngOf(20_000, 20_000, new Uint8Array(0))), { width: 20_000, height: 20_000 });
    const jpeg = Buffer.from("ffd8ffe000104a46494600010100000100010000ffc00011080123045603012200021101031101", "hex");
    assert.deepEqual(pictureSize(jpeg), { width: 0x456, height: 0x123 });
    assert.deepEqual(pictureSize(Buffer.from("47494638396180020001", "hex")), { width: 640, height: 256 });
    assert.deepEqual(pictureSize(Buffer.concat([Buffer.from("RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0", "latin1"), Buffer.from("ff0100ff0000", "hex")])), { width: 512, height: 256 });
    assert.equal(pictureSize(Buffer.from("\x89PNG\r\n\x1a\nIHDR", "latin1")), undefined, "cut short");
    assert.equal(pictureSize(Buffer.from("This is a text")), undefined);
    assert.equal(pictureSize(Buffer.from("ffd8ffe0ffff", "hex")), undefined);
  });

  it("a_whole_picture_is_the_mean_of_what_falls_onto_each_pixel_in_its_ground", () => {
    const same = Uint8Array.from({ length: P }, (_, i) => i % 256);
    assert.deepEqual(fitWhole(same, 28, 28, 0), same, "28x28 stays as it is");
    const half = fitWhole(Uint8Array.from({ length: 56 * 56 }, (_, i) => (i % 2 ? 200 : 100)), 56, 56, 0);
    assert.ok(half.every((value) => value === 150));
    const wide = fitWhole(new Uint8Array(56 * 28).fill(90), 56, 28, 7);
    for (let i = 0; i < P; i += 1) assert.equal(wide[i], i >= 7 * 28 && i < 21 * 28 ? 90 : 7, `pixel ${i}`);
    // The sum of ink stays, whatever the size.
    for (const [width, height] of [[5, 3], [100, 100], [33, 41]]) {
      const levels = Uint8Array.from({ length: width * height }, (_, i) => (i * 37) % 256);
      const mean = levels.reduce((sum, value) => sum + value, 0) / levels.length;
      const scale = 28 / Math.max(width, height);
      const [across, down] = [width, height].map((side) => Math.round(side * scale));
      const image = fitWhole(levels, width, height, 0);
      const got = image.reduce((sum, value) => sum + value, 0) / (across * down);
      assert.ok(Math.abs(got - mean) < 0.6, `${width} x ${height}: ${got} and ${mean}`); // 0.5 of rounding
    }
    assert.equal(groundOf(Uint8Array.of(9, 9, 9, 9, 200, 9, 9, 9, 200), 3, 3), 9);
    assert.deepEqual([...levelsOf(Uint8ClampedArray.of(0, 0, 0, 255, 9, 9, 9, 0))], [0, 255], "white behind dark ink");
    assert.deepEqual([...levelsOf(Uint8ClampedArray.of(250, 250, 250, 255, 9, 9, 9, 0))], [250, 0], "black behind light ink");
  });

  it("tiles_of_a_sheet_are_found_whether_they_have_margins_or_touch", () => {
    const sheet = (/** @type {number} */ side, /** @type {number} */ columns, /** @type {number} */ rows, /** @type {(x: number, y: number, tile: number) => number} */ levelAt) => {
      const [width, height] = [side * columns, side * rows];
      return { width, height, levels: Uint8Array.from({ length: width * height }, (_, i) => {
        const [x, y] = [i % width, Math.floor(i / width)];
        return levelAt(x % side, y % side, Math.floor(y / side) * columns + Math.floor(x / side));
      }) };
    };
    for (const side of [28, 20, 32]) {
      const { levels, width, height } = sheet(side, 10, 6, (x, y, tile) => bar(tile)(x, y));
      assert.equal(guessTile(levels, width, height), side, `margins, ${side}`);
    }
    for (const side of [16, 28]) {
      // Pictures as photographs: each of its own brightness, and smooth within.
      const { levels, width, height } = sheet(side, 8, 8, (x, y, tile) => ((tile * 97) % 160) + x + 2 * y);
      assert.equal(guessTile(levels, width, height), side, `touching, ${side}`);
    }
    const smooth = sheet(140, 1, 1, (x, y) => x / 2 + y / 2);
    assert.equal(guessTile(smooth.levels, smooth.width, smooth.height), undefined, "one picture");
    assert.equal(guessTile(new Uint8Array(28 * 28 * 30), 28 * 6, 28 * 5), undefined, "nothing on it");
    const tiles = [...tilesOf(Uint8Array.from({ length: 20 }, (_, i) => i), 5, 4, 2)];
    assert.deepEqual(tiles.map((tile) => [...tile]), [[0, 1, 5, 6], [2, 3, 7, 8], [10, 11, 15, 16], [12, 13, 17, 18]]);
    assert.ok(isBlank(Uint8Array.of(7, 8, 9)) && !isBlank(Uint8Array.of(7, 20, 9)));
  });

  it("names_become_labels", () => {
    assert.deepEqual(numbered(["3", "7", "3"]), { labels: Uint8Array.of(3, 7, 3), hasLabels: true });
    assert.deepEqual(numbered(["cat", "ant 10", "ant 9"]), { labels: Uint8Array.of(2, 1, 0), hasLabels: true, classes: ["ant 9", "ant 10", "cat"] });
    assert.equal(numbered(["3", undefined]).hasLabels, false, "not all have one");
    assert.equal(numbered(["images", "images"]).hasLabels, false, "one folder for all");
    assert.equal(numbered(Array.from({ length: 300 }, (_, i) => `c${i}`)).hasLabels, false, "more than a byte can tell");
    assert.equal(labelOf("marks.zip/a/3/x.png"), "3");
    assert.equal(labelOf("x.png"), undefined);
    assert.ok(["a/.DS_Store", "__MACOSX/a/x.png", ".git/x", "a/Thumbs.db"].every(isHidden) && !isHidden("a/b.c/x.png"));
  });

  it("every_tenth_is_held_out_and_none_is_lost_or_in_both", () => {
    const collection = new Collection();
    const count = 5003; // more than one part of it
    for (let i = 0; i < count; i += 1) collection.add(new Uint8Array(P).fill(i % 251), String(i % 7), 255);
    const drawn = { images: new Uint8Array(2 * P).fill(33), labels: ["1", "2"] };
    const { train, heldOut, hasLabels } = collection.divide("light", drawn);
    assert.deepEqual([train.labels.length, heldOut.labels.length, hasLabels], [4504, 501, true]);
    assert.equal(train.images.length, 4504 * P);
    for (let i = 0, [t, h] = [0, 0]; i < count; i += 1) {
      const [set, place] = i % 10 === 0 ? [heldOut, h++] : [train, t++];
      assert.equal(set.images[place * P + 5], i % 251);
      assert.equal(set.labels[place], i % 7);
    }
    assert.equal(collection.ink, "dark");
    const { train: inverted } = collection.divide("auto", drawn);
    assert.equal(inverted.images[0], 255 - 1);
    assert.equal(inverted.images.at(-1), 33, "what was drawn is ink already");
  });

  it("a_damaged_file_takes_none_of_the_others_with_it", () => {
    const collection = new Collection();
    for (let i = 0; i < 5000; i += 1) collection.add(new Uint8Array(P).fill(1), undefined, 255);
    collection.cut(30);
    for (let i = 0; i < 70; i += 1) collection.add(new Uint8Array(P).fill(2), undefined, 0);
    assert.equal(collection.count, 100);
    assert.equal(collection.ink, "light");
    const { images } = collection.preview(100, "light");
    assert.deepEqual([images[0], images[29 * P], images[30 * P], images[99 * P]], [1, 1, 2, 2]);
  });
});
