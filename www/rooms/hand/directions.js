// @ts-check
/** The directions of z that change what is written most: pure, tested in node. */

/** How far z goes for a slope. */
const STEP = 0.1;
/** Jacobi needs some 6 for a matrix of 8 x 8. */
const SWEEPS = 12;

/**
 * Eigenvectors of the mean of JᵀJ, where J is how pixels change with z, the largest eigenvalue first; signs are such that the
 * largest number of each is positive.
 * @param {(z: Float32Array) => Float32Array} write  z of one hand → the pixels of all it writes
 * @param {Float32Array} places  B x Z: the z where slopes are taken
 * @param {number} latent  Z
 * @returns {Float32Array[]}
 */
export function directionsOf(write, places, latent) {
  const products = Array.from({ length: latent }, () => new Float64Array(latent));
  for (let first = 0; first < places.length; first += latent) {
    const z = places.subarray(first, first + latent);
    const here = write(z);
    const slopes = Array.from({ length: latent }, (_, d) => write(z.map((value, i) => (i === d ? value + STEP : value))).map((value, i) => (value - here[i]) / STEP));
    for (let a = 0; a < latent; a += 1) for (let b = 0; b < latent; b += 1) products[a][b] += dot(slopes[a], slopes[b]);
  }
  const vectors = diagonalise(products);
  const order = products.map((_, i) => i).sort((a, b) => products[b][b] - products[a][a]);
  return order.map((column) => {
    const vector = Float32Array.from(vectors, (row) => row[column]);
    const largest = vector.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
    return vector.map((value) => value * Math.sign(largest));
  });
}

/**
 * A second direction without what it has of the first.
 * @param {Float32Array} first  a unit vector
 * @param {Float32Array} second
 */
export function across(first, second) {
  const shared = dot(first, second);
  const rest = second.map((value, i) => value - shared * first[i]);
  const length = Math.sqrt(dot(rest, rest));
  return rest.map((value) => value / length);
}

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
export function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}

/**
 * Turns a symmetric matrix in place until nothing is left beside its diagonal  (Jacobi's method; Golub & Van Loan 2013, §8.5).
 * @param {Float64Array[]} matrix
 * @returns {Float64Array[]} its eigenvectors, as columns
 */
function diagonalise(matrix) {
  const n = matrix.length;
  const vectors = Array.from({ length: n }, (_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    for (let p = 0; p < n; p += 1) {
      for (let q = p + 1; q < n; q += 1) {
        if (matrix[p][q] === 0) continue;
        const theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q]);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        const s = t * c;
        for (const rows of [matrix, vectors]) for (const row of rows) [row[p], row[q]] = [c * row[p] - s * row[q], s * row[p] + c * row[q]];
        for (let k = 0; k < n; k += 1) [matrix[p][k], matrix[q][k]] = [c * matrix[p][k] - s * matrix[q][k], s * matrix[p][k] + c * matrix[q][k]];
      }
    }
  }
  return vectors;
}
