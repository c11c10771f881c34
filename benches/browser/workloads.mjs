// @ts-check
/**
 * What is measured: sizes, inputs (seeded, or digits) and the answers in float64. Nothing here knows an engine.
 *
 * Every contestant computes each workload once before it is timed, and is thrown out if it is wrong: a fast answer that is
 * all zeros is no answer. Dimension letters: B batch, P pixels (784), H hidden (400), Z latent (20; 16 convolutional).
 */

import { unpackPixels } from "../../www/rooms/levels.js";

/** @typedef {{ m: number, k: number, n: number }} Shape */

/** Products C[m, n] = A[m, k] B[k, n]: the dense layers of a 784-400-20 VAE at batch 128 and 1, and two cubes. */
export const SHAPES = [
  [128, 784, 400], [128, 400, 784], [128, 400, 20], [128, 20, 400], [1, 784, 400], [1, 400, 784], [512, 512, 512], [1024, 1024, 1024],
].map(([m, k, n]) => ({ m, k, n }));

export const P = 784;
export const H = 400;
export const Z = 20;

/** Latent dimensions, flattened features and channels of the small convolutional VAE. */
export const CONV = { Z: 16, features: 3136, channels: [32, 64] };

/** What every training step uses; beta1, beta2 and the epsilon are those of the Adam paper. */
export const ADAM = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Batches of the dense VAE, and of its training step. */
export const VAE_BATCHES = [1, 256];
export const TRAINING_BATCH = 128;

/**
 * Uniform values from `low` to `high`, the same in every engine (mulberry32).
 * @param {number} seed
 * @param {number} count
 * @param {number} [low]
 * @param {number} [high]
 */
export function uniform(seed, count, low = -1, high = 1) {
  let state = seed >>> 0;
  return Float32Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return low + (high - low) * (((t ^ (t >>> 14)) >>> 0) / 2 ** 32);
  });
}

/**
 * A tensor's values as PyTorch's layers draw them: uniform, bounded by 1 / sqrt(inputs).
 * @param {number} seed
 * @param {number} count
 * @param {number} inputs
 */
const weight = (seed, count, inputs) => uniform(seed, count, -1 / Math.sqrt(inputs), 1 / Math.sqrt(inputs));

/**
 * @param {Float32Array} matrix  `[rows, columns]`
 * @param {number} rows
 * @param {number} columns
 */
export function transposed(matrix, rows, columns) {
  const out = new Float32Array(matrix.length);
  for (let i = 0; i < rows; i += 1) for (let j = 0; j < columns; j += 1) out[j * rows + i] = matrix[i * columns + j];
  return out;
}

/**
 * A and B of a product, both row by row.
 * @param {Shape} shape
 */
export function productInputs({ m, k, n }) {
  return { a: uniform(m * 7919 + k, m * k), b: uniform(k * 104729 + n, k * n) };
}

/**
 * The product of [`productInputs`] in float64.
 * @param {Shape} shape
 */
export function productReference(shape) {
  const { a, b } = productInputs(shape);
  return multiply(shape, a, b);
}

/** @param {Shape} shape @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function multiply({ m, k, n }, a, b) {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i += 1) {
    const row = c.subarray(i * n, (i + 1) * n);
    for (let l = 0; l < k; l += 1) {
      const value = a[i * k + l];
      for (let j = 0; j < n; j += 1) row[j] += value * b[l * n + j];
    }
  }
  return c;
}

/**
 * The weights of the dense VAE, each `[inputs, outputs]` row by row, in the order of the forward pass.
 * A layer of PyTorch holds the transpose: see [`transposed`].
 */
export function vaeWeights() {
  return {
    w1: weight(1, P * H, P), b1: weight(2, H, P),
    wMu: weight(3, H * Z, H), bMu: weight(4, Z, H),
    wLogVar: weight(5, H * Z, H), bLogVar: weight(6, Z, H),
    w2: weight(7, Z * H, Z), b2: weight(8, H, Z),
    w3: weight(9, H * P, H), b3: weight(10, P, H),
  };
}

/** The first of MNIST's training digits, in file order: for the largest batch, and for the epochs of training in workers. @type {Uint8Array | undefined} */
let digits;

/** How many of them. */
const DIGITS = 2048;

/**
 * Gets the digits that the models are given: `xtask` cuts them for the page, as the gzip of 10,000 labels and as many pictures, two
 * pixels in a byte.
 * @param {URL} address  of mnist-train-0.bin
 */
export async function loadDigits(address) {
  const response = await fetch(address);
  if (!response.ok || !response.body) throw new Error(`${address}: ${response.status}`);
  const raw = new Uint8Array(await new Response(response.body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
  digits = unpackPixels(raw.subarray(10_000, 10_000 + (DIGITS * P) / 2), 4);
}

/**
 * Genuine digits `[B, P]` in [0, 1], a fifth of whose pixels are not 0, and noise `[B, Z]`, which the forward pass takes as given.
 * @param {number} batch
 * @param {number} [latent]
 */
export function vaeInputs(batch, latent = Z) {
  if (!digits) throw new Error("the digits are not there: loadDigits comes first");
  return { x: Float32Array.from(digits.subarray(0, batch * P), (level) => level / 255), eps: uniform(12, batch * latent, -1.7, 1.7) };
}

/**
 * [`vaeInputs`] black and white, as likely ink as it is grey: what a Bernoulli decoder learns from.
 * @param {number} batch
 */
export function trainingInputs(batch) {
  const { x, eps } = vaeInputs(batch);
  const chance = uniform(13, x.length, 0, 1);
  return { x: x.map((level, i) => Number(chance[i] < level)), eps };
}

/** As many digits as bytes, `[B, P]`, 255 = ink. @param {number} count */
export function digitLevels(count) {
  if (!digits || digits.length < count * P) throw new Error("the digits are not there: loadDigits comes first, for as many");
  return digits.slice(0, count * P);
}

/** @param {ArrayLike<number>} x @param {ArrayLike<number>} w @param {ArrayLike<number>} bias @param {Shape} shape */
function dense(x, w, bias, shape) {
  const y = multiply(shape, x, w);
  for (let i = 0; i < y.length; i += 1) y[i] += bias[i % shape.n];
  return y;
}

const relu = (/** @type {Float64Array} */ values) => values.map((value) => Math.max(value, 0));
const sigmoid = (/** @type {Float64Array} */ values) => values.map((value) => 1 / (1 + Math.exp(-value)));

/** @param {Record<string, ArrayLike<number>>} w @param {{ x: Float32Array, eps: Float32Array }} inputs @param {number} m */
function forward(w, { x, eps }, m) {
  const h1 = relu(dense(x, w.w1, w.b1, { m, k: P, n: H }));
  const mu = dense(h1, w.wMu, w.bMu, { m, k: H, n: Z });
  const logVar = dense(h1, w.wLogVar, w.bLogVar, { m, k: H, n: Z });
  const z = mu.map((value, i) => value + Math.exp(logVar[i] / 2) * eps[i]);
  const h2 = relu(dense(z, w.w2, w.b2, { m, k: Z, n: H }));
  return { h1, mu, logVar, z, h2, logits: dense(h2, w.w3, w.b3, { m, k: H, n: P }) };
}

/**
 * The means `[B, P]` that the dense VAE gives for [`vaeInputs`], in float64.
 * @param {number} batch
 */
export function vaeReference(batch) {
  return sigmoid(forward(vaeWeights(), vaeInputs(batch), batch).logits);
}

/**
 * The first losses of training on the same [`trainingInputs`] again and again, in float64: a step's loss is the one before its update.
 *
 *     loss = 1/B sum(softplus(logits) - x logits) + 1/B 1/2 sum(mu^2 + exp(log_var) - 1 - log_var)
 *
 * The second loss checks the whole gradient and the third one the optimiser's memory.
 * @param {number} batch
 * @param {number} [steps]
 */
export function trainingLosses(batch, steps = 3) {
  const m = batch;
  /** @type {Record<string, Float64Array>} */
  const w = Object.fromEntries(Object.entries(vaeWeights()).map(([name, values]) => [name, Float64Array.from(values)]));
  const moments = Object.fromEntries(Object.entries(w).map(([name, { length }]) => [name, [new Float64Array(length), new Float64Array(length)]]));
  const inputs = trainingInputs(batch);
  return Float64Array.from({ length: steps }, (_, step) => {
    const { h1, mu, logVar, z, h2, logits } = forward(w, inputs, m);
    const recon = logits.reduce((sum, l, i) => sum + Math.max(l, 0) - l * inputs.x[i] + Math.log1p(Math.exp(-Math.abs(l))), 0);
    const kl = mu.reduce((sum, value, i) => sum + (value * value + Math.exp(logVar[i]) - 1 - logVar[i]) / 2, 0);
    const gradient = backward(w, { inputs, h1, mu, logVar, z, h2, logits }, m);
    for (const [name, values] of Object.entries(w)) adam(values, gradient[name], moments[name], step + 1);
    return (recon + kl) / m;
  });
}

/** @param {Record<string, Float64Array>} w @param {any} of @param {number} m @returns {Record<string, Float64Array>} */
function backward(w, { inputs: { x }, h1, mu, logVar, z, h2, logits }, m) {
  const dLogits = sigmoid(logits).map((mean, i) => (mean - x[i]) / m);
  const dH2 = throughLayer(dLogits, w.w3, { m, k: H, n: P }).map((d, i) => (h2[i] > 0 ? d : 0));
  const dZ = throughLayer(dH2, w.w2, { m, k: Z, n: H });
  const dMu = dZ.map((d, i) => d + mu[i] / m);
  const dLogVar = dZ.map((d, i) => (d * (z[i] - mu[i])) / 2 + (Math.exp(logVar[i]) - 1) / (2 * m));
  const viaMu = throughLayer(dMu, w.wMu, { m, k: H, n: Z });
  const viaLogVar = throughLayer(dLogVar, w.wLogVar, { m, k: H, n: Z });
  const dH1 = viaMu.map((d, i) => (h1[i] > 0 ? d + viaLogVar[i] : 0));
  return {
    w1: ofWeight(x, dH1, { m, k: P, n: H }), b1: ofBias(dH1, H),
    wMu: ofWeight(h1, dMu, { m, k: H, n: Z }), bMu: ofBias(dMu, Z),
    wLogVar: ofWeight(h1, dLogVar, { m, k: H, n: Z }), bLogVar: ofBias(dLogVar, Z),
    w2: ofWeight(z, dH2, { m, k: Z, n: H }), b2: ofBias(dH2, H),
    w3: ofWeight(h2, dLogits, { m, k: H, n: P }), b3: ofBias(dLogits, P),
  };
}

/** dY Wᵀ. @param {Float64Array} dY @param {Float64Array} w @param {Shape} shape */
function throughLayer(dY, w, { m, k, n }) {
  const turned = new Float64Array(w.length);
  for (let i = 0; i < k; i += 1) for (let j = 0; j < n; j += 1) turned[j * k + i] = w[i * n + j];
  return multiply({ m, k: n, n: k }, dY, turned);
}

/** Xᵀ dY. @param {ArrayLike<number>} x @param {Float64Array} dY @param {Shape} shape */
function ofWeight(x, dY, { m, k, n }) {
  const turned = new Float64Array(m * k);
  for (let i = 0; i < m; i += 1) for (let j = 0; j < k; j += 1) turned[j * m + i] = x[i * k + j];
  return multiply({ m: k, k: m, n }, turned, dY);
}

/** @param {Float64Array} dY @param {number} n */
function ofBias(dY, n) {
  const sums = new Float64Array(n);
  dY.forEach((d, i) => (sums[i % n] += d));
  return sums;
}

/** @param {Float64Array} values @param {Float64Array} gradient @param {Float64Array[]} moments @param {number} t */
function adam(values, gradient, [first, second], t) {
  const { rate, beta1, beta2, epsilon } = ADAM;
  for (let i = 0; i < values.length; i += 1) {
    first[i] = beta1 * first[i] + (1 - beta1) * gradient[i];
    second[i] = beta2 * second[i] + (1 - beta2) * gradient[i] ** 2;
    values[i] -= (rate * (first[i] / (1 - beta1 ** t))) / (Math.sqrt(second[i] / (1 - beta2 ** t)) + epsilon);
  }
}

/**
 * The weights of the convolutional VAE in PyTorch's layouts: convolutions `[out, in, 4, 4]`, transposed ones `[in, out, 4, 4]`,
 * dense ones `[inputs, outputs]` with the features in the order channel, row, column.
 */
export function convWeights() {
  const { Z: latent, features, channels: [c1, c2] } = CONV;
  return {
    k1: weight(21, c1 * 16, 16), b1: weight(22, c1, 16),
    k2: weight(23, c2 * c1 * 16, c1 * 16), b2: weight(24, c2, c1 * 16),
    wMu: weight(25, features * latent, features), bMu: weight(26, latent, features),
    wLogVar: weight(27, features * latent, features), bLogVar: weight(28, latent, features),
    w3: weight(29, latent * features, latent), b3: weight(30, features, latent),
    k4: weight(31, c2 * c1 * 16, c1 * 16), b4: weight(32, c1, c1 * 16),
    k5: weight(33, c1 * 16, 16), b5: weight(34, 1, 16),
  };
}

/** The same network for engines that keep channels last: every kernel `[out, 4, 4, in]`, features in the order row, column, channel. */
export function channelsLast() {
  const w = convWeights();
  const { Z: latent, features, channels: [c1, c2] } = CONV;
  /** The place in PyTorch's order of each feature in the other one. */
  const places = Array.from({ length: features }, (_, i) => (i % c2) * 49 + Math.floor(i / c2));
  const rows = (/** @type {Float32Array} */ matrix) => Float32Array.from(matrix, (_, i) => matrix[places[Math.floor(i / latent)] * latent + (i % latent)]);
  const columns = (/** @type {Float32Array} */ matrix) =>
    Float32Array.from(matrix, (_, i) => matrix[Math.floor(i / features) * features + places[i % features]]);
  const kernel = (/** @type {Float32Array} */ values, /** @type {number} */ ins, /** @type {(o: number, i: number) => number} */ plane) =>
    Float32Array.from(values, (_, at) => values[plane(Math.floor(at / (16 * ins)), at % ins) * 16 + (Math.floor(at / ins) % 16)]);
  return {
    ...w, wMu: rows(w.wMu), wLogVar: rows(w.wLogVar), w3: columns(w.w3), b3: columns(w.b3),
    k1: kernel(w.k1, 1, (o) => o), k2: kernel(w.k2, c1, (o, i) => o * c1 + i),
    k4: kernel(w.k4, c2, (o, i) => i * c1 + o), k5: kernel(w.k5, c1, (_, i) => i),
  };
}

/** The means `[1, P]` that the convolutional VAE gives for one picture of [`vaeInputs`], in float64. */
export function convReference() {
  const w = convWeights();
  const { Z: latent, features, channels: [c1, c2] } = CONV;
  const { x, eps } = vaeInputs(1, latent);
  const h1 = relu(convolve(x, w.k1, w.b1, 1, c1, 28));
  const h2 = relu(convolve(h1, w.k2, w.b2, c1, c2, 14));
  const mu = dense(h2, w.wMu, w.bMu, { m: 1, k: features, n: latent });
  const logVar = dense(h2, w.wLogVar, w.bLogVar, { m: 1, k: features, n: latent });
  const z = mu.map((value, i) => value + Math.exp(logVar[i] / 2) * eps[i]);
  const h3 = relu(dense(z, w.w3, w.b3, { m: 1, k: latent, n: features }));
  const h4 = relu(unconvolve(h3, w.k4, w.b4, c2, c1, 7));
  return sigmoid(unconvolve(h4, w.k5, w.b5, c1, 1, 14));
}

/**
 * 4x4, stride 2, padding 1, on `[inputs, side, side]`.
 * @param {ArrayLike<number>} x @param {Float32Array} kernel @param {Float32Array} bias
 * @param {number} inputs @param {number} outputs @param {number} side
 */
function convolve(x, kernel, bias, inputs, outputs, side) {
  const half = side / 2;
  const y = new Float64Array(outputs * half * half);
  forEachTap(inputs, outputs, side, (o, i, tap, small, large) => {
    y[o * half * half + small] += x[i * side * side + large] * kernel[(o * inputs + i) * 16 + tap];
  });
  return y.map((value, i) => value + bias[Math.floor(i / (half * half))]);
}

/**
 * Its transpose, from `[inputs, half, half]`.
 * @param {ArrayLike<number>} x @param {Float32Array} kernel @param {Float32Array} bias
 * @param {number} inputs @param {number} outputs @param {number} half
 */
function unconvolve(x, kernel, bias, inputs, outputs, half) {
  const side = 2 * half;
  const y = new Float64Array(outputs * side * side);
  forEachTap(inputs, outputs, side, (o, i, tap, small, large) => {
    y[o * side * side + large] += x[i * half * half + small] * kernel[(i * outputs + o) * 16 + tap];
  });
  return y.map((value, i) => value + bias[Math.floor(i / (side * side))]);
}

/**
 * Every tap of a 4x4 kernel on every pixel of the small image that falls inside the large one.
 * @param {number} inputs @param {number} outputs @param {number} side  of the large image
 * @param {(output: number, input: number, tap: number, small: number, large: number) => void} visit
 */
function forEachTap(inputs, outputs, side, visit) {
  const half = side / 2;
  for (let row = 0; row < half; row += 1) for (let column = 0; column < half; column += 1) {
    for (let tap = 0; tap < 16; tap += 1) {
      const [y, x] = [2 * row - 1 + (tap >> 2), 2 * column - 1 + (tap & 3)];
      if (y < 0 || x < 0 || y >= side || x >= side) continue;
      for (let o = 0; o < outputs; o += 1) for (let i = 0; i < inputs; i += 1) visit(o, i, tap, row * half + column, y * side + x);
    }
  }
}

/**
 * The largest difference, relative to the largest |reference|. All zeros give 1, and what is no number gives infinity.
 * @param {ArrayLike<number>} got
 * @param {ArrayLike<number>} want
 */
export function relativeError(got, want) {
  if (got.length !== want.length) return Infinity;
  let [worst, largest] = [0, 0];
  for (let i = 0; i < want.length; i += 1) {
    const difference = Math.abs(got[i] - want[i]);
    if (!(difference <= worst)) worst = Number.isNaN(difference) ? Infinity : difference;
    largest = Math.max(largest, Math.abs(want[i]));
  }
  return worst / largest;
}
