// @ts-check
/** @typedef {{ resolve: (result: any) => void, reject: (error: Error) => void }} Asked */

/**
 * The page's side of a worker that answers (`answering.js`): questions, and of what comes too fast only the newest. The worker starts
 * with the first question.
 */
export class WorkerClient {
  #url;
  #onLost;
  #onTold;
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, Asked>} */
  #asked = new Map();
  #last = 0;
  /** What is wanted of a purpose, where the one before is not done yet. @type {Map<string, { next?: () => Promise<void> }>} */
  #turns = new Map();

  /**
   * @param {URL} url  of the worker's module
   * @param {(error: Error) => void} [onLost]  it has nothing any more: what is asked next starts another
   * @param {(told: any) => void} [onTold]  what nobody asked for
   */
  constructor(url, onLost = () => {}, onTold = () => {}) {
    this.#url = url;
    this.#onLost = onLost;
    this.#onTold = onTold;
  }

  /** @param {string} action @param {object} [request] @returns {Promise<any>} */
  ask(action, request = {}) {
    const worker = this.#worker ??= this.#start();
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      worker.postMessage({ id, action, request });
    });
  }

  /**
   * Runs one task of a purpose at a time; of those that come meanwhile only the newest is run, after it.
   * @param {string} purpose
   * @param {() => Promise<void>} task
   */
  async newest(purpose, task) {
    const turn = this.#turns.get(purpose);
    if (turn) {
      turn.next = task;
      return;
    }
    /** @type {{ next?: () => Promise<void> }} */
    const mine = { next: task };
    this.#turns.set(purpose, mine);
    try {
      while (mine.next) {
        const now = mine.next;
        mine.next = undefined;
        await now();
      }
    } finally {
      this.#turns.delete(purpose);
    }
  }

  /** Whether a task of this purpose is under way. @param {string} purpose */
  isBusy(purpose) {
    return this.#turns.has(purpose);
  }

  /** Whether something newer waits for its turn. @param {string} purpose */
  isOutdated(purpose) {
    return Boolean(this.#turns.get(purpose)?.next);
  }

  #start() {
    const worker = new Worker(this.#url, { type: "module" });
    worker.onmessage = ({ data: { id, result, error, isLost, told } }) => {
      if (told) {
        this.#onTold(told);
        return;
      }
      const asked = this.#asked.get(id);
      this.#asked.delete(id);
      const trouble = error && named(error);
      if (trouble) asked?.reject(trouble);
      else asked?.resolve(result);
      if (isLost) this.#lose(worker, trouble);
    };
    worker.onerror = ({ message }) => this.#lose(worker, new Error(message || "its script did not start"));
    return worker;
  }

  /** @param {Worker} worker @param {Error} error */
  #lose(worker, error) {
    worker.terminate();
    this.#worker = undefined;
    this.#onLost(error);
    for (const { reject } of this.#asked.values()) reject(error);
    this.#asked.clear();
  }
}

/** The error that an answer describes. @param {import("./answering.js").Trouble} trouble */
export const named = ({ kind, message }) => Object.assign(new Error(message), { name: kind });
