// @ts-check
/**
 * TensorFlow.js on its WebAssembly backend: XNNPACK with SIMD, one thread.
 *
 * Timed: the operations on tensors that stay in its memory; the last answer is given back before the next. Weights are packed
 * by the backend when it first meets them, and known by their identity.
 */

import * as workloads from "../browser/workloads.mjs";

/** @typedef {typeof import("@tensorflow/tfjs")} Tf */
/** @typedef {import("@tensorflow/tfjs").Tensor} Tensor */
/** @typedef {import("./peer.js").Work} Work */

const { ADAM, CONV, H, P, Z } = workloads;

/** @type {Tf} */
let tf;

/** @param {string} base  where this folder is served @returns {Promise<import("./peer.js").Peer>} */
export async function open(base) {
  const packages = `${base}node_modules/@tensorflow/`;
  const [core, backend] = await load(packages);
  tf = core;
  backend.setWasmPaths(typeof document === "undefined" ? new URL(`${packages}tfjs-backend-wasm/dist/`).pathname : `${packages}tfjs-backend-wasm/dist/`);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false); // its build for one thread
  if (!await tf.setBackend("wasm")) throw new Error("TensorFlow.js: the wasm backend did not start");
  await tf.ready();
  return { name: "TensorFlow.js", version: tf.version_core, product, vae, convVae, training };
}

/** Its builds for browsers are plain scripts. @param {string} packages */
async function load(packages) {
  const files = ["tfjs/dist/tf.min.js", "tfjs-backend-wasm/dist/tf-backend-wasm.min.js"];
  if (typeof document === "undefined") {
    const require = (await import("node:module")).createRequire(import.meta.url);
    return [require("@tensorflow/tfjs"), require("@tensorflow/tfjs-backend-wasm")];
  }
  for (const file of files) {
    const script = document.createElement("script");
    script.src = packages + file;
    await new Promise((resolve, reject) => {
      script.onload = resolve;
      script.onerror = () => reject(new Error(`${file} did not load`));
      document.head.append(script);
    });
  }
  const global = /** @type {any} */ (globalThis).tf;
  return [global, global.wasm];
}

/**
 * @param {() => Tensor} compute
 * @param {Tensor[]} held  what stays
 * @returns {Work}
 */
function work(compute, held) {
  /** @type {Tensor | undefined} */
  let last;
  return {
    run() {
      last?.dispose();
      last = tf.tidy(compute);
    },
    result: () => /** @type {Float32Array} */ (last?.dataSync()).slice(),
    close() {
      tf.dispose([...held, ...(last ? [last] : [])]);
    },
  };
}

/**
 * Only with B known beforehand: the backend packs whatever matrix it is given on the first meeting and keeps that.
 * @param {import("../browser/workloads.mjs").Shape} shape
 * @param {{ packed: boolean }} how
 */
async function product({ m, k, n }, { packed }) {
  if (!packed) return null;
  const inputs = workloads.productInputs({ m, k, n });
  const [a, b] = [tf.tensor2d(inputs.a, [m, k]), tf.tensor2d(inputs.b, [k, n])];
  return work(() => tf.matMul(a, b), [a, b]);
}

/** The dense VAE's tensors. */
function denseWeights() {
  return Object.fromEntries(Object.entries(workloads.vaeWeights()).map(([name, values]) => {
    /** @type {Record<string, [number, number]>} */
    const shapes = { w1: [P, H], wMu: [H, Z], wLogVar: [H, Z], w2: [Z, H], w3: [H, P] };
    return [name, name in shapes ? tf.tensor2d(values, shapes[name]) : tf.tensor1d(values)];
  }));
}

/** z = mu + exp(log_var / 2) eps. @param {Tensor} mu @param {Tensor} logVar @param {Tensor} eps */
const sample = (mu, logVar, eps) => tf.add(mu, tf.mul(tf.exp(tf.mul(logVar, 0.5)), eps));

/** @param {any} a @param {any} b @param {any} bias @param {"linear" | "relu"} [activation] */
const dense = (a, b, bias, activation = "linear") => tf.fused.matMul({ a, b, bias, activation });

/** @param {number} batch */
async function vae(batch) {
  const [w, inputs] = [denseWeights(), workloads.vaeInputs(batch)];
  const [x, eps] = [tf.tensor2d(inputs.x, [batch, P]), tf.tensor2d(inputs.eps, [batch, Z])];
  return work(() => {
    const h1 = dense(x, w.w1, w.b1, "relu");
    const z = sample(dense(h1, w.wMu, w.bMu), dense(h1, w.wLogVar, w.bLogVar), eps);
    return tf.sigmoid(dense(dense(z, w.w2, w.b2, "relu"), w.w3, w.b3));
  }, [x, eps, ...Object.values(w)]);
}

/** Channels last: the only order that the backend has. @param {number} batch */
async function convVae(batch) {
  const { Z: latent, features, channels: [c1, c2] } = CONV;
  const [given, inputs] = [workloads.channelsLast(), workloads.vaeInputs(batch, latent)];
  const [x, eps] = [tf.tensor4d(inputs.x, [batch, 28, 28, 1]), tf.tensor2d(inputs.eps, [batch, latent])];
  /** From `[out, 4, 4, in]` to TensorFlow's `[4, 4, in, out]`. */
  const filter = (/** @type {Float32Array} */ kernel, /** @type {number} */ ins, /** @type {number} */ outs) =>
    tf.tidy(() => tf.transpose(tf.tensor4d(kernel, [outs, 4, 4, ins]), [1, 2, 3, 0]));
  /** The same for a transposed one, whose filter is `[4, 4, out, in]`. */
  const unfilter = (/** @type {Float32Array} */ kernel, /** @type {number} */ ins, /** @type {number} */ outs) =>
    tf.tidy(() => tf.transpose(tf.tensor4d(kernel, [outs, 4, 4, ins]), [1, 2, 0, 3]));
  /** @type {Record<string, any>} */
  const w = {
    k1: filter(given.k1, 1, c1), b1: tf.tensor1d(given.b1), k2: filter(given.k2, c1, c2), b2: tf.tensor1d(given.b2),
    wMu: tf.tensor2d(given.wMu, [features, latent]), bMu: tf.tensor1d(given.bMu),
    wLogVar: tf.tensor2d(given.wLogVar, [features, latent]), bLogVar: tf.tensor1d(given.bLogVar),
    w3: tf.tensor2d(given.w3, [latent, features]), b3: tf.tensor1d(given.b3),
    k4: unfilter(given.k4, c2, c1), b4: tf.tensor1d(given.b4), k5: unfilter(given.k5, c1, 1), b5: tf.tensor1d(given.b5),
  };
  const conv = (/** @type {any} */ from, /** @type {any} */ kernel, /** @type {any} */ bias) =>
    tf.fused.conv2d({ x: from, filter: kernel, strides: 2, pad: "same", bias, activation: "relu" });
  return work(() => {
    const h2 = tf.reshape(conv(conv(x, w.k1, w.b1), w.k2, w.b2), [batch, features]);
    const z = sample(dense(h2, w.wMu, w.bMu), dense(h2, w.wLogVar, w.bLogVar), eps);
    const h3 = tf.reshape(dense(z, w.w3, w.b3, "relu"), [batch, 7, 7, c2]);
    const h4 = tf.relu(tf.add(tf.conv2dTranspose(/** @type {any} */ (h3), w.k4, [batch, 14, 14, c1], 2, "same"), w.b4));
    return tf.sigmoid(tf.add(tf.conv2dTranspose(/** @type {any} */ (h4), w.k5, [batch, 28, 28, 1], 2, "same"), w.b5));
  }, [x, eps, ...Object.values(w)]);
}

/** A step of `tf.variableGrads` and Adam. @param {number} batch @returns {Promise<Work>} */
async function training(batch) {
  const inputs = workloads.trainingInputs(batch);
  const [x, eps] = [tf.tensor2d(inputs.x, [batch, P]), tf.tensor2d(inputs.eps, [batch, Z])];
  const tensors = denseWeights();
  const w = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tf.variable(tensor)]));
  const optimiser = tf.train.adam(ADAM.rate, ADAM.beta1, ADAM.beta2, ADAM.epsilon);
  const layer = (/** @type {any} */ from, /** @type {any} */ weight, /** @type {any} */ bias) => tf.add(tf.matMul(from, weight), bias);
  const loss = () => {
    const h1 = tf.relu(layer(x, w.w1, w.b1));
    const [mu, logVar] = [layer(h1, w.wMu, w.bMu), layer(h1, w.wLogVar, w.bLogVar)];
    const logits = layer(tf.relu(layer(sample(mu, logVar, eps), w.w2, w.b2)), w.w3, w.b3);
    const recon = tf.sum(tf.sub(tf.softplus(logits), tf.mul(x, logits)));
    const kl = tf.mul(0.5, tf.sum(tf.sub(tf.add(tf.square(mu), tf.exp(logVar)), tf.add(logVar, 1))));
    return /** @type {import("@tensorflow/tfjs").Scalar} */ (tf.div(tf.add(recon, kl), batch));
  };
  /** @type {Tensor | undefined} */
  let last;
  return {
    run() {
      last?.dispose();
      const { value, grads } = tf.variableGrads(loss);
      optimiser.applyGradients(/** @type {any} */ (grads));
      tf.dispose(grads);
      last = value;
    },
    result: () => /** @type {Float32Array} */ (last?.dataSync()).slice(),
    close() {
      optimiser.dispose();
      tf.dispose([x, eps, ...Object.values(tensors), ...Object.values(w), ...(last ? [last] : [])]);
    },
  };
}
