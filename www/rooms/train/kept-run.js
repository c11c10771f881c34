// @ts-check
/**
 * The one run that the browser keeps, in IndexedDB: where it is, so that a reload loses nothing. A new one takes its place,
 * so what is kept stays as large as one run: four times the weights and a few numbers for each step.
 */

/**
 * @typedef {object} KeptRun
 * @property {1} format
 * @property {number} time  when it was kept, ms since 1970
 * @property {Record<string, string | undefined>} own  its settings, as in a link
 * @property {number} step
 * @property {number} totalSteps
 * @property {boolean} isPlaying
 * @property {ArrayBuffer} state
 * @property {number} workers  which shared a batch
 * @property {Float64Array} log  as StepLog has it
 * @property {import("./run.js").Measure[]} measures
 * @property {number} trained  ms
 */

const [DATABASE, STORE, KEY] = ["latent-ink-run", "runs", "last"];

/** @returns {Promise<KeptRun | undefined>} */
export async function readKept() {
  const kept = await transact("readonly", (store) => store.get(KEY));
  return kept?.format === 1 ? kept : undefined;
}

/** @param {KeptRun} run @returns {Promise<unknown>} */
export const writeKept = (run) => transact("readwrite", (store) => store.put(run, KEY));

/** @returns {Promise<unknown>} */
export const dropKept = () => transact("readwrite", (store) => store.delete(KEY));

/**
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest} act
 * @returns {Promise<any>} once it is on its way to the disk
 */
async function transact(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? request.error);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
