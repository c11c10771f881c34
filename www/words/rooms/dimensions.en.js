// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

export const words = {
  title: "What each number of z does",
  lead: "In a row one number of z goes from −3 to 3, while the others stay where your drawing has them. Move a frame to set its number.",
  rows: "The numbers of z, the most used first",
  axis: "σ of N(0, 1)",
  klHead: "KL, nats",
  name: (/** @type {number} */ d) => `Dimension ${d + 1}`,
  mean: "mean",
  here: "here",
  unknown: "–",
  unused: "unused",
  unusedMeaning: "Unused is under 0.005 nats on average: the encoder says nothing here, and the decoder has learnt not to listen.",

  current: "z as the frames have it",
  drawing: "your drawing, z = μ",
  nothing: "nothing drawn, z = 0",
  reads: (/** @type {Verdict} */ verdict) => `reads as ${percent(verdict)}`,
  moved: (/** @type {number} */ count, /** @type {number} */ all) => `${count} of ${all} numbers moved`,
  back: "Back to the drawing",
  backOne: (/** @type {number} */ d) => `Dimension ${d + 1} back to the drawing`,
  onlyChanges: "Show only what changes",
  onlyChangesNote: "The stronger its colour, the further a pixel is from where the drawing’s own number puts it.",

  keyMu: "the drawing",
  keySigma: "its posterior, ±σ",
  keyZ: "z now",
  beyond: "◂ ▸ the drawing lies beyond 3 σ.",
  learned: "The axis is that of N(0, 1), not of the learned prior that this model samples from.",
  plain: "A plain autoencoder has no prior and no KL: nothing keeps its numbers near 0, and −3 to 3 is only a stretch of each axis.",

  said: {
    strip: (/** @type {number} */ d, /** @type {Verdict[] | undefined} */ reads, /** @type {boolean} */ isDifference) =>
      `Dimension ${d + 1} from ${fixed(-3, 0)} to 3${isDifference ? ", only what changes" : ""}${
        reads ? `: the pictures read as ${reads.map(({ digit }) => digit).join(", ")}` : ""}`,
    value: (/** @type {number} */ z, /** @type {number} */ mu, /** @type {boolean} */ isMoved) =>
      isMoved ? `${fixed(z)}; the drawing has ${fixed(mu)}` : `${fixed(z)}, as the drawing has it`,
    current: (/** @type {string} */ ink, /** @type {Verdict | undefined} */ read, /** @type {Map<number, number>} */ moved) =>
      `The picture at z: ${ink}${read ? `. It reads as ${percent(read)}` : ""}. ${
        moved.size ? `Moved: ${[...moved].map(([d, value]) => `dimension ${d + 1} to ${fixed(value)}`).join(", ")}` : "No number was moved"}`,
    drawing: (/** @type {string} */ ink, /** @type {Verdict | undefined} */ read) =>
      `The drawing at its mean: ${ink}${read ? `. It reads as ${percent(read)}` : ""}`,
    ink: (/** @type {import("../main.en.js").InkBox | undefined} */ box) =>
      box ? `ink on ${Math.round(box.share * 100)} per cent, columns ${box.left} to ${box.right}, rows ${box.top} to ${box.bottom}` : "blank",
  },
};

/**
 * Whole per cent, rounded down: nothing is read with 100.
 * @param {Verdict} verdict
 */
function percent({ digit, share }) {
  return `${digit}, ${Math.min(99, Math.floor(share * 100))}\u00a0%`;
}
