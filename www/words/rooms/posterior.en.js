// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

export const words = {
  title: "Nine samples from where your drawing lies",
  lead: "Each is decoded from a z of its own, drawn from the posterior of the drawing. What they share, the encoder is sure of; where they differ, it has left room.",
  temperature: "Temperature",
  seed: "seed",
  newSamples: "New samples",
  isMean: "0, the mean alone",
  times: (/** @type {number} */ t) => `σ × ${fixed(t, 2)}`,
  temperatureNote: "By how much every σ is stretched: at 1 it is the posterior itself.",
  sample: (/** @type {number} */ i) => `Sample ${i + 1} of nine`,
  reads: (/** @type {Verdict} */ verdict) => `as ${percent(verdict)}`,

  mapTitle: "Where they differ",
  mapNote: (/** @type {number} */ count) =>
    `The standard deviation of every pixel over ${count} samples. Paper: all agree. Full colour: half of them ink, half paper.`,
  apart: (/** @type {number} */ percent_) => `${fixed(percent_, 1)} % of full ink`,
  apartNote: "the standard deviation of a pixel, on average over all 784",
  most: (/** @type {number} */ percent_) => `${fixed(percent_, 0)} % where it is largest`,

  plain: "A plain autoencoder has no posterior to sample: its z is a point, so all nine are the same.",
  same: "At temperature 0 every sample is the mean: all nine are the same.",
  empty: "Nothing is drawn yet: all nine are the prior mean.",

  said: {
    sample: (/** @type {number} */ i, /** @type {string} */ ink, /** @type {Verdict | undefined} */ read) =>
      `Sample ${i + 1} of nine: ${ink}${read ? `. It reads as ${percent(read)}` : ""}`,
    ink: (/** @type {import("../main.en.js").InkBox | undefined} */ box) =>
      box ? `ink on ${Math.round(box.share * 100)} per cent, columns ${box.left} to ${box.right}, rows ${box.top} to ${box.bottom}` : "blank",
    map: (/** @type {number} */ mean, /** @type {number} */ most, /** @type {import("../main.en.js").InkBox | undefined} */ box) =>
      most < 0.001 ? "Where the samples differ: nowhere"
        : `Where the samples differ: by ${fixed(mean * 100, 1)} per cent of full ink on average, ${fixed(most * 100, 0)} at most${
          box ? `; most of it in columns ${box.left} to ${box.right}, rows ${box.top} to ${box.bottom}` : ""}`,
  },
};

/**
 * Whole per cent, rounded down: nothing is read with 100.
 * @param {Verdict} verdict
 */
function percent({ digit, share }) {
  return `${digit}, ${Math.min(99, Math.floor(share * 100))}\u00a0%`;
}
