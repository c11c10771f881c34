// @ts-check
/** What a good value is: what others have come to on the same images, counted in the same way. */

/** @typedef {import("./settings.js").Settings} Settings */
/** @typedef {import("./types.js").DataSet} DataSet */
/** @typedef {{ low: number, high: number, name: "best" | "plain" | "plane" }} Yardstick  nats of an image: recon + KL */

/** The best model that ships with the page, on the 10,000 test digits (docs/models.md, 2026-11-22). @type {Yardstick} */
const BEST = { low: 82.67, high: 82.67, name: "best" };
/**
 * One hidden layer of 400 to 20 dimensions: 99.6 after 15 epochs of 60,000 digits, 105.8 after 40 of 10,000 (measured in numpy,
 * 2026-11; 16 and 50 dimensions come to 100.6 and 100.9).
 * @type {Yardstick}
 */
const PLAIN = { low: 99.6, high: 105.8, name: "plain" };
/** Two dimensions: 150.9 with one hidden layer of 400 after 15 epochs; 154.3 the weights of vae-explainer (both measured in numpy, 2026-11). @type {Yardstick} */
const PLANE = { low: 150.9, high: 154.3, name: "plane" };

/** Fewer dimensions than this cannot do what one hidden layer can. */
const ENOUGH = 16;

/**
 * Those that a run may be held against: nothing is said of other images, of grey levels, or of a network without KL.
 * @param {{ data: Pick<DataSet, "isMnist">, settings: Pick<Settings, "kind" | "latent" | "pixels" | "likelihood"> }} run
 * @returns {Yardstick[]}
 */
export function yardsticksOf({ data: { isMnist }, settings: { kind, latent, pixels, likelihood } }) {
  if (!isMnist || kind === "plain" || pixels !== "bernoulli" || likelihood !== "bernoulli") return [];
  if (latent === 2) return [BEST, PLANE];
  return latent >= ENOUGH ? [BEST, PLAIN] : [BEST];
}
