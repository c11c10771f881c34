// @ts-check
/**
 * The page's side of the worker: one method per action. Newest wins: while a drawing is under way only the latest of
 * those that follow is kept. A worker that crashed is replaced and gets its model and judge back before anyone notices.
 */

import { words } from "./words/main.js";

/** @typedef {import("./types.js").Tier} Tier */
/** @typedef {import("./types.js").Reading} Reading */
/** @typedef {import("./types.js").DrawRequest} DrawRequest */
/** @typedef {import("./types.js").Decoded} Decoded */
/** @typedef {import("./types.js").DecodeRequest} DecodeRequest */
/** @typedef {import("./types.js").Encoded} Encoded */
/** @typedef {import("./types.js").Posterior} Posterior */
/** @typedef {import("./types.js").PosteriorRequest} PosteriorRequest */
/** @typedef {import("./types.js").PriorRequest} PriorRequest */
/** @typedef {import("./types.js").PriorSamples} PriorSamples */
/** @typedef {import("./types.js").Spread} Spread */
/** @typedef {import("./types.js").SpreadRequest} SpreadRequest */
/** @typedef {import("./types.js").Trouble} Trouble */
/** @typedef {{ action: string, resolve: (result: any) => void, reject: (error: Error) => void, timer: number }} Pending */

/** A reply takes milliseconds; one that takes this long will not come. Starting may compile and load for longer. */
const PATIENCE_MS = 8_000;
const PATIENCE_AT_START_MS = 60_000;

/** This many crashes within the window mean that a new worker will not help. */
const MAX_CRASHES = 3;
const CRASH_WINDOW_MS = 15_000;

/** What the page asks for again once a new worker stands. */
const REPEATED = ["draw", "prior", "decode", "spread"];

/** An error that the worker answered in words. `name` is its kind. */
class AnsweredError extends Error {
  /** @param {Trouble} trouble */
  constructor({ kind, message }) {
    super(message);
    this.name = kind;
  }
}

/** Runs one task at a time; of those that arrive meanwhile only the newest is kept, and the others come to undefined. */
class Newest {
  #isBusy = false;
  /** @type {{ task: () => Promise<any>, resolve: (result: any) => void, reject: (error: Error) => void } | undefined} */
  #waiting;

  /**
   * @template T
   * @param {() => Promise<T | undefined>} task
   * @returns {Promise<T | undefined>}
   */
  run(task) {
    if (this.#isBusy) {
      this.#waiting?.resolve(undefined);
      return new Promise((resolve, reject) => { this.#waiting = { task, resolve, reject }; });
    }
    this.#isBusy = true;
    return task().finally(() => {
      this.#isBusy = false;
      const next = this.#waiting;
      this.#waiting = undefined;
      if (next) this.run(next.task).then(next.resolve, next.reject);
    });
  }
}

export class Client {
  /** @type {Worker | undefined} */
  #worker;
  /** @type {Map<number, Pending>} */
  #pending = new Map();
  /** @type {Map<string, Newest>} by the purpose of the request */
  #newest = new Map();
  #lastId = 0;
  /** @type {number[]} times of the crashes */
  #crashes = [];
  /** @type {Promise<void> | undefined} under way while a new worker gets its model back */
  #restoring;
  /** @type {Tier} */
  #tier = "scalar";
  /** @type {ArrayBuffer | undefined} */
  #weights;
  /** @type {ArrayBuffer | undefined} weights of the judge */
  #judge;
  /** @type {(reason: string) => void} */
  #onReplaced;
  /** @type {(reason: string) => void} */
  #onLost;

  /**
   * @param {object} callbacks
   * @param {(reason: string) => void} callbacks.onReplaced  a new worker stands ready, with the same model
   * @param {(reason: string) => void} callbacks.onLost  it crashed again and again, or its files are gone
   */
  constructor({ onReplaced, onLost }) {
    this.#onReplaced = onReplaced;
    this.#onLost = onLost;
  }

  /**
   * Starts the worker with one build of the core.
   * @param {Tier} tier
   * @returns {Promise<{ tier: Tier, version: string }>}
   */
  start(tier) {
    this.#tier = tier;
    this.#spawn();
    return this.#ask("start", { tier }, [], PATIENCE_AT_START_MS);
  }

  /**
   * Hands over a model file; on an error the model before it stays.
   * @param {ArrayBuffer} weights
   * @returns {Promise<{ latent: number, record: string }>}
   */
  async load(weights) {
    await this.#restoring;
    const loaded = await this.#ask("load", { weights }, [], PATIENCE_AT_START_MS);
    this.#weights = weights;
    return loaded;
  }

  /** The file of the model that runs. */
  get weights() {
    return this.#weights;
  }

  /**
   * Hands over the classifier that reads digits; from then on drawings and samples come with what it reads in them.
   * @param {ArrayBuffer} weights
   */
  async judge(weights) {
    await this.#restoring;
    await this.#ask("judge", { weights }, [], PATIENCE_AT_START_MS);
    this.#judge = weights;
  }

  /**
   * A drawing on its whole way; undefined where a newer drawing took its place.
   * @param {DrawRequest} request
   * @returns {Promise<Reading | undefined>}
   */
  draw(request) {
    return this.#askNewest("draw", "draw", request);
  }

  /**
   * Samples from the prior; undefined where a newer request with the same purpose took its place.
   * @param {PriorRequest} request
   * @param {string} [purpose]
   * @returns {Promise<PriorSamples | undefined>}
   */
  prior(request, purpose = "row") {
    return this.#askNewest(`prior ${purpose}`, "prior", request);
  }

  /**
   * Pictures of any z; undefined where a newer request with the same purpose took its place.
   * @param {string} purpose  what the pictures are for: requests for one thing never wait for those for another
   * @param {DecodeRequest} request
   * @returns {Promise<Decoded | undefined>}
   */
  decode(purpose, request) {
    return this.#askNewest(`decode ${purpose}`, "decode", request);
  }

  /**
   * How far the pictures of many z are apart; undefined where a newer request took its place.
   * @param {SpreadRequest} request
   * @returns {Promise<Spread | undefined>}
   */
  spread(request) {
    return this.#askNewest("spread", "spread", request);
  }

  /**
   * The posteriors of images. A few hundred at a time leave a drawing its turn in between.
   * @param {Uint8Array} pixels  B x P values, 255 = ink
   * @returns {Promise<Encoded>}
   */
  async encode(pixels) {
    await this.#restoring;
    return this.#ask("encode", { pixels });
  }

  /**
   * What images cost where z = mu. A few hundred at a time, as with `encode`.
   * @param {Uint8Array} pixels  B x P values, 255 = ink
   * @returns {Promise<Float32Array>}  recon in nats, B
   */
  async costs(pixels) {
    await this.#restoring;
    return this.#ask("costs", { pixels });
  }

  /**
   * Where one drawing lies: every request is answered, unlike `draw`, whose newest wins.
   * @param {PosteriorRequest} request
   * @returns {Promise<Posterior>}
   */
  async posterior({ strokes, pixels, isNormalised }) {
    await this.#restoring;
    return this.#ask("posterior", { strokes, pixels, isNormalised });
  }

  /**
   * Standard normal noise, rows x latent: the same for a seed wherever it is asked for.
   * @param {number} seed
   * @param {number} rows
   * @param {number} latent
   * @returns {Promise<Float32Array>}
   */
  async eps(seed, rows, latent) {
    await this.#restoring;
    return this.#ask("eps", { seed, rows, latent });
  }

  /**
   * A picture as the network would see it, P values with 255 = ink; null where it holds no ink.
   * @param {ImageData} picture
   * @returns {Promise<Uint8Array | null>}
   */
  async picture({ data, width, height }) {
    await this.#restoring;
    return this.#ask("picture", { data, width, height }, [data.buffer]);
  }

  #spawn() {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => this.#receive(data);
    worker.onerror = (event) => this.#replace(event.message || words.stopped.start);
    worker.onmessageerror = () => this.#replace(words.stopped.message);
    this.#worker = worker;
  }

  /**
   * @param {string} action
   * @param {object} payload
   * @param {Transferable[]} [transfer]
   * @param {number} [patience]
   * @returns {Promise<any>}
   */
  #ask(action, payload, transfer = [], patience = PATIENCE_MS) {
    const worker = this.#worker;
    if (!worker) return Promise.reject(new AnsweredError({ kind: "Stopped", message: words.stopped.gone }));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      const timer = window.setTimeout(() => this.#replace(words.stopped.silence(action, patience / 1000)), patience);
      this.#pending.set(id, { action, resolve, reject, timer });
      worker.postMessage({ id, action, ...payload }, transfer);
    });
  }

  /**
   * @param {string} purpose
   * @param {string} action
   * @param {object} payload
   * @returns {Promise<any>}
   */
  #askNewest(purpose, action, payload) {
    const newest = this.#newest.get(purpose) ?? new Newest();
    this.#newest.set(purpose, newest);
    return newest.run(() => this.#askWhileWell(action, payload));
  }

  /**
   * For requests that the page repeats once a new worker stands: while there is none they come to undefined.
   * @param {string} action
   * @param {object} payload
   * @returns {Promise<any>}
   */
  #askWhileWell(action, payload) {
    return this.#restoring || !this.#worker ? Promise.resolve(undefined) : this.#ask(action, payload);
  }

  /** @param {{ id: number, result?: unknown, error?: Trouble }} reply */
  #receive({ id, result, error }) {
    const pending = this.#pending.get(id);
    if (!pending) return;
    if (error?.kind === "Panic") {
      this.#replace(error.message);
      return;
    }
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (error) pending.reject(new AnsweredError(error));
    else pending.resolve(result);
  }

  /**
   * Ends a worker that can no longer be trusted and puts a new one in its place.
   * @param {string} reason
   */
  #replace(reason) {
    this.#worker?.terminate();
    this.#worker = undefined;
    const isStart = this.#settle(reason);
    const now = performance.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < CRASH_WINDOW_MS), now];
    if (isStart || this.#crashes.length >= MAX_CRASHES) this.#onLost(reason);
    else this.#restoring = this.#restore(reason);
  }

  /**
   * Ends what was under way: requests that the page repeats come to undefined, the others fail with the reason.
   * @param {string} reason
   * @returns {boolean} whether the worker was still starting
   */
  #settle(reason) {
    let isStart = false;
    for (const { action, resolve, reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      isStart ||= action === "start";
      if (REPEATED.includes(action)) resolve(undefined);
      else reject(new AnsweredError({ kind: "Crashed", message: reason }));
    }
    this.#pending.clear();
    return isStart;
  }

  /** @param {string} reason */
  async #restore(reason) {
    try {
      await this.start(this.#tier);
      if (this.#weights) await this.#ask("load", { weights: this.#weights }, [], PATIENCE_AT_START_MS);
      if (this.#judge) await this.#ask("judge", { weights: this.#judge }, [], PATIENCE_AT_START_MS);
      this.#restoring = undefined;
      this.#onReplaced(reason);
    } catch {
      this.#restoring = undefined; // #replace has said why, through onLost
    }
  }
}
