// @ts-check
/** The images that a run learns from, and those that it never sees. */

import { P } from "../../picture.js";
import { fetchDigits } from "../digits.js";

/** @typedef {import("./types.js").DataSet} DataSet */

const PER_PART = 10_000;
/** Every so many of the test digits are held out, so that all hands are among them. */
const EVERY = 20;

/**
 * @param {string} key  how many of MNIST's digits
 * @param {(got: number, all: number) => void} onProgress  bytes
 * @param {AbortSignal} signal
 * @returns {Promise<DataSet>}
 */
export async function loadData(key, onProgress, signal) {
  const count = Number(key);
  const names = ["mnist-test.bin", ...Array.from({ length: count / PER_PART }, (_, i) => `mnist-train-${i}.bin`)];
  /** @type {[number, number][]} */
  const progress = names.map(() => [0, 0]);
  const [test, ...parts] = await Promise.all(names.map((name, i) => fetchDigits(name, (got, all) => {
    progress[i] = [got, all];
    const [sum, total] = progress.reduce(([a, b], [c, d]) => [a + c, b + d]);
    onProgress(sum, total);
  }, signal)));
  const train = { images: new Uint8Array(count * P), labels: new Uint8Array(count) };
  parts.forEach(({ pixels, labels }, i) => {
    train.images.set(pixels, i * PER_PART * P);
    train.labels.set(labels, i * PER_PART);
  });
  const held = Array.from({ length: PER_PART / EVERY }, (_, i) => i * EVERY);
  const heldOut = { images: new Uint8Array(held.length * P), labels: Uint8Array.from(held, (i) => test.labels[i]) };
  held.forEach((from, i) => heldOut.images.set(test.pixels.subarray(from * P, (from + 1) * P), i * P));
  return { key, train, heldOut };
}
