// @ts-check
/**
 * jax-js on its WebAssembly backend, one thread.
 *
 * Timed: a jitted function on arrays that stay in its memory, until its results are ready.
 */

import * as workloads from "../browser/workloads.mjs";

/** @typedef {import("@jax-js/jax").Array} JaxArray */
/** @typedef {Record<string, JaxArray>} Arrays */
/** @typedef {import("./peer.js").Work} Work */

const { ADAM, H, P, Z } = workloads;

/** @type {typeof import("@jax-js/jax")} */
let jax;

/** @returns {Promise<import("./peer.js").Peer>} */
export async function open() {
  // It takes every core where there are workers, has no setting against that, and looks from its loading on: so from here on
  // there are none, whoever else (TensorFlow.js in Node) would define them. Nothing of one thread needs any.
  Object.defineProperty(globalThis, "Worker", { get: () => undefined, set() {} });
  jax = await import("@jax-js/jax");
  if (!(await jax.init("wasm")).includes("wasm")) throw new Error("jax-js: the wasm backend did not start");
  jax.defaultDevice("wasm");
  return { name: "jax-js", version: "0.1.25", product, training };
}

/** @param {Float32Array} values @param {number[]} shape */
const array = (values, shape) => jax.numpy.array(/** @type {Float32Array<ArrayBuffer>} */ (values)).reshape(shape);

/**
 * Only with nothing packed beforehand: it packs nothing.
 * @param {import("../browser/workloads.mjs").Shape} shape
 * @param {{ packed: boolean }} how
 * @returns {Promise<Work | null>}
 */
async function product({ m, k, n }, { packed }) {
  if (packed) return null;
  const inputs = workloads.productInputs({ m, k, n });
  const [a, b] = await jax.blockUntilReady([array(inputs.a, [m, k]), array(inputs.b, [k, n])]);
  const multiply = jax.jit((/** @type {JaxArray} */ x, /** @type {JaxArray} */ y) => jax.numpy.matmul(x, y));
  /** @type {JaxArray | undefined} */
  let c;
  return {
    async run() {
      c?.dispose();
      c = multiply(a.ref, b.ref);
      await jax.blockUntilReady(c);
    },
    result: async () => /** @type {Float32Array} */ (await /** @type {JaxArray} */ (c).ref.data()),
    close() {
      for (const held of [a, b, ...(c ? [c] : [])]) held.dispose();
      multiply.dispose();
    },
  };
}

/** @param {JaxArray} x @param {JaxArray} weight @param {JaxArray} bias */
const dense = (x, weight, bias) => jax.numpy.matmul(x, weight).add(bias);

/**
 * The negative ELBO, a mean over the batch; takes its arguments over, as every function of jax-js does.
 * @param {Arrays} w @param {JaxArray} x @param {JaxArray} eps
 */
function loss(w, x, eps) {
  const batch = x.shape[0];
  const h1 = jax.nn.relu(dense(x.ref, w.w1, w.b1));
  const mu = dense(h1.ref, w.wMu, w.bMu);
  const logVar = dense(h1, w.wLogVar, w.bLogVar);
  const z = mu.ref.add(jax.numpy.exp(logVar.ref.mul(0.5)).mul(eps));
  const logits = dense(jax.nn.relu(dense(z, w.w2, w.b2)), w.w3, w.b3);
  const recon = jax.numpy.sum(jax.nn.softplus(logits.ref).sub(x.mul(logits)));
  const kl = jax.numpy.sum(jax.numpy.square(mu).add(jax.numpy.exp(logVar.ref)).sub(logVar).sub(1)).mul(0.5);
  return recon.add(kl).mul(1 / batch);
}

/** @param {Arrays} w @param {Arrays} first @param {Arrays} second @param {JaxArray} scale1 @param {JaxArray} scale2 @param {JaxArray} x @param {JaxArray} eps */
function step(w, first, second, scale1, scale2, x, eps) {
  const [value, gradient] = jax.valueAndGrad(loss)(jax.tree.ref(w), x, eps);
  /** @type {[JaxArray, Arrays, Arrays, Arrays]} */
  const out = [value, {}, {}, {}];
  for (const [name, d] of Object.entries(/** @type {Arrays} */ (gradient))) {
    const m = first[name].mul(ADAM.beta1).add(d.ref.mul(1 - ADAM.beta1));
    const v = second[name].mul(ADAM.beta2).add(jax.numpy.square(d).mul(1 - ADAM.beta2));
    const change = m.ref.mul(scale1.ref).div(jax.numpy.sqrt(v.ref.mul(scale2.ref)).add(ADAM.epsilon));
    out[1][name] = w[name].sub(change.mul(ADAM.rate));
    out[2][name] = m;
    out[3][name] = v;
  }
  scale1.dispose();
  scale2.dispose();
  return out;
}

/** @param {number} batch @returns {Promise<Work>} */
async function training(batch) {
  /** @type {Record<string, number[]>} */
  const shapes = { w1: [P, H], wMu: [H, Z], wLogVar: [H, Z], w2: [Z, H], w3: [H, P] };
  const given = Object.entries(workloads.vaeWeights());
  const inputs = workloads.trainingInputs(batch);
  const [x, eps] = [array(inputs.x, [batch, P]), array(inputs.eps, [batch, Z])];
  const filled = (/** @type {(values: Float32Array) => Float32Array} */ from) =>
    Object.fromEntries(given.map(([name, values]) => [name, array(from(values), shapes[name] ?? [values.length])]));
  let w = filled((values) => values);
  let first = filled((values) => new Float32Array(values.length));
  let second = filled((values) => new Float32Array(values.length));
  const jitted = jax.jit(step);
  let t = 0;
  /** @type {JaxArray | undefined} */
  let value;
  return {
    async run() {
      t += 1;
      value?.dispose();
      const [scale1, scale2] = [ADAM.beta1, ADAM.beta2].map((beta) => jax.numpy.array(1 / (1 - beta ** t)));
      [value, w, first, second] = /** @type {[JaxArray, Arrays, Arrays, Arrays]} */ (jitted(w, first, second, scale1, scale2, x.ref, eps.ref));
      await jax.blockUntilReady([value, w, first, second]);
    },
    result: async () => /** @type {Float32Array} */ (await /** @type {JaxArray} */ (value).ref.data()),
    close() {
      jax.tree.dispose([w, first, second, x, eps, ...(value ? [value] : [])]);
      jitted.dispose();
    },
  };
}
