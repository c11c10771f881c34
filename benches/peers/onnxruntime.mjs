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
import { SHAPES, STATES, trainingModel } from "./onnx_training.mjs";

const { ADAM, CONV, P, Z } = workloads;

/** @param {string} base  where this folder is served @returns {Promise<import("./peer.js").Peer>} */
export async function open(base) {
  ort.env.wasm.numThreads = 1;
  if (typeof document !== "undefined") ort.env.wasm.wasmPaths = `${base}node_modules/onnxruntime-web/dist/`;
  return { name: "ONNX Runtime Web", version: ort.env.versions.web ?? "1.30.0", product, vae, convVae, training };
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

/** Weights and moments go in and come out with every step. @param {number} batch @returns {Promise<import("./peer.js").Work>} */
async function training(batch) {
  const session = await ort.InferenceSession.create(trainingModel(batch), { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
  const { x, eps } = workloads.trainingInputs(batch);
  /** @type {Record<string, import("onnxruntime-web").Tensor>} */
  const feeds = { x: new ort.Tensor("float32", x, [batch, P]), eps: new ort.Tensor("float32", eps, [batch, Z]) };
  for (const [name, values] of Object.entries(workloads.vaeWeights())) {
    for (const state of STATES) {
      feeds[state + name] = new ort.Tensor("float32", state ? new Float32Array(values.length) : values, SHAPES[name]);
    }
  }
  let t = 0;
  let loss = NaN;
  return {
    async run() {
      t += 1;
      feeds.correction1 = new ort.Tensor("float32", [1 / (1 - ADAM.beta1 ** t)], []);
      feeds.correction2 = new ort.Tensor("float32", [1 / (1 - ADAM.beta2 ** t)], []);
      const outputs = await session.run(feeds);
      for (const name of Object.keys(SHAPES)) for (const state of STATES) feeds[state + name] = outputs[`${state}${name}.new`];
      loss = Number(outputs.loss.data[0]);
    },
    result: () => Float32Array.of(loss),
    close: () => session.release(),
  };
}
