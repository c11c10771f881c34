// @ts-check
/**
 * Every word that the page says outside the rooms, in English. `page` fills the elements that carry `data-word`; index.html
 * holds the same text, so that the first paint needs no script, and a test keeps the two alike.
 */

import { fixed } from "./numbers.js";

const page = {
  description: "Draw a digit and watch it become a distribution, a sample and a reconstruction: a variational autoencoder that lives in a browser tab.",
  standfirst: "A drawing becomes a distribution; a sample from it becomes a drawing again.",
  modelLabel: "Model",
  theme: "Light or dark",
  padTitle: "your drawing",
  seenTitle: "as the network sees it",
  posteriorTitle: "where it lies in latent space",
  sampleTitle: "one sample from there",
  reconstructionTitle: "the drawing it decodes to",
  toSeen: "fit",
  toPosterior: "encode",
  toSample: "sample",
  toReconstruction: "decode",
  rooms: "Rooms",
  drawRoom: "Draw",
  exploreRooms: "Explore",
  trainRoom: "Train",
  handRooms: "Your hand",
  storyRoom: "Why a VAE",
  exploring: "Ways through the latent space",
  mapRoom: "Map",
  dimensionsRoom: "Dimensions",
  posteriorRoom: "Posterior",
  blendRoom: "Blend",
  priorRoom: "Prior",
  codesRoom: "Codes",
  writing: "What is written in your hand",
  handRoom: "Digits",
  brushRoom: "Characters",
  undo: "Undo",
  redo: "Redo",
  clear: "Clear",
  picture: "Picture…",
  shelf: "Examples",
  testDigits: "Test digits…",
  keep: "Keep…",
  normalise: "Normalise",
  resample: "Resample",
  mean: "Take the mean, z = μ",
  seed: "seed",
  reconWord: "recon",
  klWord: "KL",
  nats: "nats",
  reads: "reads",
  priorTitle: "new digits: samples from the prior, decoded",
  learned: "Learned prior",
  scored: "read as a digit with over 90\u00a0%",
  newSamples: "New samples",
  padKeys: "Draw with a mouse, a finger or a pen. With the keyboard: arrow keys move the pen, Space or Enter puts it down and lifts it, Shift makes smaller steps.",
  posteriorKeys: "Left and right arrow keys go from dimension to dimension.",
  privacy: "Nothing you draw leaves this page.",
  whole: "Open in Latent Ink",
  starting: "Starting the core",
  normalised: "scaled to 20 px, one pen width, centred on its mass",
  cost: "The nats it takes to tell someone this drawing: KL to name z, recon to name the pixels that z leaves open.",
  noReads: "as –",
  padLabel: "Drawing pad",
  seenLabel: "What the network saw",
  posteriorLabel: "Posterior",
  reconstructionLabel: "Reconstruction",
  priorLabel: "Samples from the prior",
};

export const words = {
  /** The language that the switch leads to: its name in the address, its tag, and what it calls itself. */
  other: { name: "zh", tag: "zh-Hans", title: "中文" },
  page,

  status: {
    fetching: (/** @type {string} */ title, /** @type {number} */ got, /** @type {number} */ all) =>
      `Fetching ${title}: ${kilobytes(got)} of ${kilobytes(all)} KB`,
    ready: "Ready",
    working: (/** @type {string} */ title) => `Working: reading ${title}`,
    replaced: (/** @type {string} */ reason) =>
      `Ready again. The part that computes had stopped (${reason}) and was started anew; your drawing is as it was.`,
    lost: (/** @type {string} */ reason) =>
      `Error: the part that computes stopped and did not start again (${reason}). Reload the page; the address keeps your drawing.`,
    modelKept: (/** @type {string} */ title, /** @type {string} */ reason, /** @type {string} */ kept) =>
      `Error: ${title} could not be used: ${reason}. ${kept} stays.`,
    noModel: (/** @type {string} */ title, /** @type {string} */ reason) =>
      `Error: ${title} could not be used: ${reason}. Choose another model, or reload the page.`,
    noIndex: (/** @type {string} */ reason) => `Error: the list of models could not be read: ${reason}. Reload the page to try again.`,
    failed: (/** @type {unknown} */ error) => `Error: ${error instanceof Error ? error.message : error}`,
    noPicture: "That picture holds no ink that could be told from its ground. Try one dark figure on a light ground.",
    notAPicture: (/** @type {string} */ name) => `Error: ${name} is not a picture that this browser can read. PNG, JPEG and WebP work, and drawings kept as JSON.`,
  },

  /** What the part that computes is said to have stopped of, in `replaced` and `lost`. */
  stopped: {
    start: "its script did not start",
    message: "a message could not be read",
    silence: (/** @type {string} */ action, /** @type {number} */ seconds) => `no answer to "${action}" in ${seconds} s`,
    gone: "the worker is not running",
  },

  /** By what models/index.json calls a model. */
  modelTitle: (/** @type {string} */ _name, /** @type {string} */ title) => title,

  missing: (/** @type {string} */ file, /** @type {number} */ code) => `${file} answered ${code}`,
  unreachable: (/** @type {string} */ file) => `${file} could not be fetched`,
  unlisted: (/** @type {string} */ file) => `${file} is not in the list of digits`,
  wrongLength: (/** @type {string} */ file, /** @type {number} */ expected, /** @type {number} */ got) =>
    `${file} should have ${expected} bytes and has ${got}`,
  damaged: (/** @type {string} */ file) => `${file} is damaged and cannot be unpacked`,

  tier: { scalar: "scalar", simd128: "SIMD", relaxed: "relaxed SIMD" },
  ms: (/** @type {number} */ ms) => `${fixed(ms, 1)} ms`,

  quality: (/** @type {{ elbo: number, recon: number, kl: number }} */ { elbo, recon, kl }, /** @type {boolean} */ isLearned) =>
    `10,000 test digits cost this model ${fixed(-elbo, 1)} nats each${isLearned ? " with its learned prior" : ""}: recon ${fixed(recon, 1)} + KL ${fixed(kl, 1)}.`,

  example: (/** @type {number} */ digit) => `Example: a handwritten ${digit}`,
  meanCaption: "the middle of it",
  exampleCaption: "an example: draw over it",
  emptyCaption: "nothing drawn yet",
  pictureCaption: "your picture",
  padHint: "draw a digit",
  priorMean: "nothing drawn yet: the prior mean",

  asDrawn: "as drawn: digits of this size, place and pen were not what it learnt from",

  legend: "One mark per dimension: point at one.",
  planeLegend: (/** @type {number} */ scale) => `To scale: 1 unit is ${fixed(scale, 0)} px. Discs: the prior at 1, 2 and 3 σ.`,
  markedKl: (/** @type {number} */ kl) => `KL ${fixed(kl)} nats`,
  plainLegend: "A plain autoencoder: a point, not a distribution.",

  priorLearned: "new digits: samples from the learned prior, decoded",
  reads: (/** @type {Reads} */ { drawing, reconstruction }) =>
    `as ${verdict(reconstruction)}; the drawing as ${verdict(drawing)}`,
  score: (/** @type {number} */ count, /** @type {number} */ all) => `${count} of ${all}`,

  costLearned: (/** @type {number} */ nats) =>
    `The nats it takes to tell someone this drawing, with N(0, I) as the prior. The learned prior saves ${fixed(nats, 1)} of KL on average.`,
  costOfNothing: "Draw a digit and it will cost something to describe.",
  costPlain: "A plain autoencoder pays for pixels only: its z is free.",

  meaning: {
    tier: "Which build of the Rust core this browser runs, the fastest it accepts, and how long the last drawing took from strokes to pixels, in a thread of its own.",
    x: "Draw with a mouse, a finger or a pen, or with the arrow keys and the space bar. A picture can be dropped or pasted anywhere.",
    seen: "All that the network gets: 784 numbers between 0, paper, and 1, ink. The digits it learnt from fill 20 pixels and are centred on their mass, so a drawing is brought to the same frame first.",
    posterior: "The posterior. For this drawing the encoder gives not a point but a Gaussian: in every latent dimension a mean μ and a spread σ. Grey is the prior. A dimension as wide as the prior says nothing about the drawing.",
    sample: "z is μ plus σ times ε, with ε drawn from a standard normal distribution. The same seed gives the same ε, so only the drawing moves z while you draw.",
    reconstruction: "The decoder makes a picture from z alone. It never sees the drawing: whatever comes back was kept in these few numbers.",
    prior: "The prior: every latent dimension independent, with mean 0 and variance 1. Training pulls all posteriors together towards it, and that is why a z drawn from it decodes to a digit that nobody wrote.",
    learned: "The encoder's posteriors, all together, do not quite fill N(0, I). A small invertible network f learnt where they really lie and turns noise ε into such a z, so that samples fall where the decoder knows what to draw.",
    judge: "Who reads: a separate small network, a classifier that names 99.5 % of the 10,000 test digits rightly. The percentage is how sure it is.",
    recon: "−log p(x | z): how surprising the pixels of the drawing are if the reconstruction is the guess, summed over all 784.",
    kl: "Kullback–Leibler divergence: how far the posterior is from the prior, summed over the dimensions. It is what z tells about the drawing.",
    nats: "The unit of information that goes with the natural logarithm. One nat is 1.44 bits.",
  },

  said: {
    pad: (/** @type {number} */ strokes) => `Drawing pad with ${strokes === 1 ? "one stroke" : `${strokes} strokes`}`,
    padEmpty: "Drawing pad, nothing drawn yet",
    padPicture: "Drawing pad showing a picture",
    pen: (/** @type {boolean} */ isDown, /** @type {number} */ x, /** @type {number} */ y) =>
      `Pen ${isDown ? "down" : "up"} at ${Math.round(x * 100)} across, ${Math.round(y * 100)} down`,
    seen: (/** @type {InkBox | undefined} */ box) =>
      box ? `What the network saw, 28 by 28: ${inkWords(box)}` : "What the network saw: nothing drawn yet",
    reconstruction: (/** @type {InkBox | undefined} */ box, /** @type {boolean} */ isEmpty, /** @type {Reads | undefined} */ reads) =>
      `${isEmpty ? "The prior mean, decoded from z = 0; nothing drawn yet" : "Reconstruction, 28 by 28"}: ${box ? inkWords(box) : "blank"}${
        reads ? `. It reads ${words.reads(reads)}` : ""}`,
    posterior: (/** @type {{ mu: ArrayLike<number>, sigma: ArrayLike<number> }} */ { mu, sigma }, /** @type {readonly number[]} */ order) =>
      `Posterior over ${mu.length} dimensions. ${order.slice(0, 4).map((d) =>
        `Dimension ${d + 1}: mu ${fixed(mu[d])}, sigma ${fixed(sigma[d])}`).join(". ")}${mu.length > 4 ? " and so on" : ""}.`,
    posteriorEmpty: "Posterior: nothing drawn yet, only the prior, a standard normal distribution, is shown",
    prior: (/** @type {number} */ count, /** @type {number} */ seed, /** @type {boolean} */ isLearned, /** @type {number | undefined} */ score) =>
      `${count} digits decoded from samples of the ${isLearned ? "learned " : ""}prior with seed ${seed}${
        score === undefined ? "" : `; ${words.score(score, count)} ${page.scored}`}`,
    summary: (/** @type {number} */ recon, /** @type {number | undefined} */ kl) =>
      `Reconstruction ready: recon ${fixed(recon, 1)}${kl === undefined ? "" : ` plus KL ${fixed(kl, 1)} is ${fixed(recon + kl, 1)}`} nats`,
  },
};

/** @typedef {typeof words} Words */
/** @typedef {{ share: number, left: number, top: number, right: number, bottom: number }} InkBox  pixels; share 0…1 */

/** @typedef {import("../types.js").Verdict} Verdict */
/** @typedef {{ drawing: Verdict, reconstruction: Verdict }} Reads */

/**
 * Whole per cent, rounded down: nothing is read with 100.
 * @param {Verdict} verdict
 */
const verdict = ({ digit, share }) => `${digit}, ${Math.min(99, Math.floor(share * 100))}\u00a0%`;

/** @param {number} bytes */
const kilobytes = (bytes) => Math.round(bytes / 1000);

/** @param {InkBox} box */
function inkWords({ share, left, top, right, bottom }) {
  return `ink on ${Math.round(share * 100)} per cent, columns ${left} to ${right}, rows ${top} to ${bottom}`;
}
