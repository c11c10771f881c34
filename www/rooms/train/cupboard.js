// @ts-check
/** One value in IndexedDB: what a reload must not lose, and a link cannot hold. */

const [STORE, KEY] = ["values", "the one"];

/** @template T */
export class Cupboard {
  #name;

  /** @param {string} name  of its database */
  constructor(name) {
    this.#name = name;
  }

  /** @returns {Promise<T | undefined>} */
  read() {
    return this.#transact("readonly", (store) => store.get(KEY));
  }

  /** @param {T} value  takes the place of the one before @returns {Promise<unknown>} once it is on its way to the disk */
  write(value) {
    return this.#transact("readwrite", (store) => store.put(value, KEY));
  }

  /** @returns {Promise<unknown>} */
  drop() {
    return this.#transact("readwrite", (store) => store.delete(KEY));
  }

  /**
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest} act
   * @returns {Promise<any>}
   */
  async #transact(mode, act) {
    const database = await this.#open();
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
  #open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.#name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  }
}
