// @ts-check
/** Bits of the one number that says how large the others are. */
const SCALE = 32;

/**
 * The same vector, told in so many bits: its largest magnitude, and each number as one of equal steps to both sides of 0.
 * @param {Float32Array} z
 * @param {number} bits
 */
export function withinBits(z, bits) {
  const each = Math.floor((bits - SCALE) / z.length);
  // To each side; beyond 24 bits an f32 has no more.
  const steps = 2 ** (Math.min(each, 24) - 1) - 1;
  if (steps < 1) return z.map(() => 0);
  const step = z.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / steps;
  return step > 0 ? z.map((value) => Math.round(value / step) * step) : z;
}
