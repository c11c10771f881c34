// @ts-check
/**
 * LiteRT.js: XNNPACK in WebAssembly with relaxed SIMD, one thread.
 *
 * Timed: `model.run` on tensors that already lie in LiteRT's memory, and the deletion of its output tensors, which its
 * interface makes anew for every call. No value crosses between JavaScript and WebAssembly.
 */

import { Tensor, loadAndCompile, loadLiteRt } from "@litertjs/core";

import * as workloads from "../browser/workloads.mjs";
import { TfliteGraph } from "./tflite.mjs";

/** @typedef {import("../browser/workloads.mjs").Shape} Shape */

const { CONV, H, P, Z, transposed } = workloads;

/** @param {string} base  where this folder is served @returns {Promise<import("./peer.js").Peer>} */
export async function open(base) {
  await loadLiteRt(`${base}node_modules/@litertjs/core/wasm/`);
  return { name: "LiteRT.js", version: "2.5.3", product, vae, convVae };
}

/**
 * @param {Uint8Array} bytes  of the model
 * @param {{ data: Float32Array, shape: number[] }[]} inputs
 * @returns {Promise<import("./peer.js").Work>}
 */
async function work(bytes, inputs) {
  const model = await loadAndCompile(bytes, { accelerator: "wasm", cpuOptions: { numThreads: 1 } });
  const tensors = inputs.map(({ data, shape }) => new Tensor(data, shape));
  /** @type {Tensor[]} */
  let outputs = [];
  return {
    async run() {
      for (const output of outputs) output.delete();
      outputs = await model.run(tensors);
    },
    result: () => /** @type {Float32Array} */ (outputs[0].toTypedArray()).slice(),
    close() {
      for (const tensor of [...tensors, ...outputs]) tensor.delete();
      model.delete();
    },
  };
}

/** @param {Shape} shape @param {{ packed: boolean }} how */
function product({ m, k, n }, { packed }) {
  const { a, b } = workloads.productInputs({ m, k, n });
  const graph = new TfliteGraph();
  if (packed) {
    const x = graph.input([m, k]);
    const weight = graph.constant(transposed(b, k, n), [n, k]);
    const y = graph.operator("FULLY_CONNECTED", [x, weight, graph.constant(new Float32Array(n))], [m, n]);
    return work(graph.bytes(y), [{ data: a, shape: [m, k] }]);
  }
  if (m === 1) {
    // For a single row this is the faster of the two operators that take both operands as inputs, and for more the other one.
    const [x, w] = [graph.input([m, k]), graph.input([n, k])];
    const y = graph.operator("FULLY_CONNECTED", [x, w, graph.constant(new Float32Array(n))], [m, n]);
    return work(graph.bytes(y), [{ data: a, shape: [m, k] }, { data: transposed(b, k, n), shape: [n, k] }]);
  }
  const [x, w] = [graph.input([1, m, k]), graph.input([1, k, n])];
  const y = graph.operator("BATCH_MATMUL", [x, w], [1, m, n]);
  return work(graph.bytes(y), [{ data: a, shape: [1, m, k] }, { data: b, shape: [1, k, n] }]);
}

/**
 * A dense layer.
 * @param {TfliteGraph} graph
 * @param {number} x
 * @param {Float32Array} weight  `[k, n]`
 * @param {Float32Array} bias
 * @param {Shape} shape
 * @param {boolean} [relu]
 */
function dense(graph, x, weight, bias, { m, k, n }, relu = false) {
  const inputs = [x, graph.constant(transposed(weight, k, n), [n, k]), graph.constant(bias)];
  return graph.operator("FULLY_CONNECTED", inputs, [m, n], { relu });
}

/** z = mu + exp(log_var / 2) eps. @param {TfliteGraph} graph @param {number} mu @param {number} logVar @param {number} eps @param {number[]} shape */
function sample(graph, mu, logVar, eps, shape) {
  const half = graph.operator("MUL", [logVar, graph.constant(Float32Array.of(0.5))], shape);
  const noise = graph.operator("MUL", [graph.operator("EXP", [half], shape), eps], shape);
  return graph.operator("ADD", [mu, noise], shape);
}

/** @param {number} batch */
function vae(batch) {
  const [w, inputs, graph, m] = [workloads.vaeWeights(), workloads.vaeInputs(batch), new TfliteGraph(), batch];
  const [x, eps] = [graph.input([m, P]), graph.input([m, Z])];
  const h1 = dense(graph, x, w.w1, w.b1, { m, k: P, n: H }, true);
  const mu = dense(graph, h1, w.wMu, w.bMu, { m, k: H, n: Z });
  const logVar = dense(graph, h1, w.wLogVar, w.bLogVar, { m, k: H, n: Z });
  const z = sample(graph, mu, logVar, eps, [m, Z]);
  const h2 = dense(graph, z, w.w2, w.b2, { m, k: Z, n: H }, true);
  const means = graph.operator("LOGISTIC", [dense(graph, h2, w.w3, w.b3, { m, k: H, n: P })], [m, P]);
  return work(graph.bytes(means), [{ data: inputs.x, shape: [m, P] }, { data: inputs.eps, shape: [m, Z] }]);
}

/** Channels last, as TensorFlow Lite has it. @param {number} batch */
function convVae(batch) {
  const w = workloads.channelsLast();
  const { Z: latent, features, channels: [c1, c2] } = CONV;
  const [inputs, graph] = [workloads.vaeInputs(batch, latent), new TfliteGraph()];
  const [x, eps] = [graph.input([batch, 28, 28, 1]), graph.input([batch, latent])];
  const conv = (/** @type {number} */ from, /** @type {Float32Array} */ kernel, /** @type {Float32Array} */ bias,
    /** @type {number} */ inputsOf, /** @type {number} */ outputs, /** @type {number} */ side) =>
    graph.operator("CONV_2D", [from, graph.constant(kernel, [outputs, 4, 4, inputsOf]), graph.constant(bias)],
      [batch, side, side, outputs], { relu: true });
  const unconv = (/** @type {number} */ from, /** @type {Float32Array} */ kernel, /** @type {Float32Array} */ bias,
    /** @type {number} */ inputsOf, /** @type {number} */ outputs, /** @type {number} */ side) => {
    const size = graph.constant(Int32Array.of(batch, side, side, outputs));
    return graph.operator("TRANSPOSE_CONV", [size, graph.constant(kernel, [outputs, 4, 4, inputsOf]), from, graph.constant(bias)],
      [batch, side, side, outputs]);
  };
  const reshape = (/** @type {number} */ from, /** @type {number[]} */ shape) =>
    graph.operator("RESHAPE", [from, graph.constant(Int32Array.from(shape))], shape);

  const h1 = conv(x, w.k1, w.b1, 1, c1, 14);
  const h2 = reshape(conv(h1, w.k2, w.b2, c1, c2, 7), [batch, features]);
  const mu = dense(graph, h2, w.wMu, w.bMu, { m: batch, k: features, n: latent });
  const logVar = dense(graph, h2, w.wLogVar, w.bLogVar, { m: batch, k: features, n: latent });
  const z = sample(graph, mu, logVar, eps, [batch, latent]);
  const h3 = reshape(dense(graph, z, w.w3, w.b3, { m: batch, k: latent, n: features }, true), [batch, 7, 7, c2]);
  const h4 = graph.operator("RELU", [unconv(h3, w.k4, w.b4, c2, c1, 14)], [batch, 14, 14, c1]);
  const means = graph.operator("LOGISTIC", [unconv(h4, w.k5, w.b5, c1, 1, 28)], [batch, 28, 28, 1]);
  return work(graph.bytes(means), [{ data: inputs.x, shape: [batch, 28, 28, 1] }, { data: inputs.eps, shape: [batch, latent] }]);
}
