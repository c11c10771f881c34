// @ts-check
import { fetchIndex, fetchJudge, fetchWeights } from "../../models.js";
import { P } from "../../picture.js";
import { fetchDigits } from "../digits.js";
import { WorkerClient } from "../worker-client.js";

/** @typedef {import("../../types.js").ModelEntry} ModelEntry */
/** @typedef {import("../../types.js").Tier} Tier */
/** @typedef {import("./types.js").Gradients} Gradients */
/** @typedef {import("./types.js").Mixture} Mixture */
/** @typedef {import("./types.js").Read} Read */
/** @typedef {import("./types.js").Sampled} Sampled */

/** So few at once that a drawing has its turn in between. */
const CHUNK = 100;

/** The page's side of the story's worker: every model by its name, fetched when a scene first asks for it. */
export class Studio {
  #tier;
  #client = new WorkerClient(new URL("./studio.worker.js", import.meta.url), () => this.#lose());
  /** @type {Promise<void> | undefined} of the worker, which has its core then */
  #started;
  /** @type {Map<string, Promise<ModelEntry>>} */
  #models = new Map();
  /** Parts of clouds, by their model. @type {Map<string, Promise<import("./types.js").CloudPart>[]>} */
  #clouds = new Map();
  /** @type {Promise<unknown> | undefined} */
  #judge;
  /** @type {ReturnType<typeof fetchIndex> | undefined} */
  #index;

  /** @param {Tier} tier */
  constructor(tier) {
    this.#tier = tier;
  }

  /** The list of models, those of every beta with them. @returns {Promise<ModelEntry[]>} */
  async entries() {
    this.#index ??= fetchIndex();
    this.#index.catch(() => { this.#index = undefined; });
    const { models, ladder = [] } = await this.#index;
    return [...models, ...ladder];
  }

  /**
   * A model that ships, ready in the worker.
   * @param {string} name
   * @returns {Promise<ModelEntry>}
   */
  model(name) {
    const ready = this.#models.get(name) ?? this.#fetch(name);
    this.#models.set(name, ready);
    ready.catch(() => this.#models.delete(name));
    return ready;
  }

  /**
   * A model from its weights, in the place of the one of that name.
   * @param {string} model
   * @param {ArrayBuffer} weights
   */
  load(model, weights) {
    return this.#ask("load", { model, weights });
  }

  judge() {
    this.#judge ??= fetchJudge().then((weights) => this.#ask("judge", { weights }));
    this.#judge.catch(() => { this.#judge = undefined; });
    return this.#judge;
  }

  /** @param {{ model: string, pixels: Uint8Array, eps?: Float32Array, colour: number }} request @returns {Promise<Read>} */
  read(request) {
    return this.#ask("read", request);
  }

  /** @param {{ model: string, pixels: Uint8Array, eps: Float32Array }} request @returns {Promise<Gradients>} */
  gradients(request) {
    return this.#ask("gradients", request);
  }

  /** @param {{ model: string, mu: Float32Array, logVar: Float32Array }} request @returns {Promise<Float32Array>} */
  costs(request) {
    return this.#ask("costs", request);
  }

  /**
   * The posteriors of all test digits, which the worker keeps as the model's cloud; whoever comes later gets what is there at once.
   * @param {string} model
   * @param {{ isWanted: () => boolean, onPart: (part: import("./types.js").CloudPart, done: number, all: number) => void }} ways
   * @returns {Promise<boolean>} whether it came to its end
   */
  async cloud(model, { isWanted, onPart }) {
    const { pixels, labels: { length: all } } = await fetchDigits("mnist-test.bin");
    const parts = this.#clouds.get(model) ?? [];
    this.#clouds.set(model, parts);
    for (let first = 0; first < all; first += CHUNK) {
      if (!isWanted()) return false;
      const i = first / CHUNK;
      parts[i] ??= this.#ask("gather", { model, pixels: pixels.slice(first * P, (first + CHUNK) * P), first, all });
      onPart(await parts[i], first + CHUNK, all);
    }
    return true;
  }

  /**
   * @param {{ model: string, pixels: Uint8Array, bins: number, from: number, to: number }} request
   * @returns {Promise<{ mean: number, counts: Uint32Array }>}
   */
  sigmas(request) {
    return this.#ask("sigmas", request);
  }

  /** @param {import("./types.js").MixtureRequest} request @returns {Promise<Mixture>} */
  mixture(request) {
    return this.#ask("mixture", request);
  }

  /** @param {{ model: string, seed: number, count: number, colour: number }} request @returns {Promise<Sampled>} */
  sample(request) {
    return this.#ask("sample", request);
  }

  /** @param {{ model: string, pixels: Uint8Array, seed: number, most: number }} request @returns {Promise<Float64Array>} */
  bound(request) {
    return this.#ask("bound", request);
  }

  /** @param {number} seed @param {number} latent @returns {Promise<Float32Array>} */
  eps(seed, latent) {
    return this.#ask("eps", { seed, latent });
  }

  /** As that of the client. @param {string} purpose @param {() => Promise<void>} task */
  newest(purpose, task) {
    return this.#client.newest(purpose, task);
  }

  /** @param {string} name */
  async #fetch(name) {
    const entry = (await this.entries()).find((each) => each.name === name);
    if (!entry) throw new Error(name);
    await this.#ask("load", { model: name, weights: await fetchWeights(entry, () => {}) });
    return entry;
  }

  /** @param {string} action @param {object} request @returns {Promise<any>} */
  #ask(action, request) {
    this.#started ??= this.#client.ask("start", { tier: this.#tier });
    // Who fails with it says so; what is asked here comes after it, or is lost with it.
    this.#started.catch(() => {});
    return this.#client.ask(action, request);
  }

  #lose() {
    this.#started = undefined;
    this.#models.clear();
    this.#clouds.clear();
    this.#judge = undefined;
  }
}
