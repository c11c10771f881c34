// @ts-check
import { fixed } from "../numbers.js";

const count = (/** @type {number} */ n) => Math.round(n).toLocaleString("en");

export const words = {
  title: "Digits that nobody wrote",
  lead: "Noise goes in, and the decoder makes a picture of it. Nothing of your drawing is used here. Choose a picture to ask whether the model has only remembered it.",
  temperature: "Temperature",
  times: (/** @type {number} */ t) => `ε × ${fixed(t, 2)}`,
  learned: "Learned prior",
  seed: "seed",
  newSamples: "New samples",
  score: (/** @type {number} */ digits, /** @type {number} */ all) => `${digits} of ${all} read as a digit with over 90\u00a0%`,
  noScore: "Nobody has read them yet",
  samples: (/** @type {number} */ all, /** @type {boolean} */ isLearned, /** @type {number} */ t) =>
    `${all} samples from ${isLearned ? "the learned prior" : "the prior N(0, I)"} at temperature ${fixed(t, 2)}. Arrow keys go from one to the next, Enter chooses.`,
  sample: (/** @type {number} */ i, /** @type {string} */ reads) => `Sample ${i + 1}${reads && `, reads as ${reads}`}`,
  reads: (/** @type {import("../../types.js").Verdict | undefined} */ verdict) =>
    verdict ? `${verdict.digit}, ${Math.min(99, Math.floor(verdict.share * 100))}\u00a0%` : "",

  question: "Is it only remembering?",
  chosen: "this sample",
  byPixels: "nearest by pixels",
  byZ: "nearest by z",
  readAs: (/** @type {string} */ reads) => (reads ? `reads as ${reads}` : "not read yet"),
  digit: (/** @type {number} */ label) => `in training: a ${label}`,
  notYet: "not looked for yet",
  said: {
    chosen: (/** @type {number} */ i, /** @type {string} */ reads) => `Sample ${i + 1}, larger${reads && `: reads as ${reads}`}`,
    neighbour: (/** @type {string} */ how, /** @type {number} */ label, /** @type {number} */ index, /** @type {string} */ distance) =>
      `The training digit that is ${how}: number ${count(index + 1)}, a ${label}; ${distance}`,
    none: (/** @type {string} */ how) => `The training digit that is ${how}: not looked for yet`,
  },
  toPad: "Put on the pad",

  search: "Look among 60,000 training digits",
  searchSize: "6 MB once; then your browser reads them all with this model",
  goOn: "Go on",
  readThem: "Read them with this model",
  stop: "Stop",
  stopped: "Stopped.",
  otherModel: "Stopped: another model has been chosen.",
  fetching: (/** @type {number} */ images, /** @type {number} */ bytes, /** @type {number} */ rate, /** @type {number} */ left) =>
    `Fetched ${count(images)} of 60,000: ${fixed(bytes / 1e6, 1)} MB, ${fixed(rate / 1e6, 1)} MB/s, ${seconds(left)} left`,
  reading: (/** @type {number} */ done, /** @type {number} */ rate, /** @type {number} */ left) =>
    `Read ${count(done)} of 60,000: ${count(rate)} a second, ${seconds(left)} left`,
  progress: "Progress",
  among: (/** @type {number} */ images, /** @type {number} */ read) => {
    if (images === 60_000 && read === 60_000) return "Searched all 60,000 training digits.";
    return `Searched by pixels ${among(images)}, by z ${among(read)}.`;
  },
  notItsDigits: "This model has learnt from pictures of clothes, so there is no training digit that it could remember.",

  squaredError: (/** @type {number} */ value) => `squared error ${fixed(value, 1)}`,
  distance: (/** @type {number} */ value) => `distance ${fixed(value, 2)}`,
  pixelScale: "Squared error over 784 pixels, 0 to 1 each",
  zScale: "Distance from z to the mean of the training digit",
  /** @returns {string} */
  verdict: (/** @type {number} */ value, /** @type {readonly number[]} */ [low, , high]) =>
    value < low ? "Nearer than nine in ten test digits: compare the two."
      : value <= high ? "As near as a digit it has never seen: alike, not copied."
        : "Farther than nine in ten test digits: nothing it has seen is like this.",
  strip: (/** @type {number} */ value, /** @type {readonly number[]} */ [low, middle, high], /** @type {number} */ places) =>
    `This sample: ${fixed(value, places)}. Test digits: half lie within ${fixed(middle, places)}, and eight in ten between ${fixed(low, places)} and ${fixed(high, places)}.`,
  yardstick: "The bar is how far test digits, which the model has never seen, lie from their nearest training digit: eight in ten of them, the tick in the middle half. A decoded picture is smoother than ink, which brings it nearer to everything.",
};

/** @param {number} images */
const among = (images) => (images ? `among ${count(images)}${images < 60_000 ? " so far" : ""}` : "none yet");

/** @param {number} left */
const seconds = (left) => `${Math.ceil(left)}\u00a0s`;
