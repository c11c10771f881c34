// @ts-check
/** @typedef {import("./types.js").Tier} Tier */

// The smallest modules that use the instruction in question; a browser without it refuses them.
const HEAD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10];
const PROBES = {
  // () => i8x16.popcnt(i8x16.splat(0))
  simd128: Uint8Array.of(...HEAD, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11),
  // () => i8x16.relaxed_swizzle(i8x16.splat(1), i8x16.splat(2))
  relaxed: Uint8Array.of(...HEAD, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11),
};

/** @type {readonly Tier[]} best first */
const TIERS = ["relaxed", "simd128", "scalar"];

/**
 * Says whether this browser accepts a build of that tier.
 * @param {Tier} tier
 * @returns {boolean}
 */
export function supports(tier) {
  return tier === "scalar" || WebAssembly.validate(PROBES[tier]);
}

/**
 * Reads a tier by name.
 * @param {string | null | undefined} text
 * @returns {Tier | undefined}
 */
export function tierNamed(text) {
  return TIERS.find((tier) => tier === text);
}

/**
 * The tier to run: the one asked for where this browser accepts it, otherwise the best that validates.
 * @param {Tier | undefined} wanted
 * @returns {Tier}
 */
export function chooseTier(wanted) {
  if (wanted && supports(wanted)) return wanted;
  return TIERS.find(supports) ?? "scalar";
}
