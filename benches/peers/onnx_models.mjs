// @ts-check
/** The benchmarks' models as ONNX files, for every engine that reads them. */

import * as workloads from "../browser/workloads.mjs";
import { OnnxGraph } from "./onnx.mjs";

const { CONV, P, Z } = workloads;

/** @param {import("../browser/workloads.mjs").Shape} shape @param {{ packed: boolean }} how */
export function productModel({ m, k, n }, { packed }) {
  const graph = new OnnxGraph();
  const a = graph.input("a", [m, k]);
  const b = packed ? graph.constant(workloads.productInputs({ m, k, n }).b, [k, n]) : graph.input("b", [k, n]);
  graph.node("MatMul", [a, b], {}, "c");
  return graph.bytes({ c: [m, n] });
}

/** @param {OnnxGraph} graph @param {string} mu @param {string} logVar @param {string} eps */
function sample(graph, mu, logVar, eps) {
  const sigma = graph.node("Exp", [graph.node("Mul", [logVar, graph.scalar(0.5)])]);
  return graph.node("Add", [mu, graph.node("Mul", [sigma, eps])]);
}

/**
 * Inputs `x`, `eps`; output `means`. A single row is faster through `MatMul` and `Add` than through `Gemm` in ONNX Runtime (0.15 ms
 * against 0.20, November 2026), many rows are not.
 * @param {number} batch
 */
export function vaeModel(batch) {
  const [w, graph] = [workloads.vaeWeights(), new OnnxGraph()];
  const [x, eps] = [graph.input("x", [batch, P]), graph.input("eps", [batch, Z])];
  const dense = (/** @type {string} */ from, /** @type {Float32Array} */ values, /** @type {Float32Array} */ offsets) => {
    const [weight, bias] = [graph.constant(values, [values.length / offsets.length, offsets.length]), graph.constant(offsets)];
    return batch === 1 ? graph.node("Add", [graph.node("MatMul", [from, weight]), bias]) : graph.node("Gemm", [from, weight, bias]);
  };
  const h1 = graph.node("Relu", [dense(x, w.w1, w.b1)]);
  const z = sample(graph, dense(h1, w.wMu, w.bMu), dense(h1, w.wLogVar, w.bLogVar), eps);
  const h2 = graph.node("Relu", [dense(z, w.w2, w.b2)]);
  graph.node("Sigmoid", [dense(h2, w.w3, w.b3)], {}, "means");
  return graph.bytes({ means: [batch, P] });
}

/** Inputs `x`, `eps`; output `means`. @param {number} batch */
export function convVaeModel(batch) {
  const [w, graph] = [workloads.convWeights(), new OnnxGraph()];
  const { Z: latent, features, channels: [c1, c2] } = CONV;
  const [x, eps] = [graph.input("x", [batch, 1, 28, 28]), graph.input("eps", [batch, latent])];
  const conv = (/** @type {string} */ operator, /** @type {string} */ from, /** @type {Float32Array} */ kernel,
    /** @type {Float32Array} */ bias, /** @type {number[]} */ channels) =>
    graph.node(operator, [from, graph.constant(kernel, [...channels, 4, 4]), graph.constant(bias)],
      { kernel_shape: [4, 4], pads: [1, 1, 1, 1], strides: [2, 2] });
  const dense = (/** @type {string} */ from, /** @type {Float32Array} */ weight, /** @type {Float32Array} */ bias) =>
    graph.node("Gemm", [from, graph.constant(weight, [weight.length / bias.length, bias.length]), graph.constant(bias)]);
  const reshape = (/** @type {string} */ from, /** @type {number[]} */ shape) => graph.node("Reshape", [from, graph.constant(shape)]);

  const h1 = graph.node("Relu", [conv("Conv", x, w.k1, w.b1, [c1, 1])]);
  const h2 = reshape(graph.node("Relu", [conv("Conv", h1, w.k2, w.b2, [c2, c1])]), [batch, features]);
  const z = sample(graph, dense(h2, w.wMu, w.bMu), dense(h2, w.wLogVar, w.bLogVar), eps);
  const h3 = reshape(graph.node("Relu", [dense(z, w.w3, w.b3)]), [batch, c2, 7, 7]);
  const h4 = graph.node("Relu", [conv("ConvTranspose", h3, w.k4, w.b4, [c2, c1])]);
  graph.node("Sigmoid", [conv("ConvTranspose", h4, w.k5, w.b5, [c1, 1])], {}, "means");
  return graph.bytes({ means: [batch, 1, 28, 28] });
}
