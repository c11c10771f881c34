// @ts-check
/**
 * Our own contestants: the module that `benches/wasm/` makes, one for each tier.
 *
 * Timed: one call into WebAssembly that computes as often as the slice asks; operands and results stay there.
 */

import * as workloads from "./workloads.mjs";

/** @typedef {import("./rounds.mjs").Contestant} Contestant */
/** @typedef {import("./workloads.mjs").Shape} Shape */
/** @typedef {{ contestant: Contestant, result(): Float32Array, close(): void }} Entry */

/** What is read to measure the memory where no weights say how much: what the dense VAE's first layer holds. */
const MEMORY_BYTES = 4 * workloads.P * workloads.H;

/** Floating-point operations and bytes are counted by the module; a call of `peak` lasts about 0.2 ms. */
export class Ours {
  /** @type {Record<string, any>} */
  #modules;

  /** @param {Record<string, any>} modules  by tier */
  constructor(modules) {
    this.#modules = modules;
  }

  /** The tiers that are there, best last. */
  get tiers() {
    return Object.keys(this.#modules);
  }

  /**
   * Registers alone, fused and not, and reading memory: measured in the same rounds as everything else.
   * @param {number} [bytes]  as many as the workload's weights have: whether they fit into a cache decides how fast they come
   * @returns {Contestant[]}
   */
  machine(bytes = MEMORY_BYTES) {
    return this.tiers.flatMap((tier) => {
      if (tier === "scalar") return [];
      const module = this.#modules[tier];
      const kind = tier === "relaxed" ? "madd" : "mul_add";
      /** @type {Contestant[]} */
      const found = [{ name: `peak ${kind}`, kind: "peak", tier, amount: module.peak(kind, 1), run: (calls) => void module.peak(kind, calls) }];
      if (tier === "relaxed") {
        const memory = new module.Memory(bytes / 4);
        found.push({ name: "memory", kind: "memory", tier, amount: memory.read(1), run: (calls) => void memory.read(calls) });
      }
      return found;
    });
  }

  /** Every form of a product, with and without packing beforehand. @param {Shape} shape @returns {Entry[]} */
  products(shape) {
    const { m, k, n } = shape;
    const { a, b } = workloads.productInputs(shape);
    const forms = [
      ["nn", false, a, b],
      // One row reads B once: packing it beforehand could only add to that.
      ...(m > 1 ? [["nn", true, a, b]] : []),
      ["nt", false, a, workloads.transposed(b, k, n)], ["tn", false, workloads.transposed(a, m, k), b],
    ];
    return this.#each((module, tier) => forms.map(([form, packed, left, right]) =>
      entry(new module.Product(form, m, k, n, packed, left, right), { name: `${tier} ${form}${packed ? " packed" : ""}`, packed: Boolean(packed), tier })));
  }

  /** @param {number} batch @returns {Entry[]} */
  vae(batch) {
    return this.#inference(false, workloads.vaeInputs(batch), workloads.vaeWeights());
  }

  /** @param {number} batch @returns {Entry[]} */
  convVae(batch) {
    return this.#inference(true, workloads.vaeInputs(batch, workloads.CONV.Z), workloads.convWeights());
  }

  /** @param {number} batch @returns {Entry[]} */
  training(batch) {
    const { x, eps } = workloads.trainingInputs(batch);
    return this.#each((module, tier) => {
      const held = new module.Training(x, eps, Object.values(workloads.vaeWeights()));
      return [{ ...entry(held, { name: tier, tier }), result: () => Float32Array.of(held.loss()) }];
    });
  }

  /** @param {boolean} isConvolutional @param {{ x: Float32Array, eps: Float32Array }} inputs @param {Record<string, Float32Array>} weights */
  #inference(isConvolutional, { x, eps }, weights) {
    return this.#each((module, tier) => [entry(new module.Vae(isConvolutional, x, eps, Object.values(weights)), { name: tier, tier })]);
  }

  /** @param {(module: any, tier: string) => Entry[]} make */
  #each(make) {
    return this.tiers.flatMap((tier) => make(this.#modules[tier], tier));
  }
}

/** @param {any} held  of the module @param {{ name: string, tier: string, packed?: boolean }} about @returns {Entry} */
function entry(held, about) {
  return {
    contestant: { kind: "ours", ...about, run: (calls) => void held.run(calls) },
    result: () => held.result(),
    close: () => held.free(),
  };
}
