// @ts-check
/** The workers that train together, as the first of them sees them: it is one of them, and says when they start and stop. */

import { Lost, join, sharedBytes } from "./exchange.js";
import { EVERYTHING, gather, stepTogether } from "./together.js";

/** @typedef {import("./exchange.js").Exchange} Exchange */
/** @typedef {import("./types.js").Begin} Begin */
/** @typedef {import("./types.js").Place} Place */
/** @typedef {import("./types.js").WebTrainer} WebTrainer */

/** How long a helper that failed may take to say why, in ms. */
const REASON_MS = 500;

export class Pool {
  #trainer;
  /** @type {Worker[]} */
  #helpers = [];
  /** @type {Exchange | undefined} */
  #exchange;
  /** Whether the helpers are at the next step already. */
  #isGoing = false;
  /** Why a helper failed. @type {Error | undefined} */
  #reason;
  /** @type {(() => void)[]} */
  #onReason = [];

  /** @param {WebTrainer} trainer  of the first worker */
  constructor(trainer) {
    this.#trainer = trainer;
  }

  /**
   * Starts the helpers, each with the same run.
   * @param {Begin} run
   * @param {WebAssembly.Module} module
   * @param {number} of  all workers, with this one
   */
  async start(run, module, of) {
    this.#trainer.join(0, of);
    const most = this.#trainer.longest;
    const [own, ...places] = placesOf(of, run.isApart || !self.crossOriginIsolated ? undefined : sharedBytes(of, most));
    const helpers = places.map((place) => {
      const helper = new Worker(new URL("./helper.worker.js", import.meta.url), { type: "module" });
      this.#helpers.push(helper);
      const begun = new Promise((resolve) => {
        helper.onmessage = ({ data }) => data.event === "failed" ? this.#fail(data.kind, data.message) : resolve(undefined);
      });
      helper.onerror = (event) => this.#fail("LostError", event.message || "a worker that helps to train did not start");
      helper.postMessage({ action: "begin", run, module, place }, place.ports?.filter((port) => port !== undefined) ?? []);
      return begun;
    });
    await Promise.race([Promise.all(helpers), new Promise((resolve) => this.#onReason.push(() => resolve(undefined)))]);
    if (this.#reason) {
      this.end();
      throw this.#reason;
    }
    this.#exchange = join(own, most);
  }

  /** How many train, with this worker. */
  get size() {
    return this.#helpers.length + 1;
  }

  /**
   * As `Trainer.train`; but the helpers go on with the next step, until it is taken or called off by `settle`.
   * @param {number} milliseconds
   * @param {number} [end]
   */
  async train(milliseconds, end = Infinity) {
    const [trainer, began] = [this.#trainer, performance.now()];
    /** @type {number[]} */
    const steps = [];
    const last = Math.min(end, trainer.totalSteps);
    if (trainer.step >= last) return new Float64Array();
    if (this.#reason) throw this.#reason;
    if (!this.#isGoing) this.#tell({ action: "train" });
    try {
      do {
        this.#isGoing = false;
        const taken = await stepTogether(trainer, this.#exchanged(), () => trainer.step + 1 < last);
        steps.push(...taken?.step ?? []);
        this.#isGoing = taken?.goesOn ?? false;
      } while (this.#isGoing && performance.now() - began < milliseconds);
    } catch (error) {
      // As alone: the steps before it are told first, and the next call comes to the same end.
      if (!(error instanceof Error && error.name === "DivergedError" && steps.length)) throw await this.#reasonOf(error);
    }
    return Float64Array.from(steps);
  }

  /** Calls off the step that the helpers have begun: before anything else is done with the run, and before a pause. */
  async settle() {
    if (!this.#isGoing) return;
    this.#isGoing = false;
    await this.#exchanged().callOff().catch(async (error) => {
      throw await this.#reasonOf(error);
    });
  }

  /**
   * Brings what this worker's trainer needs: for `state` everything, for `weights` and `measure` the model.
   * @param {number[]} groups
   */
  async gather(groups) {
    await this.settle();
    if (!this.#trainer.owned(0)) return;
    this.#tell({ action: "gather", groups });
    try {
      await gather(this.#trainer, this.#exchanged(), groups);
    } catch (error) {
      throw await this.#reasonOf(error);
    }
  }

  /** @param {Uint8Array} state */
  async restore(state) {
    await this.settle();
    this.#trainer.restore(state);
    this.#tell({ action: "restore", state });
  }

  /** @param {{ training?: string, beta?: number }} changed  which this worker's trainer took */
  async set(changed) {
    await this.gather(EVERYTHING);
    this.#trainer.join(0, this.size);
    this.#tell({ action: "set", ...changed });
  }

  end() {
    this.#helpers.forEach((helper) => helper.terminate());
  }

  #exchanged() {
    if (this.#reason) throw this.#reason;
    if (!this.#exchange) throw new Lost();
    return this.#exchange;
  }

  /** @param {object} message */
  #tell(message) {
    this.#helpers.forEach((helper) => helper.postMessage(message));
  }

  /** @param {string} kind @param {string} message */
  #fail(kind, message) {
    this.#reason ??= Object.assign(new Error(message), { name: kind });
    this.#onReason.forEach((tell) => tell());
    this.#exchange?.fail();
  }

  /**
   * What a helper said, where this worker only knows that it is gone.
   * @param {unknown} error
   */
  async #reasonOf(error) {
    if (!(error instanceof Lost)) return error;
    await new Promise((resolve) => {
      if (this.#reason) return resolve(undefined);
      this.#onReason.push(() => resolve(undefined));
      return setTimeout(resolve, REASON_MS);
    });
    // Whoever is lost stays lost: the next step says so at once.
    this.#reason ??= error;
    return this.#reason;
  }
}

/**
 * Where each of a pool stands: with memory for all of them, or a port to each of the others.
 * @param {number} of
 * @param {number | undefined} bytes
 * @returns {Place[]}
 */
function placesOf(of, bytes) {
  if (bytes !== undefined) {
    const shared = new SharedArrayBuffer(bytes);
    return Array.from({ length: of }, (_, index) => ({ index, of, shared }));
  }
  const ports = Array.from({ length: of }, () => /** @type {(MessagePort | undefined)[]} */ (Array(of).fill(undefined)));
  for (let one = 0; one < of; one += 1) {
    for (let other = one + 1; other < of; other += 1) {
      ({ port1: ports[one][other], port2: ports[other][one] } = new MessageChannel());
    }
  }
  return ports.map((own, index) => ({ index, of, ports: own }));
}
