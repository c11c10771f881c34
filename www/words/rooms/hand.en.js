// @ts-check
import { fixed } from "../numbers.js";

export const words = {
  title: "One digit, and all ten in your hand",
  lead: "This VAE is told which digit it reads and which it writes. What is left for z is the hand: slant, width, roundness. So the z of one drawing writes all ten.",
  ten: "The ten digits in your hand",
  fetching: (/** @type {number} */ bytes) => `Fetching the model that writes: ${Math.round(bytes / 1000)} KB…`,
  noModel: "The model that writes is not there; the line at the foot of the page says why. Open the room again to try once more.",
  from: (/** @type {number[]} */ digits) =>
    digits.length === 0 ? "Nothing drawn yet: the hand in the middle of all hands. Draw a digit on the pad."
      : digits.length === 1 ? `From one drawing, a ${digits[0]}.` : `From ${digits.length} drawings: ${digits.join(", ")}.`,
  fromMap: "From the place on the map.",
  whichDigit: "Which digit is on the pad? It is being read, or say it below.",

  seen: "What your hand is read from",
  seenNote: "Each drawing with its digit. Read wrongly? Correct it. The posteriors of several drawings are multiplied.",
  onPad: "Pad:",
  kept: "Kept:",
  isA: "Which digit it is",
  remove: "Remove this drawing",
  keep: "Keep it and draw another",
  tooLong: "These drawings are too long for a link; they stay in this tab.",
  zOf: "your hand, μ ± σ, before the prior",
  sigmas: "σ from drawing to drawing",
  known: (/** @type {number} */ count, /** @type {number} */ width) =>
    count === 0 ? "σ is 1 in every dimension: nothing is known of your hand."
      : `σ is ${fixed(width)} on average after ${count === 1 ? "one drawing" : `${count} drawings`}; before any it was 1.`,

  map: "A map of hands",
  mapNote: "Drag z: all ten digits follow. Ellipse: where your hand lies, to one σ. Circles: the prior at 1, 2 and 3 σ.",
  mapKeys: "Arrow keys move z, with Shift in larger steps; Home takes it back to your hand.",
  home: "Back to your hand",
  axes: ["Across:", "Up:"],
  direction: (/** @type {number} */ i) => (i === 1 ? "what changes digits most" : `direction ${i} of change`),
  dimension: (/** @type {number} */ d) => `dimension ${d} of z`,

  number: "A number in your hand",
  numberNote: "Nobody writes a digit twice the same: each is written from a z of its own, drawn from the posterior of your hand.",
  type: "Number",
  variation: "Variation",
  times: (/** @type {number} */ t) => (t === 0 ? "none" : `${fixed(t)} σ`),
  seed: "seed",
  again: "Write it again",
  noNumber: "Type a number.",
  digitsOnly: "Only digits are written; the rest is left out.",
  save: "Save as",
  savePng: "Save as PNG",
  saveSvg: "Save as SVG",
  saved: (/** @type {string} */ name) => `Saved as ${name}.`,

  said: {
    plain: (/** @type {number} */ digit) => `${digit}, in nobody’s hand yet`,
    digit: (/** @type {number} */ digit) => `${digit}, in your hand`,
    example: (/** @type {number} */ place, /** @type {string | undefined} */ of) =>
      `${place === 0 ? "The drawing on the pad" : `Kept drawing ${place}`}, as the network sees it${of === undefined ? "" : `: a ${of}`}`,
    posterior: (/** @type {number} */ latent) => `The posterior of your hand in ${latent} dimensions, mu and sigma, against the prior`,
    widths: (/** @type {number[]} */ widths) => `Sigma on average, from drawing to drawing: ${widths.map((width) => fixed(width)).join(", ")}`,
    map: (/** @type {number} */ a, /** @type {number} */ b, /** @type {boolean} */ isHome) =>
      `Map of hands. z is at ${fixed(a)} across, ${fixed(b)} up${isHome ? ", which is your hand" : ""}`,
    number: (/** @type {string} */ text) => `${text}, in your hand`,
  },
};
