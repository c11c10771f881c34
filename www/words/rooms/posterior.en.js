// @ts-check
import { fixed } from "../numbers.js";

export const words = {
  title: "Nine samples from where your drawing lies",
  lead: "Each is decoded from a z of its own, drawn from the posterior of the drawing. What they share, the encoder is sure of; where they differ, it has left room.",
  plain: "A plain autoencoder has no posterior to sample: all nine are the same.",
  temperature: "Temperature",
  seed: "seed",
  newSamples: "New samples",
  isMean: "0: nine times the mean",
  times: (/** @type {number} */ t) => `σ × ${fixed(t, 2)}`,
  sample: (/** @type {number} */ i) => `Sample ${i + 1} of nine`,
};
