// @ts-check
/**
 * The 60,000 training digits, for as long as the tab lives: fetched on demand, encoded once per model, searched in a
 * worker of their own, so that the one that answers the pad is never kept waiting.
 */

import { P } from "../picture.js";
import { words } from "../words/main.js";
import { fetchDigits } from "./digits.js";
import { keyOf } from "./model-key.js";
import { Portion } from "./portion.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {{ index: number, squared: number, among: number }} Found  index -1 where there was nothing to search. */
/** @typedef {{ images: number, bytes: number }} Fetched  images may be a part of one: what has come of a file */
/** @typedef {{ onFetched: (fetched: Fetched) => void, onPart: () => void, onMeans: (count: number) => void, signal: AbortSignal }} Gathering */

export const ALL = 60_000;
const PART = 10_000;

export class Neighbours {
  #worker = new Worker(new URL("./neighbours.worker.js", import.meta.url), { type: "module" });
  /** @type {Map<number, { resolve: (result: any) => void, reject: (error: Error) => void }>} */
  #pending = new Map();
  #lastId = 0;
  /** @type {import("./digits.js").Digits[]} */
  #parts = [];
  /** @type {Map<string, number>} how many digits have been encoded, by the model's key */
  #encoded = new Map();

  constructor() {
    this.#worker.onmessage = ({ data: { id, result } }) => {
      this.#pending.get(id)?.resolve(result);
      this.#pending.delete(id);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#pending.values()) reject(new Error(event.message || words.stopped.start));
      this.#pending.clear();
    };
  }

  /** How many training digits are there. */
  get images() {
    return this.#parts.length * PART;
  }

  /** How many of them a model has encoded. @param {string} model  its key */
  encoded(model) {
    return this.#encoded.get(model) ?? 0;
  }

  /** @param {number} index */
  digit(index) {
    const { labels, pixels } = this.#parts[Math.floor(index / PART)];
    const at = index % PART;
    return { label: labels[at], pixels: pixels.slice(at * P, (at + 1) * P) };
  }

  /**
   * Fetches the digits that are missing, and meanwhile has the model encode those that are there.
   * @param {Desk} desk
   * @param {Gathering} gathering
   */
  async gather(desk, { signal, ...callbacks }) {
    const failed = new AbortController();
    const both = AbortSignal.any([signal, failed.signal]);
    const tasks = [this.#fetch(both, callbacks), this.#encode(desk, both, callbacks)];
    try {
      await Promise.all(tasks);
    } finally {
      failed.abort();
      await Promise.allSettled(tasks);
    }
  }

  /**
   * @param {Uint8Array} query  P values
   * @returns {Promise<Found>}
   */
  nearestImage(query) {
    return this.#ask("image", { query });
  }

  /**
   * For each z the nearest mean of those that the model has encoded.
   * @param {string} model  its key
   * @param {Float32Array} z  B x Z
   * @returns {Promise<Found[]>}
   */
  nearestMeans(model, z) {
    return this.#ask("points", { model, z });
  }

  /**
   * @param {AbortSignal} signal
   * @param {Pick<Gathering, "onFetched" | "onPart">} callbacks
   */
  async #fetch(signal, { onFetched, onPart }) {
    let bytes = 0;
    while (this.images < ALL) {
      let ofThis = 0;
      const before = this.images;
      const digits = await fetchDigits(`mnist-train-${this.#parts.length}.bin`, (got, all) => {
        ofThis = got;
        onFetched({ images: before + (PART * got) / all, bytes: bytes + got });
      }, signal);
      bytes += ofThis;
      this.#parts.push(digits);
      await this.#ask("add", { pixels: digits.pixels });
      onPart();
    }
  }

  /**
   * @param {Desk} desk
   * @param {AbortSignal} signal
   * @param {Pick<Gathering, "onMeans">} callbacks
   */
  async #encode(desk, signal, { onMeans }) {
    const { model } = desk;
    if (!model) return;
    const key = keyOf(model);
    const portion = new Portion();
    for (let count = this.encoded(key); count < ALL;) {
      while (count >= this.images) await pause(signal); // the next file is on its way
      const { pixels } = this.#parts[Math.floor(count / PART)];
      const at = count % PART;
      const end = Math.min(PART, at + portion.size);
      const began = performance.now();
      const { mu } = await desk.client.encode(pixels.slice(at * P, end * P));
      portion.took(performance.now() - began);
      signal.throwIfAborted();
      if (desk.model !== model) throw new DOMException("another model", "AbortError"); // that one may have answered
      await this.#ask("means", { model: key, latent: model.latent, mu });
      count += end - at;
      this.#encoded.set(key, count);
      onMeans(count);
    }
  }

  /**
   * @param {string} action
   * @param {object} payload
   * @returns {Promise<any>}
   */
  #ask(action, payload) {
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage({ id, action, ...payload });
    });
  }
}

/**
 * @param {AbortSignal} signal
 * @returns {Promise<void>}
 */
function pause(signal) {
  signal.throwIfAborted();
  return new Promise((resolve) => setTimeout(resolve, 50));
}
