// @ts-check
/**
 * What a ZIP file lists: its directory stands at its end, so files of any size are read without reading them whole. Unpacking
 * is left to fflate, which takes a small file in microseconds, where a stream of the browser's own takes its time to begin.
 */

import { words } from "../../../words/rooms/train-data.js";

/**
 * A file in a ZIP file.
 * @typedef {object} Entry
 * @property {string} name
 * @property {number} method  0 stored, 8 deflated
 * @property {boolean} isEncrypted
 * @property {number} packed  bytes in the ZIP file
 * @property {number} size  bytes once unpacked, as the directory has it
 * @property {number} offset  of its local header
 */

const END = 0x06054b50;
const END_64_LOCATOR = 0x07064b50;
const END_64 = 0x06064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** The record at the end, with the longest comment that it can have. */
const LONGEST_END = 22 + 0xffff;
/** Files and bytes of a directory. Chosen: twice the images that are taken, with names of 200 letters. */
const MOST_ENTRIES = 200_000;
const LONGEST_DIRECTORY = 50e6;
/** A number of four bytes that stands in the extra field instead. */
const ELSEWHERE = 0xffffffff;

const utf8 = new TextDecoder();

/** Whether a file begins as ZIP does, an empty one too. @param {Uint8Array} bytes */
export const isZip = (bytes) => bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

/**
 * @param {Blob} file
 * @returns {Promise<Entry[]>} in the order in which they lie in the file, without folders
 * @throws {Error} in words
 */
export async function readDirectory(file) {
  const tailAt = Math.max(0, file.size - LONGEST_END - 20);
  const tail = await viewOf(file, tailAt, file.size);
  const endAt = lastOf(tail, END);
  if (endAt === undefined) throw new Error(words.zipNoEnd);
  let [count, length, offset] = [tail.getUint16(endAt + 10, true), tail.getUint32(endAt + 12, true), tail.getUint32(endAt + 16, true)];
  if (endAt >= 20 && tail.getUint32(endAt - 20, true) === END_64_LOCATOR) {
    const at = big(tail, endAt - 20 + 8);
    const end = await viewOf(file, at, at + 56);
    if (end.byteLength < 56 || end.getUint32(0, true) !== END_64) throw new Error(words.zipNoEnd);
    [count, length, offset] = [big(end, 32), big(end, 40), big(end, 48)];
  }
  if (count > MOST_ENTRIES || length > LONGEST_DIRECTORY) throw new Error(words.zipMany(MOST_ENTRIES));
  if (offset + length > tailAt + endAt) throw new Error(words.zipNoEnd);
  const directory = await viewOf(file, offset, offset + length);
  /** @type {Entry[]} */
  const entries = [];
  for (let at = 0; at + 46 <= length && directory.getUint32(at, true) === ENTRY;) {
    if (entries.length > MOST_ENTRIES) throw new Error(words.zipMany(MOST_ENTRIES));
    const { entry, end } = readEntry(directory, at);
    if (!entry.name.endsWith("/")) entries.push(entry);
    at = end;
  }
  return entries.sort((a, b) => a.offset - b.offset);
}

/**
 * @param {DataView} view
 * @param {number} at
 */
function readEntry(view, at) {
  const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const end = at + 46 + nameLength + extraLength + commentLength;
  if (end > view.byteLength) throw new Error(words.zipNoEnd);
  const name = utf8.decode(new Uint8Array(view.buffer, at + 46, nameLength));
  let [packed, size, offset] = [view.getUint32(at + 20, true), view.getUint32(at + 24, true), view.getUint32(at + 42, true)];
  // The extra field has those of the three that did not fit, in this order.
  let extra = extraOf(view, at + 46 + nameLength, extraLength);
  const next = (/** @type {number} */ value) => (value === ELSEWHERE && extra !== undefined ? big(view, (extra += 8) - 8) : value);
  [size, packed, offset] = [next(size), next(packed), next(offset)];
  const entry = { name, method: view.getUint16(at + 10, true), isEncrypted: (view.getUint16(at + 8, true) & 1) === 1, packed, size, offset };
  return { entry, end };
}

/**
 * Where the numbers of eight bytes stand; undefined without.
 * @param {DataView} view
 * @param {number} at
 * @param {number} length
 */
function extraOf(view, at, length) {
  for (const end = at + length; at + 4 <= end;) {
    const [id, size] = [view.getUint16(at, true), view.getUint16(at + 2, true)];
    if (id === 1 && at + 4 + size <= end && size >= 24) return at + 4;
    at += 4 + size;
  }
  return undefined;
}

/** The files of a ZIP file, read a few megabytes at a time, since most of them are small and lie side by side. */
export class Unpacker {
  #file;
  #Inflate;
  #window = new Uint8Array(0);
  #windowAt = 0;

  /** Bytes read at once. */
  static #WINDOW = 4e6;
  /** Bytes handed to fflate at once: they unpack to 16 MB at most, so that a bomb is noticed in time. */
  static #PUSH = 16_384;

  /**
   * @param {Blob} file
   * @param {typeof import("fflate").Inflate} Inflate
   */
  constructor(file, Inflate) {
    this.#file = file;
    this.#Inflate = Inflate;
  }

  /**
   * @param {Entry} entry
   * @param {number} most  bytes that it may have
   * @returns {Promise<Uint8Array<ArrayBuffer>>}
   * @throws {Error} in words
   */
  async unpack({ method, isEncrypted, packed, size, offset }, most) {
    if (isEncrypted) throw new Error(words.zipEncrypted);
    if (method !== 0 && method !== 8) throw new Error(words.zipMethod(method));
    if (size > most || packed > most) throw new Error(words.zipLarge(Math.max(size, packed), most));
    const head = await this.#bytes(offset, 30);
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    if (head.length < 30 || view.getUint32(0, true) !== LOCAL) throw new Error(words.zipDamaged);
    const bytes = await this.#bytes(offset + 30 + view.getUint16(26, true) + view.getUint16(28, true), packed);
    if (bytes.length < packed) throw new Error(words.cutShort(packed, bytes.length));
    if (method === 0) return bytes.slice();
    return this.#inflate(bytes, size);
  }

  /**
   * @param {Uint8Array} bytes
   * @param {number} size
   */
  #inflate(bytes, size) {
    const out = new Uint8Array(size);
    let got = 0;
    const inflate = new this.#Inflate((part) => {
      if (got + part.length <= size) out.set(part, got);
      got += part.length;
    });
    for (let at = 0; at < bytes.length; at += Unpacker.#PUSH) {
      try {
        inflate.push(bytes.subarray(at, at + Unpacker.#PUSH), at + Unpacker.#PUSH >= bytes.length);
      } catch {
        throw new Error(words.zipDamaged);
      }
      if (got > size) throw new Error(words.zipBomb(size));
    }
    if (got !== size) throw new Error(words.cutShort(size, got));
    return out;
  }

  /**
   * @param {number} from
   * @param {number} length
   */
  async #bytes(from, length) {
    if (from < this.#windowAt || from + length > this.#windowAt + this.#window.length) {
      this.#window = new Uint8Array(await this.#file.slice(from, from + Math.max(length, Unpacker.#WINDOW)).arrayBuffer());
      this.#windowAt = from;
    }
    return this.#window.subarray(from - this.#windowAt, from - this.#windowAt + length);
  }
}

/**
 * @param {Blob} file
 * @param {number} from
 * @param {number} to
 */
const viewOf = async (file, from, to) => new DataView(await file.slice(from, to).arrayBuffer());

/** A number of eight bytes, exact up to 2^53. @param {DataView} view @param {number} at */
const big = (view, at) => Number(view.getBigUint64(at, true));

/**
 * @param {DataView} view
 * @param {number} signature
 */
function lastOf(view, signature) {
  for (let at = view.byteLength - 22; at >= 0; at -= 1) if (view.getUint32(at, true) === signature) return at;
  return undefined;
}
