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
import { fitWhole, groundOf, levelsOf } from "./frame.js";
import { isIdx, labelsFor, readIdx } from "./idx.js";
import { packed } from "./kept.js";
import { HEAD, pictureSize } from "./picture-size.js";
import { guessTile, isBlank, tilesOf } from "./sheet.js";
import { isHidden, labelOf } from "./sources.js";
import { isZip, readDirectory, Unpacker } from "./zip.js";

/** @typedef {import("./reading.js").Way} Way */
/** @typedef {import("./reading.js").Told} Told */
/** @typedef {import("./sources.js").Source} Source */
/** @typedef {import("../../../types.js").Core} Core */

/** Images that are taken. They stay in memory at 784 bytes each, here and for a moment in two copies: 235 MB. */
const MOST_IMAGES = 100_000;
/** Pixels of a picture: 8,000 x 8,000 need 256 MB while they are decoded. */
const MOST_PIXELS = 64e6;
/** Bytes of one picture's file, and of one file in a ZIP file. */
const MOST_BYTES = 128e6;
/** Refused files that are listed; the others are counted. */
const MOST_LISTED = 200;
/** The longest side that a picture is reduced to before it is framed, px. */
const [FIGURE_SIDE, WHOLE_SIDE] = [560, 112];
/** Pictures that are decoded side by side. */
const TOGETHER = 8;
/** So often the page is told how far it is, ms. */
const TELL_MS = 100;

const collection = new Collection();
/** @type {Told} */
const told = { images: 0, refused: [], refusedCount: 0, files: 0, bytes: 0, allBytes: 0, blank: 0, isFull: false, isOver: false, hasPictures: false };
/** @type {Way} */
let way = { framing: "whole" };
/** @type {Core | undefined} */
let core;
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
    if (way.framing === "figure") {
      core = await import(new URL(`../../../pkg/${tier}/latent_ink.js`, import.meta.url).href);
      await core?.default();
    }
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
    const isSheet = way.tile === undefined ? isOnly : way.tile > 0;
    const taken = await readPicture(file, size, isSheet);
    return () => attempt(path, () => taken.forEach(({ image, ground }) => take(image, labelOf(path), ground)));
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
    else takeLevels(values, lengths[2], lengths[1]);
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

/**
 * @param {Blob} file
 * @param {import("./picture-size.js").Size} size
 * @param {boolean} isSheet
 */
async function readPicture(file, { width, height }, isSheet) {
  if (!(width > 0 && height > 0)) throw new Error(words.noPixels(width, height));
  if (width * height > MOST_PIXELS) throw new Error(words.manyPixels(width, height, MOST_PIXELS));
  if (file.size > MOST_BYTES) throw new Error(words.manyBytes(file.size, MOST_BYTES));
  const picture = await createImageBitmap(file, { colorSpaceConversion: "none" }).catch(() => {
    throw new Error(words.pictureDamaged);
  });
  told.hasPictures = true;
  try {
    if (isSheet) {
      const levels = levelsOf(rgbaOf(picture, picture.width, picture.height).data);
      const side = way.tile ?? guessTile(levels, picture.width, picture.height);
      told.tile = way.tile ?? side ?? 0;
      if (side) return readTiles(levels, picture.width, picture.height, side);
    }
    const one = framed(picture);
    if (!one) throw new Error(words.noFigure);
    return [one];
  } finally {
    picture.close();
  }
}

/**
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 * @param {number} side
 */
function readTiles(levels, width, height, side) {
  if (width < side || height < side) throw new Error(words.noTile(width, height, side));
  const taken = [];
  for (const tile of tilesOf(levels, width, height, side)) {
    const one = isBlank(tile) ? undefined : framedLevels(tile, side, side);
    if (one) taken.push(one);
    else told.blank += 1;
  }
  return taken;
}

/** @param {ImageBitmap} picture */
function framed(picture) {
  const most = way.framing === "figure" ? FIGURE_SIDE : WHOLE_SIDE;
  const shrink = Math.min(1, most / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, Math.round(side * shrink)));
  const pixels = rgbaOf(picture, width, height);
  if (core) return figureOf(pixels);
  const levels = levelsOf(pixels.data);
  const ground = groundOf(levels, width, height);
  return { image: fitWhole(levels, width, height, ground), ground };
}

/**
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 * @returns {{ image: Uint8Array, ground?: number } | undefined}
 */
function framedLevels(levels, width, height) {
  if (core) {
    const rgba = new Uint8ClampedArray(4 * levels.length);
    levels.forEach((level, i) => rgba.set([level, level, level, 255], 4 * i));
    return figureOf(new ImageData(rgba, width, height));
  }
  const ground = groundOf(levels, width, height);
  return { image: fitWhole(levels, width, height, ground), ground };
}

/**
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 */
function takeLevels(levels, width, height) {
  const one = framedLevels(levels, width, height);
  take(one?.image ?? new Uint8Array(P), undefined, one?.ground); // an empty one keeps the labels in step
}

/**
 * As a picture that is dropped onto the pad.
 * @param {ImageData} pixels
 * @returns {{ image: Uint8Array, ground?: number } | undefined} undefined where nothing is told from its ground
 */
function figureOf(pixels) {
  const x = /** @type {Core} */ (core).inkFromPicture(pixels);
  return x && { image: Uint8Array.from(x, (value) => Math.round(value * 255)) };
}

/**
 * @param {ImageBitmap} picture
 * @param {number} width
 * @param {number} height
 */
function rgbaOf(picture, width, height) {
  const canvas = new OffscreenCanvas(width, height);
  const ctx = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
  ctx.imageSmoothingQuality = "high";
  ctx.drawImage(picture, 0, 0, width, height);
  return ctx.getImageData(0, 0, width, height);
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
