// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {{ row: number, column: number, code: number, own: number, distance: number, next: number, further: number }} About */

export const words = {
  title: "The drawing as a map of codes",
  lead: "A VQ-VAE has no Gaussian. Its encoder cuts the image into a grid of places, and puts the nearest of a few learned codes in each; the decoder sees those codes and nothing else.",
  mosaic: "The map of codes, a tile for each place. Arrow keys go from tile to tile, Enter chooses one",
  picture: "What these codes decode to",
  pointAtOne: "Point at a tile: which code it has, and how near the next one was.",
  takeOne: "Now take another code from the codebook.",
  chooseFirst: "First choose a tile of the map, then the code that it is to have.",
  back: "The drawing’s own codes",
  about: (/** @type {About} */ { row, column, code, own, distance, next, further }) =>
    code === own
      ? `Row ${row}, column ${column}: code ${code}, at a distance of ${fixed(distance, 2)}. The next nearest is code ${next}, at ${fixed(further, 2)}.`
      : `Row ${row}, column ${column}: code ${code} in place of ${own}.`,
  cost: (/** @type {number} */ places, /** @type {number} */ count, /** @type {number} */ plain, /** @type {number | undefined} */ bits) =>
    `${places} codes out of ${count}: ${fixed(plain, 0)} bits if all were as probable${bits === undefined ? "" : `, ${fixed(bits, 0)} by the learned prior`}.`,

  book: "The codebook",
  bookNote: "What each code draws, on average, with what is around it. Bars: how often it is used. With a tile chosen, click a code to put it there.",
  code: (/** @type {number} */ code, /** @type {number} */ share, /** @type {boolean} */ isBlank) =>
    `Code ${code}${isBlank ? ", nearly blank" : ""}: ${fixed(share * 100, 1)} % of all places`,

  writeTitle: "A prior that writes",
  writeNote: "A small transformer has learned which code follows which. It writes a map row by row, and each code depends on all before it.",
  write: "Write another",
  written: "The digit that was written",
  writtenMap: "The map of codes as it is being written",
  seed: "seed",
  temperature: "Temperature",
  times: (/** @type {number} */ t) => (t === 0 ? "0, the likeliest" : fixed(t, 2)),
  among: "Among",
  top: (/** @type {number} */ top) => (top === 0 ? "all codes" : top === 1 ? "the likeliest alone" : `the ${top} likeliest`),
  digit: "Digit",
  anyDigit: "any",
  half: "Keep the upper half of my drawing",
  wrote: (/** @type {number} */ count, /** @type {number} */ ms, /** @type {number} */ bits) =>
    `${count} codes, drawn in ${fixed(ms, 1)} ms. The whole map is worth ${fixed(bits, 0)} bits.`,

  trainTitle: "Watch a codebook learn",
  trainNote: "The same network from the beginning, on 10,000 digits, here. The map above follows it. Perplexity: as many codes, all used as often, would say as much.",
  train: "Train it here",
  stop: "Stop",
  shipped: "Back to the model that ships",
  fetching: "Fetching the digits…",
  perplexity: "Perplexity over the steps of the run",
  perplexityIs: (/** @type {number} */ perplexity) => `Perplexity over the steps of the run, now ${fixed(perplexity, 1)}`,
  stands: (/** @type {{ step: number, total: number, usage: number, perplexity: number, error: number }} */ { step, total, usage, perplexity, error }) =>
    `Step ${step} of ${total}: perplexity ${fixed(perplexity, 1)}, ${fixed(usage * 100, 0)} % of the codes in use, squared error ${fixed(error, 1)} on digits it never saw.`,

  compareTitle: "Four ways to keep this drawing",
  compareNote: "The same drawing through a plain autoencoder, a VAE, a beta-VAE and the codes: the bits that each spends on naming its z, and the squared error of what comes back. Last: the error if every model had no more bits than the codes take, its numbers rounded to equal steps.",
  compare: "Compare",
  columns: ["Model", "Comes back as", "Spends", "Squared error", "On the codes’ bits"],
  models: { ae: "Autoencoder", vae: "VAE", "beta-4": "beta-VAE, beta = 4", codes: "VQ-VAE" },
  asFloats: (/** @type {number} */ size) => `${size} numbers as they are stored; it has no prior that could say what they cost`,
  asKl: (/** @type {number} */ size) => `KL of ${size} numbers from N(0, I)`,
  asCodes: (/** @type {number} */ plain) => `by its prior; ${fixed(plain, 0)} without one`,
  bits: (/** @type {number} */ bits) => `${fixed(bits, 0)} bits`,
  error: (/** @type {number} */ error) => fixed(error, 2),
  comesBack: (/** @type {string} */ name) => `What comes back from: ${name}`,
};
