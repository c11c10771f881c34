// @ts-check
/**
 * IDX, the format that MNIST comes in: two zero bytes, the type of the values, the number of axes, the length of each axis
 * as a big-endian number of four bytes, then the values.
 */

import { words } from "../../../words/rooms/train-data.js";

/** @typedef {{ lengths: number[], offset: number, bytes: number }} Header  `bytes` of the whole file, `offset` of its values. */

/** Unsigned bytes, the only type that images come in. */
const BYTES = 8;
/** Pixels along a side of an image: what is larger is no image of this kind. Chosen. */
const MOST_SIDE = 1024;
/** Bytes that hold any header that is read here. */
export const LONGEST_HEADER = 16;

/** Whether a file begins as IDX does. @param {Uint8Array} bytes */
export const isIdx = (bytes) => bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && bytes[2] >= BYTES && bytes[2] <= 14 && bytes[3] > 0;

/**
 * @param {Uint8Array} bytes  the beginning of a file for which `isIdx`
 * @returns {Header} of images, with three axes, or of labels, with one
 * @throws {Error} in words: what was expected, what came
 */
export function readHeader(bytes) {
  const axes = bytes[3];
  if (bytes[2] !== BYTES) throw new Error(words.idxType(bytes[2]));
  if (axes !== 1 && axes !== 3) throw new Error(words.idxAxes(axes));
  const offset = 4 + 4 * axes;
  if (bytes.length < offset) throw new Error(words.cutShort(offset, bytes.length));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const lengths = Array.from({ length: axes }, (_, axis) => view.getUint32(4 + 4 * axis));
  if (lengths.includes(0)) throw new Error(words.idxEmpty(lengths));
  if (axes === 3 && Math.max(lengths[1], lengths[2]) > MOST_SIDE) throw new Error(words.idxLarge(lengths[1], lengths[2], MOST_SIDE));
  return { lengths, offset, bytes: offset + lengths.reduce((product, length) => product * length, 1) };
}

/**
 * Reads a file of images or labels, an item at a time, so that none needs to fit into memory whole.
 * @param {ReadableStream<Uint8Array>} stream
 * @param {(header: Header) => void} onHeader
 * @param {(values: Uint8Array) => void} onItem  an image, height x width, or one label; a view that is good for the call
 * @throws {Error} in words, at the end too, where the file is shorter or longer than its header says
 */
export async function readIdx(stream, onHeader, onItem) {
  /** @type {Header | undefined} */
  let header;
  /** @type {Uint8Array} */
  let held = new Uint8Array(0);
  let got = 0;
  const reader = stream.getReader();
  for (let part = (await reader.read()).value; part; part = (await reader.read()).value) {
    got += part.length;
    held = held.length ? joined(held, part) : part;
    if (!header) {
      if (held.length < LONGEST_HEADER && held.length < 4 + 4 * (held[3] ?? 3)) continue;
      header = readHeader(held);
      onHeader(header);
      held = held.subarray(header.offset);
    }
    if (got > header.bytes) throw new Error(words.tooLong(header.lengths, header.bytes));
    const [, ...sides] = header.lengths;
    const size = sides.reduce((product, side) => product * side, 1);
    let at = 0;
    for (; at + size <= held.length; at += size) onItem(held.subarray(at, at + size));
    held = held.subarray(at);
  }
  if (!header) throw new Error(words.cutShort(LONGEST_HEADER, got));
  if (got < header.bytes) throw new Error(words.tooShort(header.lengths, header.bytes, got));
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
function joined(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/**
 * Which file of labels belongs to a file of images: the one that is named alike, or the only one with as many.
 * @template {{ path: string, count: number }} T
 * @param {{ path: string, count: number }} images
 * @param {T[]} labels  those that are left
 * @returns {T | undefined}
 */
export function labelsFor(images, labels) {
  const stem = (/** @type {string} */ path) => path.toLowerCase().replace(/\.gz$/, "").replace(/images?|labels?/g, "").replace(/idx\d/g, "");
  const fitting = labels.filter(({ count }) => count === images.count);
  return fitting.find(({ path }) => stem(path) === stem(images.path)) ?? (fitting.length === 1 ? fitting[0] : undefined);
}
