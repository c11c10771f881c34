// @ts-check
/** The images that a run learns from, and those that it never sees. */

import { words } from "../../words/rooms/train-data.js";
import { fetchDigits, fetchPacked, isListed } from "../digits.js";
import { loadOwn } from "./own-data/kept.js";

/** @typedef {import("./types.js").DataSet} DataSet */

const PER_PART = 10_000;

/** What comes with the page, by its key. @type {Record<string, { set: "mnist" | "fashion", parts: number }>} */
const SHIPPED = {
  10000: { set: "mnist", parts: 1 },
  60000: { set: "mnist", parts: 6 },
  "fashion-10000": { set: "fashion", parts: 1 },
  fashion: { set: "fashion", parts: 6 },
};

/** Every key that `loadData` takes, in the order of a list. */
export const DATA_KEYS = [...Object.keys(SHIPPED), "own"];

/**
 * @param {string} key  one of DATA_KEYS
 * @param {(got: number, all: number) => void} onProgress  bytes
 * @param {AbortSignal} signal
 * @returns {Promise<DataSet>} fresh arrays, which may be transferred
 * @throws {Error} in words, where it could not be fetched, or is not there
 */
export async function loadData(key, onProgress, signal) {
  const data = key === "own" ? await loadOwn() : await loadShipped(key, onProgress, signal);
  if (!data) throw new Error(key === "own" ? words.noOwn : words.noFashion);
  return { key, ...data };
}

/**
 * @param {string} key
 * @param {(got: number, all: number) => void} onProgress
 * @param {AbortSignal} signal
 */
async function loadShipped(key, onProgress, signal) {
  const { set, parts: count } = SHIPPED[key];
  if (set === "fashion" && !(await isListed("fashion-held-out.bin"))) return undefined;
  const names = Array.from({ length: count }, (_, i) => `${set}-train-${i}.bin`);
  /** @type {[number, number][]} */
  const progress = Array.from({ length: count + 1 }, () => [0, 0]);
  const show = (/** @type {number} */ i) => (/** @type {number} */ got, /** @type {number} */ all) => {
    progress[i] = [got, all];
    const [sum, total] = progress.reduce(([a, b], [c, d]) => [a + c, b + d]);
    onProgress(sum, total);
  };
  const [held, ...parts] = await Promise.all([
    fetchDigits(`${set}-held-out.bin`, show(count), signal),
    ...names.map((name, i) => fetchPacked(name, show(i), signal)),
  ]);
  const [{ bits, packed: { length } }] = parts;
  const train = { images: new Uint8Array(count * length), bits, labels: new Uint8Array(count * PER_PART) };
  for (const [i, { packed, labels }] of parts.entries()) {
    train.images.set(packed, i * length);
    train.labels.set(labels, i * PER_PART);
    await new Promise((done) => setTimeout(done)); // 4 MB at a time hold nothing up
  }
  const title = words.titles[/** @type {keyof typeof words.titles} */ (key)];
  const classes = set === "fashion" ? { classes: words.fashionClasses } : {};
  const heldOut = { images: held.pixels.slice(), labels: held.labels.slice() };
  return { title, train, heldOut, hasLabels: true, ...classes, isMnist: set === "mnist" };
}
