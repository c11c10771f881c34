// @ts-check
/** MNIST and Fashion-MNIST for the rooms: files of 10,000 labelled pictures, fetched once a page and kept once a browser. */

import { words } from "../words/main.js";
import { unpackPixels } from "./levels.js";

/** @typedef {{ name: string, images: number, bits: number, bytes: number, sha256: string, raw: number }} Entry  One file of digits/index.json. */
/** @typedef {{ labels: Uint8Array<ArrayBuffer>, pixels: Uint8Array }} Digits  B and B x P values; 255 = ink. */
/** @typedef {{ labels: Uint8Array<ArrayBuffer>, packed: Uint8Array<ArrayBuffer>, bits: number }} PackedDigits  `unpackPixels` has their pixels. */
/** @typedef {(got: number, all: number) => void} OnProgress  bytes */

const FOLDER = new URL("../digits/", import.meta.url);

const CACHE = "latent-ink-digits";

/** @type {Promise<Entry[]> | undefined} */
let index;

/** @type {Map<string, Load>} */
const loads = new Map();

/**
 * One file: `mnist-test.bin`, `mnist-held-out.bin`, every 20th of it, `mnist-train-0.bin` to `mnist-train-5.bin`, or where
 * there is Fashion-MNIST the last seven of that. Those to train on have 16 levels.
 *
 * Callers may get the same arrays: read them, and neither write to them nor transfer them. The fetch ends when nobody
 * waits for it any more; one that failed is tried again by the next caller.
 * @param {string} name
 * @param {OnProgress} [onProgress]  called at once where something is there already
 * @param {AbortSignal} [signal]  leaves the others who wait for the same file alone
 * @returns {Promise<Digits>}
 */
export async function fetchDigits(name, onProgress, signal) {
  const { labels, packed, bits } = await fetchPacked(name, onProgress, signal);
  return { labels, pixels: unpackPixels(packed, bits) };
}

/**
 * The same with its pixels as the file has them, for who unpacks them elsewhere.
 * @param {string} name
 * @param {OnProgress} [onProgress]
 * @param {AbortSignal} [signal]
 * @returns {Promise<PackedDigits>}
 */
export async function fetchPacked(name, onProgress = () => {}, signal) {
  signal?.throwIfAborted();
  const load = loads.get(name) ?? new Load(name);
  return load.join(onProgress, signal);
}

/**
 * Whether the page is served with a file: not every one comes with Fashion-MNIST.
 * @param {string} name
 */
export async function isListed(name) {
  return (await fetchIndex()).some((entry) => entry.name === name);
}

/** One file on its way to everyone who waits for it, or there. */
class Load {
  #name;
  #stop = new AbortController();
  #isThere = false;
  /** @type {Set<{ onProgress: OnProgress }>} */
  #callers = new Set();
  /** @type {[number, number] | undefined} */
  #progress;
  #digits;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
    loads.set(name, this);
    this.#digits = this.#run();
  }

  /**
   * @param {OnProgress} onProgress
   * @param {AbortSignal} [signal]
   * @returns {Promise<PackedDigits>}
   */
  async join(onProgress, signal) {
    const caller = { onProgress };
    this.#callers.add(caller);
    if (this.#progress) onProgress(...this.#progress);
    let abort = () => {};
    /** @type {Promise<never>} */
    const aborted = new Promise((_, reject) => {
      abort = () => reject(signal?.reason);
    });
    signal?.addEventListener("abort", abort);
    try {
      return await Promise.race([this.#digits, aborted]);
    } finally {
      signal?.removeEventListener("abort", abort);
      this.#leave(caller);
    }
  }

  /** @param {{ onProgress: OnProgress }} caller */
  #leave(caller) {
    this.#callers.delete(caller);
    if (this.#callers.size > 0 || this.#isThere) return;
    this.#forget();
    this.#stop.abort();
  }

  #forget() {
    if (loads.get(this.#name) === this) loads.delete(this.#name);
  }

  async #run() {
    try {
      const entries = await fetchIndex();
      const entry = entries.find(({ name }) => name === this.#name);
      if (!entry) throw new Error(words.unlisted(address(this.#name)));
      const kept = await fromCache(entry);
      if (kept) this.#show(kept.length, kept.length);
      const bytes = kept ?? await fetchBytes(entry, (got, all) => this.#show(got, all), this.#stop.signal);
      const raw = await unpack(entry, bytes);
      if (!kept) await keep(entry, entries, bytes);
      this.#isThere = true;
      return { labels: raw.subarray(0, entry.images), packed: raw.subarray(entry.images), bits: entry.bits };
    } catch (error) {
      this.#forget();
      throw error;
    }
  }

  /** @type {OnProgress} */
  #show(got, all) {
    this.#progress = [got, all];
    for (const { onProgress } of this.#callers) onProgress(got, all);
  }
}

/** @returns {Promise<Entry[]>} */
function fetchIndex() {
  index ??= fetchFile("index.json")
    .then((response) => response.json())
    .then(({ files }) => files)
    .catch((error) => {
      index = undefined;
      throw error;
    });
  return index;
}

/**
 * @param {Entry} entry
 * @param {OnProgress} onProgress
 * @param {AbortSignal} signal
 */
async function fetchBytes({ name, bytes, raw }, onProgress, signal) {
  const response = await fetchFile(name, signal);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let got = 0;
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  const read = () => reader.read().catch(() => {
    throw new Error(words.unreachable(address(name)));
  });
  for (let part = await read(); !part.done; part = await read()) {
    parts.push(part.value);
    got += part.value.length;
    onProgress(got, isGzip(parts[0]) ? bytes : raw);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}

/**
 * Labels and pixels, whether or not the host unpacked them on the way.
 * @param {Entry} entry
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function unpack({ name, bytes: packed, raw }, bytes) {
  const expected = isGzip(bytes) ? packed : raw;
  if (bytes.length !== expected) throw new Error(words.wrongLength(address(name), expected, bytes.length));
  if (!isGzip(bytes)) return bytes;
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  const unpacked = await new Response(stream).arrayBuffer().catch(() => {
    throw new Error(words.damaged(address(name)));
  });
  if (unpacked.byteLength !== raw) throw new Error(words.wrongLength(address(name), raw, unpacked.byteLength));
  return new Uint8Array(unpacked);
}

/**
 * Unpacked files begin with labels, 0 to 9, and so never like gzip.
 * @param {Uint8Array} bytes
 */
const isGzip = (bytes) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/**
 * An address that nothing has: the content's alone, so that a build with the same digits finds them.
 * @param {Entry} entry
 */
const cacheKey = ({ sha256 }) => new URL(`/${CACHE}/${sha256}`, FOLDER).href;

/** @param {Entry} entry */
async function fromCache(entry) {
  try {
    const response = await (await caches.open(CACHE)).match(cacheKey(entry));
    return response && new Uint8Array(await response.arrayBuffer());
  } catch {
    // Private windows and pages without HTTPS may have no cache: then it is fetched.
    return undefined;
  }
}

/**
 * Keeps a file and drops those that the list no longer names.
 * @param {Entry} entry
 * @param {Entry[]} entries
 * @param {Uint8Array<ArrayBuffer>} bytes
 */
async function keep(entry, entries, bytes) {
  try {
    const cache = await caches.open(CACHE);
    await cache.put(cacheKey(entry), new Response(bytes));
    const wanted = entries.map(cacheKey);
    for (const { url } of await cache.keys()) if (!wanted.includes(url)) await cache.delete(url);
  } catch {
    // No cache, or no room in it: the next visit fetches again.
  }
}

/**
 * @param {string} name
 * @param {AbortSignal} [signal]
 */
async function fetchFile(name, signal) {
  const response = await fetch(new URL(name, FOLDER), { signal }).catch(() => {
    throw new Error(words.unreachable(address(name)));
  });
  if (!response.ok) throw new Error(words.missing(address(name), response.status));
  return response;
}

/**
 * A file as messages name it.
 * @param {string} name
 */
const address = (name) => `digits/${name}`;
