// @ts-check
/** What the room asks of its worker: one method for each action. */

import { WorkerClient } from "../worker-client.js";

/** @typedef {import("./types.js").Progress} Progress */

export class CodesClient {
  #client;

  /**
   * @param {(error: Error) => void} onLost  what is asked next starts another worker, with nothing in it
   * @param {(told: { progress?: Progress, failed?: import("../answering.js").Trouble }) => void} [onTold]
   */
  constructor(onLost, onTold) {
    this.#client = new WorkerClient(new URL("./worker.js", import.meta.url), onLost, onTold);
  }

  /** @param {string} tier @returns {Promise<void>} */
  start(tier) {
    return this.#client.ask("start", { tier });
  }

  /** @param {ArrayBuffer} weights @param {Uint8Array} [maps] @returns {Promise<import("./types.js").Book>} */
  load(weights, maps) {
    return this.#client.ask("load", { weights, maps });
  }

  /** @param {Float32Array} x @returns {Promise<import("./types.js").Map>} */
  read(x) {
    return this.#client.ask("read", { x });
  }

  /** What a map decodes to, 0…1. @param {Uint8Array} codes @returns {Promise<Float32Array>} */
  decode(codes) {
    return this.#client.ask("decode", { codes });
  }

  /** The nats that it takes to name the codes. @param {Uint8Array} codes @returns {Promise<number>} */
  cost(codes) {
    return this.#client.ask("cost", { codes });
  }

  /** @param {import("./types.js").Asked} asked @returns {Promise<import("./types.js").Written>} */
  write(asked) {
    return this.#client.ask("write", asked);
  }

  /**
   * @param {Float32Array} x
   * @param {import("./types.js").Rival[]} rivals
   * @param {number} budget  bits that each may spend on its z
   * @returns {Promise<import("./types.js").Compared[]>}
   */
  compare(x, rivals, budget) {
    return this.#client.ask("compare", { x, rivals, budget });
  }

  /** @param {import("./types.js").Lesson} lesson @returns {Promise<void>} */
  train(lesson) {
    return this.#client.ask("train", lesson);
  }

  /** @returns {Promise<void>} */
  stop() {
    return this.#client.ask("stop");
  }
}
