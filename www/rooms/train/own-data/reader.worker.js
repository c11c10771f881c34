// @ts-check
/**
 * The worker that reads files into images: what each file is, its first bytes say, never its name. One reading is one
 * worker, so that whatever it is in the middle of can be stopped. `{action, …}` comes in, `{event, …}` goes out.
 */

import { listen } from "../../mailbox.js";
import { P } from "../../../picture.js";
import { words } from "../../../words/rooms/train-data.js";
import { digestOf } from "../digest.js";
import { Collection } from "./collection.js";
import { Framer } from "./framer.js";
import { isIdx, labelsFor, readIdx } from "./idx.js";
import { packed } from "./kept.js";
import { HEAD, pictureSize } from "./picture-size.js";
import { isHidden, labelOf } from "./sources.js";
import { isZip, readDirectory, Unpacker } from "./zip.js";

/** @typedef {import("./reading.js").Way} Way */
/** @typedef {import("./reading.js").Told} Told */
/** @typedef {import("./sources.js").Source} Source */
/** @typedef {import("../../../types.js").Core} Core */

/** Images that are taken. They stay in memory at 784 bytes each, here and for a moment in two copies: 235 MB. */
const MOST_IMAGES = 100_000;
/** Bytes of one picture's file, and of one file in a ZIP file. */
const MOST_BYTES = 128e6;
/** Refused files that are listed; the others are counted. */
const MOST_LISTED = 200;
/** Pictures that are decoded side by side. */
const TOGETHER = 8;
/** So often the page is told how far it is, ms. */
const TELL_MS = 100;

const collection = new Collection();
/** @type {Told} */
const told = { images: 0, refused: [], refusedCount: 0, files: 0, bytes: 0, allBytes: 0, blank: 0, isFull: false, isOver: false, hasPictures: false };
/** @type {Way} */
let way = { framing: "whole" };
let framer = new Framer(way);
let toldAt = 0;
/** @type {{ path: string, count: number, from: number }[]} files of images in IDX, and where they begin */
const idxImages = [];
/** @type {{ path: string, count: number, labels: Uint8Array }[]} */
const idxLabels = [];

let isStopped = false;
/** @type {Source[]} */
const sources = [];

/** All is read that will be: a person stopped it, or there are as many images as are taken. */
class Enough extends Error {}

const actions = {
  /** A few hundred at a time, since the page has to pack them. @param {{ some: Source[] }} request */
  add({ some }) {
    sources.push(...some);
  },

  /** @param {{ way: Way, tier: string }} request */
  async read({ way: asked, tier }) {
    way = asked;
    framer = new Framer(way, way.framing === "figure" ? await startedCore(tier) : undefined);
    told.allBytes = sources.reduce((sum, { file }) => sum + file.size, 0);
    try {
      await readAll();
    } catch (error) {
      if (!(error instanceof Enough)) throw error;
    }
    pairLabels();
    told.isOver = true;
    tell();
  },

  /** What is here stays. */
  stop() {
    isStopped = true;
  },

  /** @param {{ most: number, ink: import("./collection.js").Ink }} request */
  preview({ most, ink }) {
    post("preview", { ...collection.preview(most, ink), ink: collection.ink });
  },

  /** @param {{ ink: import("./collection.js").Ink, drawn: import("./collection.js").Drawn }} request */
  async divide({ ink, drawn }) {
    const { train, heldOut, ...rest } = collection.divide(ink, drawn);
    const count = train.labels.length + heldOut.labels.length;
    post("divided", { ...rest, count, digest: await digestOf(train.images), train: packed(train), heldOut: packed(heldOut) });
  },
};

/** @param {string} tier @returns {Promise<Core>} */
async function startedCore(tier) {
  const core = await import(new URL(`../../../pkg/${tier}/latent_ink.js`, import.meta.url).href);
  await core.default();
  return core;
}

async function readAll() {
  const isOnly = sources.length === 1;
  for (let at = 0; at < sources.length;) {
    const together = sources.slice(at, at + (isOnly ? 1 : TOGETHER));
    await inOrder(together, (source) => prepare(source.file, source.path, isOnly));
    for (const { file } of together) told.bytes += file.size;
    at += together.length;
    tellSometimes();
  }
}

/**
 * Prepares some files side by side and takes what is in them one after the other.
 * @template T
 * @param {T[]} some
 * @param {(one: T) => Promise<(() => unknown) | undefined>} prepareOne
 */
async function inOrder(some, prepareOne) {
  for (const taking of await Promise.all(some.map(prepareOne))) await taking?.();
}

/**
 * Looks at a file, and gives back what takes its images.
 * @param {Blob} file
 * @param {string} path
 * @param {boolean} isOnly  it was given alone, so a picture may be a sheet of tiles
 * @param {boolean} [isPacked]  it came out of a ZIP file or of gzip
 * @returns {Promise<(() => unknown) | undefined>}
 */
async function prepare(file, path, isOnly, isPacked = false) {
  try {
    const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
    if (!head.length) throw new Error(words.emptyFile);
    if (isZip(head)) {
      if (isPacked) throw new Error(words.zipInZip);
      return () => attempt(path, () => readZip(file, path));
    }
    if (head[0] === 0x1f && head[1] === 0x8b) {
      if (isPacked) throw new Error(words.packedTwice);
      return () => attempt(path, () => readGzip(file, path));
    }
    if (isIdx(head)) return () => attempt(path, () => takeIdx(file.stream(), path, isPacked ? 0 : file.size));
    const size = pictureSize(head) ?? pictureSize(new Uint8Array(await file.slice(0, MOST_BYTES).arrayBuffer()));
    if (!size) throw new Error(words.unknownFile(beginningOf(head)));
    if (file.size > MOST_BYTES) throw new Error(words.manyBytes(file.size, MOST_BYTES));
    const { images, blank, tile } = await framer.read(file, size, isOnly);
    told.hasPictures = true;
    return () => attempt(path, () => {
      told.blank += blank;
      told.tile = tile ?? told.tile;
      images.forEach(({ image, ground }) => take(image, labelOf(path), ground));
    });
  } catch (error) {
    return () => refuse(path, error);
  }
}

/**
 * @param {string} path
 * @param {() => unknown} act
 */
async function attempt(path, act) {
  const before = collection.count;
  try {
    await act();
    told.files += 1;
  } catch (error) {
    if (error instanceof Enough) throw error;
    collection.cut(before); // half of a damaged file is none of what a person meant
    refuse(path, error);
  }
}

/**
 * @param {string} path
 * @param {unknown} error
 */
function refuse(path, error) {
  if (error instanceof Enough) throw error;
  told.refusedCount += 1;
  if (told.refused.length < MOST_LISTED) told.refused.push({ path, reason: error instanceof Error ? error.message : String(error) });
}

/**
 * @param {Uint8Array} image
 * @param {string | undefined} label
 * @param {number} [ground]
 */
function take(image, label, ground) {
  if (collection.count === MOST_IMAGES) {
    told.isFull = true;
    throw new Enough();
  }
  collection.add(image, label, ground);
}

/**
 * @param {Blob} file
 * @param {string} path
 */
async function readZip(file, path) {
  const entries = (await readDirectory(file)).filter(({ name }) => !isHidden(name));
  if (!entries.length) throw new Error(words.zipEmpty);
  const { Inflate } = /** @type {typeof import("fflate")} */ (await import(new URL("../../../vendor/fflate.js", import.meta.url).href));
  const unpacker = new Unpacker(file, Inflate);
  const before = told.bytes;
  for (let at = 0; at < entries.length; at += TOGETHER) {
    const some = [];
    for (const entry of entries.slice(at, at + TOGETHER)) {
      const within = `${path}/${entry.name}`;
      const bytes = await unpacker.unpack(entry, MOST_BYTES).catch((error) => refuse(within, error));
      if (bytes) some.push({ bytes, within });
    }
    await inOrder(some, ({ bytes, within }) => prepare(new Blob([bytes]), within, false, true));
    told.bytes = before + Math.min(file.size, entries[Math.min(at + TOGETHER, entries.length) - 1].offset);
    tellSometimes();
  }
  told.bytes = before;
  told.files -= 1; // it is no image itself
}

/**
 * @param {Blob} file
 * @param {string} path
 */
async function readGzip(file, path) {
  const unpacked = file.stream().pipeThrough(new DecompressionStream("gzip"));
  const [looked, stream] = unpacked.tee();
  const reader = looked.getReader();
  const { value } = await reader.read().catch(() => {
    throw new Error(words.gzipDamaged);
  });
  void reader.cancel().catch(() => {}); // it comes to its end with the other half
  if (!value || !isIdx(value)) throw new Error(words.gzipOther(value ? beginningOf(value) : ""));
  await takeIdx(stream, path, file.size).catch((error) => {
    throw error instanceof TypeError ? new Error(words.gzipDamaged) : error;
  });
}

/**
 * @param {ReadableStream<Uint8Array>} stream
 * @param {string} path
 * @param {number} size  bytes of the file as it came, for the progress
 */
async function takeIdx(stream, path, size) {
  const [from, before] = [collection.count, told.bytes];
  /** @type {number[]} */
  let lengths = [];
  let labels = new Uint8Array(0);
  let i = 0;
  await readIdx(stream, (header) => {
    lengths = header.lengths;
    if (lengths.length === 1) labels = new Uint8Array(Math.min(lengths[0], 10 * MOST_IMAGES));
  }, (values) => {
    if (lengths.length === 1) labels[i] = values[0];
    // The rest is read too: it says whether the file is whole, and labels may come after it.
    else if (collection.count === MOST_IMAGES) told.isFull = true;
    else {
      const one = framer.frame(values, lengths[2], lengths[1]);
      take(one?.image ?? new Uint8Array(P), undefined, one?.ground); // an empty one keeps the labels in step
    }
    i += 1;
    told.bytes = before + Math.round((size * i) / lengths[0]);
    tellSometimes();
  });
  told.bytes = before;
  if (lengths.length === 1) idxLabels.push({ path, count: lengths[0], labels });
  else idxImages.push({ path, count: lengths[0], from });
}

/** Gives the images of IDX files their labels; labels without images are refused. */
function pairLabels() {
  for (const images of idxImages) {
    const found = labelsFor(images, idxLabels);
    if (!found) continue;
    collection.label(images.from, found.labels);
    idxLabels.splice(idxLabels.indexOf(found), 1);
  }
  for (const { path, count } of idxLabels) {
    told.files -= 1;
    refuse(path, new Error(words.labelsAlone(count)));
  }
}

/** How a file begins, for a sentence about it: text as text, anything else as numbers. @param {Uint8Array} bytes */
function beginningOf(bytes) {
  const some = bytes.subarray(0, 12);
  const isText = some.every((byte) => byte >= 32 && byte < 127);
  return isText ? `“${String.fromCharCode(...some)}”` : Array.from(some.subarray(0, 4), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function tellSometimes() {
  if (isStopped) throw new Enough();
  if (performance.now() - toldAt >= TELL_MS) tell();
}

function tell() {
  toldAt = performance.now();
  post("told", { told: { ...told, images: collection.count, ink: collection.ink } });
}

/**
 * @param {string} event
 * @param {object} what
 */
function post(event, what) {
  self.postMessage({ event, ...what });
}

listen(async ({ data: { action, ...request } }) => {
  try {
    await /** @type {Record<string, (request: any) => unknown>} */ (actions)[action](request);
  } catch (error) {
    post("failed", { message: error instanceof Error ? error.message : String(error) });
  }
});
