// @ts-check
/**
 * A person's own images, once they are chosen: in this tab, and in IndexedDB, so that a reload still has them. They are kept
 * as blobs: those the browser packs and copies beside the page, where arrays of 78 MB would hold it up.
 */

/** @typedef {import("../types.js").DataSet} DataSet */
/** @typedef {import("../types.js").Images} Images */
/** @typedef {{ images: Blob, labels: Blob }} Blobs */
/** @typedef {Omit<DataSet, "key" | "train" | "heldOut"> & { train: Blobs, heldOut: Blobs, count: number }} Kept  `count` of both sets. */
/** @typedef {Omit<DataSet, "key">} Own */

const DATABASE = "latent-ink-own-images";
const STORE = "sets";
const KEY = "own";

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
  held ??= await request("readonly", (store) => store.get(KEY)).catch(() => undefined);
  return held;
}

/**
 * @param {Kept} set
 * @returns {Promise<boolean>} whether a reload will have them too: private windows and full disks keep nothing
 */
export async function keepOwn(set) {
  held = set;
  return request("readwrite", (store) => store.put(set, KEY)).then(() => true, () => false);
}

export async function forgetOwn() {
  held = undefined;
  await request("readwrite", (store) => store.delete(KEY)).catch(() => undefined); // what cannot be opened holds nothing
}

/** @param {Images} images @returns {Blobs} */
export const packed = ({ images, labels }) => ({ images: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (images)]), labels: new Blob([/** @type {Uint8Array<ArrayBuffer>} */ (labels)]) });

/** @param {Blobs} blobs @returns {Promise<Images>} */
const unpacked = async ({ images, labels }) => ({ images: new Uint8Array(await images.arrayBuffer()), labels: new Uint8Array(await labels.arrayBuffer()) });

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>} once it is written
 */
async function request(mode, act) {
  /** @type {IDBDatabase} */
  const database = await new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error);
      transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}
