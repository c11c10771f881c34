// @ts-check
/** A worker that helps another to train: it has the same run, and takes part in every step of it. */

import { beginRun } from "./core.js";
import { join } from "./exchange.js";
import { gather, stepTogether } from "./together.js";

/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {import("./types.js").Joining} Joining */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** @type {WebTrainer} */
let trainer;
/** @type {Exchange} */
let exchange;

const actions = {
  /** @param {Joining} request */
  async begin({ run, module, place }) {
    ({ trainer } = await beginRun(run, module));
    trainer.join(place.index, place.of);
    exchange = join(place, trainer.longest);
    self.postMessage({ event: "begun" });
  },

  async train() {
    try {
      while ((await stepTogether(trainer, exchange, () => false))?.goesOn);
    } catch (error) {
      // Whoever leads has had the same, and says it.
      if (/** @type {Error} */ (error).name !== "DivergedError") throw error;
    }
  },

  /** @param {{ groups: number[] }} request */
  gather: ({ groups }) => gather(trainer, exchange, groups),

  /** @param {{ state: Uint8Array }} request */
  restore({ state }) {
    trainer.restore(state);
  },

  /** @param {{ training?: string, beta?: number }} request  which the first worker's run took */
  set({ training, beta }) {
    if (training !== undefined) trainer.setTraining(training);
    if (beta !== undefined) trainer.setBeta(beta);
    trainer.join(exchange.index, exchange.of);
  },
};

/** @type {Promise<unknown>} */
let last = Promise.resolve();

self.onmessage = ({ data: { action, ...request } }) => {
  last = last.then(() => /** @type {Record<string, (request: any) => unknown>} */ (actions)[action](request)).catch((error) => {
    const { name, message } = error instanceof Error ? error : { name: "Error", message: String(error) };
    self.postMessage({ event: "failed", kind: error instanceof WebAssembly.RuntimeError ? "Panic" : name, message });
    exchange?.fail();
  });
};
