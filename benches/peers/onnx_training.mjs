// @ts-check
/**
 * A training step of the dense VAE as one ONNX graph of ordinary operators: forward, backward and Adam.
 *
 * Inputs are `x`, `eps`, the two corrections of Adam's moments, and of every tensor the weights and both moments (`w1`, `first.w1`,
 * `second.w1`, …); outputs are `loss` and the same anew with `.new` after their names.
 */

import * as workloads from "../browser/workloads.mjs";
import { OnnxGraph } from "./onnx.mjs";

const { ADAM, H, P, Z } = workloads;

/** The shape of every tensor, in the order of the forward pass. @type {Record<string, number[]>} */
export const SHAPES = {
  w1: [P, H], b1: [H], wMu: [H, Z], bMu: [Z], wLogVar: [H, Z], bLogVar: [Z], w2: [Z, H], b2: [H], w3: [H, P], b3: [P],
};

/** Weights and both moments. */
export const STATES = ["", "first.", "second."];

/** @param {number} batch */
export function trainingModel(batch) {
  const graph = new OnnxGraph();
  graph.input("x", [batch, P]);
  graph.input("eps", [batch, Z]);
  graph.input("correction1", []);
  graph.input("correction2", []);
  for (const [name, shape] of Object.entries(SHAPES)) for (const state of STATES) graph.input(state + name, shape);
  const net = forward(graph);
  loss(graph, net, batch);
  const gradient = backward(graph, net, batch);
  for (const name of Object.keys(SHAPES)) adam(graph, name, gradient[name]);
  const outputs = Object.entries(SHAPES).flatMap(([name, shape]) => STATES.map((state) => [`${state}${name}.new`, shape]));
  return graph.bytes({ loss: [], ...Object.fromEntries(outputs) });
}

/** @param {OnnxGraph} g */
function forward(g) {
  const dense = (/** @type {string} */ from, /** @type {string} */ weight, /** @type {string} */ bias) => g.node("Gemm", [from, weight, bias]);
  const h1 = g.node("Relu", [dense("x", "w1", "b1")]);
  const [mu, logVar] = [dense(h1, "wMu", "bMu"), dense(h1, "wLogVar", "bLogVar")];
  const noise = g.node("Mul", [g.node("Exp", [g.node("Mul", [logVar, g.scalar(0.5)])]), "eps"]);
  const z = g.node("Add", [mu, noise]);
  const h2 = g.node("Relu", [dense(z, "w2", "b2")]);
  return { h1, mu, logVar, noise, z, h2, logits: dense(h2, "w3", "b3"), variance: g.node("Exp", [logVar]) };
}

/** @typedef {ReturnType<typeof forward>} Net */

/** @param {OnnxGraph} g @param {Net} net @param {number} batch */
function loss(g, { mu, logVar, logits, variance }, batch) {
  const sum = (/** @type {string} */ of) => g.node("ReduceSum", [of], { keepdims: 0 });
  const recon = sum(g.node("Sub", [g.node("Softplus", [logits]), g.node("Mul", ["x", logits])]));
  const terms = g.node("Sub", [g.node("Add", [g.node("Mul", [mu, mu]), variance]), g.node("Add", [logVar, g.scalar(1)])]);
  const kl = g.node("Mul", [sum(terms), g.scalar(0.5)]);
  g.node("Mul", [g.node("Add", [recon, kl]), g.scalar(1 / batch)], {}, "loss");
}

/** The gradient of every tensor. @param {OnnxGraph} g @param {Net} net @param {number} batch @returns {Record<string, string>} */
function backward(g, { h1, mu, noise, z, h2, logits, variance }, batch) {
  const scaled = (/** @type {string} */ of, /** @type {number} */ by) => g.node("Mul", [of, g.scalar(by)]);
  const through = (/** @type {string} */ d, /** @type {string} */ weight) => g.node("Gemm", [d, weight], { transB: 1 });
  const ofWeight = (/** @type {string} */ x, /** @type {string} */ d) => g.node("Gemm", [x, d], { transA: 1 });
  const rows = g.constant([0]);
  const ofBias = (/** @type {string} */ d) => g.node("ReduceSum", [d, rows], { keepdims: 0 });
  // What a rectifier let through is positive: its sign is the derivative.
  const rectified = (/** @type {string} */ d, /** @type {string} */ h) => g.node("Mul", [d, g.node("Sign", [h])]);

  const dLogits = scaled(g.node("Sub", [g.node("Sigmoid", [logits]), "x"]), 1 / batch);
  const dH2 = rectified(through(dLogits, "w3"), h2);
  const dZ = through(dH2, "w2");
  const dMu = g.node("Add", [dZ, scaled(mu, 1 / batch)]);
  const viaZ = scaled(g.node("Mul", [dZ, noise]), 0.5);
  const dLogVar = g.node("Add", [viaZ, scaled(g.node("Sub", [variance, g.scalar(1)]), 0.5 / batch)]);
  const dH1 = rectified(g.node("Add", [through(dMu, "wMu"), through(dLogVar, "wLogVar")]), h1);
  return {
    w1: ofWeight("x", dH1), b1: ofBias(dH1), wMu: ofWeight(h1, dMu), bMu: ofBias(dMu), wLogVar: ofWeight(h1, dLogVar),
    bLogVar: ofBias(dLogVar), w2: ofWeight(z, dH2), b2: ofBias(dH2), w3: ofWeight(h2, dLogits), b3: ofBias(dLogits),
  };
}

/** @param {OnnxGraph} g @param {string} name @param {string} d */
function adam(g, name, d) {
  const scaled = (/** @type {string} */ of, /** @type {number} */ by) => g.node("Mul", [of, g.scalar(by)]);
  const mixed = (/** @type {string} */ old, /** @type {string} */ now, /** @type {number} */ beta, /** @type {string} */ output) =>
    g.node("Add", [scaled(old, beta), scaled(now, 1 - beta)], {}, output);
  const first = mixed(`first.${name}`, d, ADAM.beta1, `first.${name}.new`);
  const second = mixed(`second.${name}`, g.node("Mul", [d, d]), ADAM.beta2, `second.${name}.new`);
  const size = g.node("Add", [g.node("Sqrt", [g.node("Mul", [second, "correction2"])]), g.scalar(ADAM.epsilon)]);
  const change = g.node("Div", [g.node("Mul", [first, "correction1"]), size]);
  g.node("Sub", [name, scaled(change, ADAM.rate)], {}, `${name}.new`);
}
