// @ts-check
/**
 * ONNX Runtime Web: MLAS in WebAssembly with SIMD, one thread.
 *
 * Timed: `session.run`, which copies the inputs into its memory and the outputs out of it, for its CPU provider has no
 * tensors that stay there.
 */

import * as ort from "onnxruntime-web/wasm";

import * as workloads from "../browser/workloads.mjs";
import { convVaeModel, productModel, vaeModel } from "./onnx_models.mjs";

const { CONV, P, Z } = workloads;

/** @param {string} base  where this folder is served @returns {Promise<import("./peer.js").Peer>} */
export async function open(base) {
  ort.env.wasm.numThreads = 1;
  if (typeof document !== "undefined") ort.env.wasm.wasmPaths = `${base}node_modules/onnxruntime-web/dist/`;
  return { name: "ONNX Runtime Web", version: ort.env.versions.web ?? "1.30.0", product, vae, convVae };
}

/**
 * @param {Uint8Array} bytes  of the model
 * @param {Record<string, import("onnxruntime-web").Tensor>} feeds
 * @returns {Promise<import("./peer.js").Work>}
 */
async function work(bytes, feeds) {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  /** @type {import("onnxruntime-web").InferenceSession.OnnxValueMapType | undefined} */
  let outputs;
  return {
    async run() {
      outputs = await session.run(feeds);
    },
    result: () => /** @type {Float32Array} */ (outputs?.[session.outputNames[0]].data),
    close: () => session.release(),
  };
}

/** @param {import("../browser/workloads.mjs").Shape} shape @param {{ packed: boolean }} how */
function product({ m, k, n }, how) {
  const { a, b } = workloads.productInputs({ m, k, n });
  const feeds = { a: new ort.Tensor("float32", a, [m, k]) };
  return work(productModel({ m, k, n }, how), how.packed ? feeds : { ...feeds, b: new ort.Tensor("float32", b, [k, n]) });
}

/** @param {number} batch */
function vae(batch) {
  const { x, eps } = workloads.vaeInputs(batch);
  return work(vaeModel(batch), { x: new ort.Tensor("float32", x, [batch, P]), eps: new ort.Tensor("float32", eps, [batch, Z]) });
}

/** @param {number} batch */
function convVae(batch) {
  const { x, eps } = workloads.vaeInputs(batch, CONV.Z);
  return work(convVaeModel(batch), {
    x: new ort.Tensor("float32", x, [batch, 1, 28, 28]), eps: new ort.Tensor("float32", eps, [batch, CONV.Z]),
  });
}
