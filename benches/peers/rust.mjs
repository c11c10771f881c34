// @ts-check
/**
 * Crates of Rust, from the two modules that benches/peers/crate makes: rten, gemm, matrixmultiply and candle with relaxed
 * SIMD, burn with SIMD.
 *
 * Timed: one call into WebAssembly whose operands lie there already; candle and burn make a new result each time, as they do.
 */

import * as workloads from "../browser/workloads.mjs";
import { vaeModel } from "./onnx_models.mjs";

/** @typedef {import("./peer.js").Peer} Peer */
/** @typedef {import("./peer.js").Work} Work */

const VERSIONS = { rten: "0.27.0", gemm: "0.19.0", matrixmultiply: "0.3.11", candle: "0.11.1", burn: "0.22.1" };

/**
 * One peer for each crate.
 * @param {string} base  where this folder is served
 * @returns {Promise<Peer[]>}
 */
export async function open(base) {
  const [relaxed, simd128] = await Promise.all(["relaxed", "simd128"].map((tier) => load(base, tier)));
  return Object.entries(VERSIONS).map(([name, version]) => ({ name, version, ...abilities(name, name === "burn" ? simd128 : relaxed) }));
}

/** @param {string} base @param {string} tier */
async function load(base, tier) {
  const folder = new URL(`../../target/wasm-bench/peers/${tier}/`, base);
  const module = await import(new URL("latent_ink_peers.js", folder).href);
  const wasm = new URL("latent_ink_peers_bg.wasm", folder);
  if (typeof document === "undefined") module.initSync({ module: await (await import("node:fs/promises")).readFile(wasm) });
  else await module.default({ module_or_path: wasm });
  return module;
}

/** @param {{ run(calls: number): void, result(): Float32Array, free(): void }} held @returns {Work} */
const work = (held) => ({ run: () => held.run(1), result: () => held.result(), close: () => held.free() });

/** @param {string} name @param {any} module @returns {Partial<Peer>} */
function abilities(name, module) {
  const weights = () => Float32Array.from(Object.values(workloads.vaeWeights()).flatMap((values) => [...values]));
  return {
    async product(shape, { packed }) {
      if (packed && name !== "rten") return null;
      const { m, k, n } = shape;
      const { a, b } = workloads.productInputs(shape);
      return work(new module.Product(packed ? "rten packed" : name, m, k, n, a, b));
    },
    ...(name === "rten" && {
      async vae(/** @type {number} */ batch) {
        const { x, eps } = workloads.vaeInputs(batch);
        return work(new module.RtenModel(vaeModel(batch), batch, x, eps));
      },
    }),
    ...(name === "candle" && {
      async vae(/** @type {number} */ batch) {
        const { x, eps } = workloads.vaeInputs(batch);
        return work(new module.CandleVae(batch, x, eps, weights()));
      },
      async training(/** @type {number} */ batch) {
        const { x, eps } = workloads.trainingInputs(batch);
        return work(new module.CandleTraining(batch, x, eps, weights()));
      },
    }),
    ...(name === "burn" && {
      async vae(/** @type {number} */ batch) {
        const { x, eps } = workloads.vaeInputs(batch);
        return work(new module.BurnVae(batch, x, eps, weights()));
      },
      async training(/** @type {number} */ batch) {
        const { x, eps } = workloads.trainingInputs(batch);
        return work(new module.BurnTraining(batch, x, eps, weights()));
      },
    }),
  };
}
