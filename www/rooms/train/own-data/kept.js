// @ts-check
/** A person's own images, once they are chosen: in this tab's memory, and in IndexedDB, so that a reload still has them. */

/** @typedef {import("../types.js").DataSet} DataSet */
/** @typedef {Omit<DataSet, "key" | "digest">} Kept */

const DATABASE = "latent-ink-own-images";
const STORE = "sets";
const KEY = "own";

/** @type {Kept | undefined} */
let held;

/**
 * The images that were chosen last, as copies that may be transferred; undefined where there are none.
 * @returns {Promise<Kept | undefined>}
 */
export async function loadOwn() {
  held ??= await request("readonly", (store) => store.get(KEY)).catch(() => undefined);
  return held && { ...held, train: copied(held.train), heldOut: copied(held.heldOut) };
}

/**
 * What is there, without its images.
 * @returns {Promise<{ title: string, count: number } | undefined>}
 */
export async function ownTitle() {
  held ??= await request("readonly", (store) => store.get(KEY)).catch(() => undefined);
  return held && { title: held.title, count: held.train.labels.length + held.heldOut.labels.length };
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

/** @param {import("../types.js").Images} images */
const copied = ({ images, labels }) => ({ images: images.slice(), labels: labels.slice() });

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
