// @ts-check
import { fixed } from "../numbers.js";

const number = (/** @type {number} */ n) => n.toLocaleString("en");

export const words = {
  title: "Keep",
  close: "Close",

  picture: "Picture",
  which: "Of",
  /** By the name that a room gives its picture. */
  names: /** @type {Record<string, string>} */ ({
    reconstruction: "reconstruction",
    seen: "what the network sees",
    prior: "samples from the prior",
    posterior: "samples from the posterior",
    map: "map of the latent plane",
    dimensions: "dimensions",
    blend: "blend",
    hand: "digits in your hand",
    brush: "characters in your hand",
  }),
  size: "Size",
  times: (/** @type {number} */ n) => `×${n}`,
  tooLarge: "More than 16 million pixels: some browsers make no picture so large.",
  ground: "Ground",
  sheet: "paper",
  transparent: "transparent",
  pixels: (/** @type {number} */ width, /** @type {number} */ height) => `${number(width)} × ${number(height)} pixels`,
  preview: (/** @type {string} */ name, /** @type {number} */ count) => `Preview of the picture: ${name}, ${count === 1 ? "one image" : `${count} images`}`,
  noPicture: "There is no picture yet.",
  savePicture: "Save as PNG",

  drawing: "Drawing",
  strokes: (/** @type {number} */ strokes, /** @type {number} */ points, /** @type {number} */ bytes) =>
    `${strokes === 1 ? "One stroke" : `${strokes} strokes`} of ${number(points)} points, ${kilobytes(bytes)}. Drop the file on the page, or choose it with Picture…, and the drawing is back.`,
  image: (/** @type {number} */ bytes) =>
    `The picture on the pad as 784 values, ${kilobytes(bytes)}. Drop the file on the page, or choose it with Picture…, and it is back.`,
  noDrawing: "Nothing is drawn.",
  saveDrawing: "Save as JSON",

  link: "Link",
  linkLabel: "Link to this view",
  copy: "Copy link",
  copied: "Copied.",
  select: "Your browser does not let the page copy: the link is selected, copy it from there.",
  length: (/** @type {number} */ length) => `${number(length)} characters. Whoever opens it sees this room as you see it now.`,
  tooLong: (/** @type {number} */ length) =>
    `${number(length)} characters: the drawing makes it longer than 2 KB, and some programs cut such a link off. Keep the drawing as a file beside it.`,

  lesson: "For a lesson",
  embed: "This HTML puts the view into a page of your own: the figure that you see, without the controls around it.",
  embedLabel: "HTML that embeds this view",
  embedTitle: "Latent Ink, a live figure",
  copyEmbed: "Copy embed code",
  present: "Present it",
  presentNote: "on a projector: larger, without clutter. In “Why a VAE” arrow keys and clickers turn the scenes.",

  saved: (/** @type {string} */ name) => `Saved ${name}.`,

  notADrawing: (/** @type {string} */ name) => `${name} is not a drawing: a file in JSON that begins with { "latent-ink": 1 was expected`,
  wrongFile: (/** @type {string} */ name, /** @type {string} */ where, /** @type {string} */ expected, /** @type {string} */ got) =>
    `${name}: ${where} should be ${expected} and is ${got}`,
  missing: "missing",
  list: (/** @type {number} */ length) => `a list of ${number(length)}`,
  lists: "a list of strokes",
  pairs: "pairs of x and y",
  atMost: (/** @type {number} */ most) => `${number(most)} points at most`,
  numbers: (/** @type {number} */ most) => `a list of whole numbers from 0 to ${most}`,
  number: (/** @type {number} */ most) => `a whole number from 0 to ${most}`,
};

/** @param {number} bytes */
const kilobytes = (bytes) => (bytes < 1000 ? `${bytes} bytes` : `${fixed(bytes / 1000, 1)} KB`);
