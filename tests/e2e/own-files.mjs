// @ts-check
/** Files that a person might drop, made here so that none has to be stored: IDX, PNG, and ZIP with whatever is wrong with them. */

import { crc32, deflateSync } from "node:zlib";

import { zipSync } from "fflate";

/**
 * @param {number[]} lengths
 * @param {ArrayLike<number>} values
 */
export function idx(lengths, values) {
  const head = Buffer.alloc(4 + 4 * lengths.length);
  head.set([0, 0, 8, lengths.length]);
  lengths.forEach((length, axis) => head.writeUInt32BE(length, 4 + 4 * axis));
  return Buffer.concat([head, Uint8Array.from(values)]);
}

/**
 * An 8-bit grey PNG.
 * @param {number} width
 * @param {number} height
 * @param {(x: number, y: number) => number} levelAt
 */
export function png(width, height, levelAt) {
  const rows = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y += 1) for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = levelAt(x, y);
  return pngOf(width, height, deflateSync(rows));
}

/**
 * A PNG whose header says what it likes.
 * @param {number} width
 * @param {number} height
 * @param {Uint8Array} packed
 */
export function pngOf(width, height, packed) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const chunk = (/** @type {string} */ type, /** @type {Uint8Array} */ data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    sum.writeUInt32BE(checksum(body));
    return Buffer.concat([length, body, sum]);
  };
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header), chunk("IDAT", packed), chunk("IEND", Buffer.alloc(0))]);
}

/**
 * The checksum of PNG; Node has one of its own from 20.15 on.
 * @param {Uint8Array} bytes
 */
function checksum(bytes) {
  if (crc32) return crc32(bytes);
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}

/** A figure that can be told from others: a bar at a place and as long as its number says. Light ink on black. @param {number} i */
export const bar = (i) => (/** @type {number} */ x, /** @type {number} */ y) => (x >= 5 + (i % 9) && x < 9 + (i % 9) && y >= 4 && y < 10 + (i % 14) ? 255 : 0);

/**
 * @param {number} count
 * @param {number} [side]
 */
export const barsIdx = (count, side = 28) => idx([count, side, side], Array.from({ length: count }, (_, i) =>
  Array.from({ length: side * side }, (_, p) => bar(i)(p % side, Math.floor(p / side)))).flat());

/** @param {Record<string, Uint8Array>} files */
export const zip = (files) => Buffer.from(zipSync(files));

/**
 * A ZIP file with one entry of `size` zeros, whose list may say otherwise.
 * @param {number} size
 * @param {number} says
 */
export function bomb(size, says) {
  const file = zip({ "bomb.png": new Uint8Array(size) });
  for (const [signature, at] of [["PK\x03\x04", 22], ["PK\x01\x02", 24]]) {
    file.writeUInt32LE(says, file.indexOf(/** @type {string} */ (signature), 0, "latin1") + /** @type {number} */ (at));
  }
  return file;
}

/**
 * A ZIP file that lists one stored entry of one byte again and again.
 * @param {number} count
 */
export function longZip(count) {
  const small = zip({ a: Uint8Array.of(1) });
  const listAt = small.indexOf("PK\x01\x02", 0, "latin1");
  const endAt = small.indexOf("PK\x05\x06", 0, "latin1");
  const entry = small.subarray(listAt, endAt);
  const end = Buffer.from(small.subarray(endAt));
  end.writeUInt16LE(0xffff, 10);
  end.writeUInt32LE(entry.length * count, 12);
  const list = Buffer.alloc(entry.length * count);
  for (let i = 0; i < count; i += 1) list.set(entry, i * entry.length);
  return Buffer.concat([small.subarray(0, listAt), list, end]);
}

