// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

const pair = (/** @type {ArrayLike<number>} */ z) => `(${fixed(z[0])}, ${fixed(z[1])})`;
const thousands = (/** @type {number} */ n) => n.toLocaleString("en");
const percent = (/** @type {number} */ share) => `${Math.min(99, Math.round(share * 100))}\u00a0%`;
const times = (/** @type {number} */ zoom) => `×${fixed(zoom, zoom < 10 ? 1 : 0)}`;

export const words = {
  title: "Every place on this plane is a digit",
  lead: "This model's z is two numbers: all that it can draw lies here. Each dot is a digit it never saw, at the mean that the encoder gives it.",
  waiting: "The map needs a model with two latent dimensions. It is on its way.",

  plane: "Map of the latent plane",
  planeKind: "map",
  keys: "Arrow keys move z, with Shift in larger steps. Enter keeps it there, or takes the dot under it. N takes the nearest test digit, Home the mean of your drawing. Plus and minus zoom, zero shows the whole plane, Alt with arrows moves it.",
  hintMouse: "Point to decode, click to keep. The wheel zooms; Space and drag moves the plane.",
  hintTouch: "Drag to decode. Two fingers move and zoom the plane.",

  zoomIn: "Zoom in",
  zoomOut: "Zoom out",
  whole: "Whole plane",
  pan: "Move plane",
  zoomed: times,

  decoded: "Decoded picture at z",
  decodedTitle: "decoded from this z alone",
  z: pair,
  reads: "reads",
  readsAs: (/** @type {Verdict} */ { digit, share }) => `as ${digit}, ${percent(share)}`,
  noReads: "as –",
  keyDrawing: "your drawing:",

  classes: "Test digits",
  classLabel: (/** @type {number} */ label) => `Show the digit ${label}`,
  showAll: "All",
  hideAll: "None",
  fetching: (/** @type {number} */ got, /** @type {number} */ all) => `fetching ${megabytes(got)} of ${megabytes(all)} MB`,
  placing: (/** @type {number} */ count, /** @type {number} */ all) => `${thousands(count)} of ${thousands(all)} placed`,
  placed: (/** @type {number} */ shown, /** @type {number} */ all) =>
    shown === all ? `all ${thousands(all)} shown` : `${thousands(shown)} of ${thousands(all)} shown`,
  failed: (/** @type {string} */ reason) => `They could not be fetched: ${reason}. The plane works without them.`,
  again: "Try again",

  manifold: "Manifold",
  size: "Digits to a side",
  grid: (/** @type {number} */ n) => `${n} × ${n}`,
  toScale: "Axes to scale",
  byPrior: "Equal lengths are equal probabilities of the prior within view, and so are the steps from one decoded digit to the next. If the encoder kept to the prior, the dots would fill the square evenly.",
  manifoldToScale: "One unit of z is as long everywhere. The decoded digits still stand at equal steps of the prior's probability within view, so their cells are small where z is likely.",
  onlyToScale: "One unit of z is as long everywhere: the ellipse of a posterior is as wide as its σ. Circles: the prior at 1, 2 and 3 σ.",

  taken: "One test digit",
  nothingTaken: "Click a dot, or press N on the map: the digit behind it, and what is left of it after two numbers.",
  digitTitle: (/** @type {number} */ i, /** @type {number} */ label) => `No. ${thousands(i + 1)}, labelled ${label}`,
  original: (/** @type {number} */ label) => `Test digit, labelled ${label}`,
  reconstruction: "Its reconstruction, decoded from its mean",
  unknown: "not placed yet",
  put: "Put it on the pad",

  said: (/** @type {ArrayLike<number>} */ z, /** @type {Verdict | undefined} */ reads) =>
    `z = ${pair(z)}${reads ? `, reads as ${reads.digit}` : ""}.`,
  saidDigit: (/** @type {number} */ label) => `Test digit labelled ${label} taken.`,
  saidPlane: (/** @type {number} */ points, /** @type {number} */ n, /** @type {number} */ zoom) =>
    `The plane at ${times(zoom)} with ${points ? `${thousands(points)} test digits in view` : "no test digits"}${
      n ? ` on a manifold of ${n} by ${n} decoded digits` : ""}.`,
};

/** @param {number} bytes */
function megabytes(bytes) {
  return fixed(bytes / 1e6, 1);
}
