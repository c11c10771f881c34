// @ts-check
/**
 * A person's own images, once they are chosen: in this tab, and in IndexedDB, so that a reload still has them. They are kept
 * as blobs: those the browser packs and copies beside the page, where arrays of 78 MB would hold it up.
 */

import { Cupboard } from "../cupboard.js";

/** @typedef {import("../types.js").DataSet} DataSet */
/** @typedef {import("../types.js").Images} Images */
/** @typedef {{ images: Blob, labels: Blob }} Blobs */
/** @typedef {Omit<DataSet, "key" | "train" | "heldOut"> & { train: Blobs, heldOut: Blobs, count: number }} Kept  `count` of both sets. */
/** @typedef {Omit<DataSet, "key">} Own */

/** @type {Cupboard<Kept>} */
const cupboard = new Cupboard("latent-ink-own-images");

/** @type {Kept | undefined} */
let held;

/**
 * The images that were chosen last, in arrays of the caller's own; undefined where there are none.
 * @returns {Promise<Own | undefined>}
 */
export async function loadOwn() {
  const kept = await findOwn();
  if (!kept) return undefined;
  const { count: _, ...rest } = kept;
  return { ...rest, train: await unpacked(kept.train), heldOut: await unpacked(kept.heldOut) };
}

/** What was chosen last, its images still packed. @returns {Promise<Kept | undefined>} */
export async function findOwn() {
  held ??= await cupboard.read().catch(() => undefined);
  return held;
}

/**
 * @param {Kept} set
 * @returns {Promise<boolean>} whether a reload will have them too: private windows and full disks keep nothing
 */
export async function keepOwn(set) {
  held = set;
  return cupboard.write(set).then(() => true, () => false);
}

export async function forgetOwn() {
  held = undefined;
  await cupboard.drop().catch(() => undefined); // what cannot be opened holds nothing
}

/** @param {Images} images @returns {Blobs} */
export const packed = ({ images, labels }) => ({ images: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (images)]), labels: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (labels)]) });

/** @param {Blobs} blobs @returns {Promise<Images>} */
const unpacked = async ({ images, labels }) => ({ images: new Uint8Array(await images.arrayBuffer()), labels: new Uint8Array(await labels.arrayBuffer()) });
