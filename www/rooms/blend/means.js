// @ts-check
/** Where a class lies: the mean of mu over the test digits of each class, worked out once for each model. */

import { P } from "../../picture.js";
import { fetchDigits } from "../digits.js";
import { keyOf } from "../model-key.js";

/** @typedef {import("../../types.js").Desk} Desk */

const FILE = "mnist-test.bin";
/** C, the classes. */
const C = 10;
/** Images a question: a few hundred leave a drawing its turn in between. */
const CHUNK = 250;

/** @type {Map<string, Promise<Float32Array[]>>} by the model's key */
const known = new Map();

/** @type {import("../digits.js").Digits | undefined} */
let digits;

/** The test digits, if they are here. */
export const testDigits = () => digits;

/** @param {(got: number, all: number) => void} [onProgress]  bytes */
export async function loadTestDigits(onProgress) {
  digits ??= await fetchDigits(FILE, onProgress);
  return digits;
}

/**
 * The pixels of a test digit.
 * @param {number} index
 */
export const pixelsOf = (index) => digits?.pixels.slice(index * P, (index + 1) * P);

/**
 * The next test digit of a class, going round.
 * @param {number} digit
 * @param {number} from  index
 * @param {1 | -1} step
 */
export function nextOf(digit, from, step) {
  const labels = digits?.labels ?? new Uint8Array(0);
  for (let i = 1; i <= labels.length; i += 1) {
    const index = (from + step * i + labels.length * 2) % labels.length;
    if (labels[index] === digit) return index;
  }
  return from;
}

/**
 * The ten means of the model that runs. Others who ask meanwhile wait for the same; after a failure the next one tries again.
 * @param {Desk} desk
 * @param {(encoded: number, all: number) => void} onProgress  images
 * @param {(got: number, all: number) => void} onBytes
 */
export function classMeans(desk, onProgress, onBytes) {
  const key = desk.model ? keyOf(desk.model) : "";
  const found = known.get(key) ?? meansOf(desk, onProgress, onBytes);
  known.set(key, found);
  found.catch(() => known.delete(key));
  return found;
}

/**
 * @param {Desk} desk
 * @param {(encoded: number, all: number) => void} onProgress
 * @param {(got: number, all: number) => void} onBytes
 */
async function meansOf(desk, onProgress, onBytes) {
  const { model } = desk;
  const { labels, pixels } = await loadTestDigits(onBytes);
  const latent = model?.latent ?? 0;
  const sums = Array.from({ length: C }, () => new Float64Array(latent));
  const counts = new Uint32Array(C);
  for (let at = 0; at < labels.length; at += CHUNK) {
    const { mu } = await desk.client.encode(pixels.slice(at * P, (at + CHUNK) * P));
    if (desk.model !== model) throw new DOMException("another model was chosen", "AbortError");
    for (let i = 0; i < mu.length / latent; i += 1) {
      const label = labels[at + i];
      counts[label] += 1;
      for (let d = 0; d < latent; d += 1) sums[label][d] += mu[i * latent + d];
    }
    onProgress(Math.min(labels.length, at + CHUNK), labels.length);
  }
  return sums.map((sum, label) => Float32Array.from(sum, (value) => value / counts[label]));
}
