// @ts-check
import { fixed } from "../numbers.js";

/** @typedef {import("../../types.js").Verdict} Verdict */

/** Whole per cent, rounded down: nothing is read with 100. @param {Verdict} verdict */
const verdict = ({ digit, share }) => `${digit}, ${Math.min(99, Math.floor(share * 100))}\u00a0%`;

const megabytes = (/** @type {number} */ bytes) => fixed(bytes / 1e6, 1);

/** Frames that are read alike, one after another. @param {Verdict[]} reads */
function runs(reads) {
  /** @type {{ digit: number, from: number, to: number }[]} */
  const all = [];
  reads.forEach(({ digit }, i) => {
    const last = all.at(-1);
    if (last?.digit === digit) last.to = i + 1;
    else all.push({ digit, from: i + 1, to: i + 1 });
  });
  return all.map(({ digit, from, to }) => (from === to ? `frame ${from} reads as ${digit}` : `frames ${from} to ${to} read as ${digit}`)).join(", ");
}

export const words = {
  title: "From one drawing to another",
  lead: "Every drawing is a point z, and what lies between two points is a drawing too.",

  slots: "Drawings to blend",
  names: {
    pad: "the pad, live",
    example: (/** @type {string} */ digit) => `example ${digit}`,
    test: (/** @type {string} */ index) => `test digit ${index}`,
    kept: "in this tab only",
    missing: "not in the link",
    drawing: "a drawing",
  },
  slot: (/** @type {number} */ i, /** @type {string} */ name) => `${i + 1} ${name}`,
  chosen: (/** @type {number} */ i) => `Drawing ${i + 1}`,
  take: "Take the drawing",
  follow: "Follow the pad",
  put: "Put on the pad",
  testDigit: "Test digit",
  none: "–",
  nextTest: "Next of its class",
  previousTest: "Previous of its class",
  left: "Move left",
  right: "Move right",
  remove: "Remove",
  add: "Add the drawing",

  path: "Path",
  linear: "Linear",
  spherical: "Spherical",
  pathMeaning: {
    linear: "A straight line. It cuts the corner, nearer to the origin than drawings lie.",
    spherical: "An arc around the origin, whose distance to it changes evenly from one end to the other.",
  },
  play: "Play",
  pause: "Pause",
  step: "Step",
  scrub: "Place on the path",
  filmTitle: "z blended, then decoded",
  fadeTitle: "the pixels mixed: no digit in between, two at once",
  point: (/** @type {number} */ t, /** @type {number} */ length) => `t = ${fixed(t)}, |z| = ${fixed(length)}`,
  reads: (/** @type {Verdict | undefined} */ read) => (read ? `reads as ${verdict(read)}` : "\u00a0"),
  blended: "blended",
  mixed: "mixed",

  sumTitle: "Arithmetic",
  sumLead: "What a has and b has not, given to c.",
  strength: "How much of a − b",
  times: (/** @type {number} */ strength) => `× ${fixed(strength)}`,
  terms: ["a", "b", "c"],
  sum: "a − b + c",
  groups: { slots: "Above", examples: "Examples", means: "Mean of the test digits" },
  slotTerm: (/** @type {number} */ i) => `drawing ${i + 1}`,
  exampleTerm: (/** @type {number} */ digit) => `example ${digit}`,
  slanted: "a slanted 1",
  meanTerm: (/** @type {number} */ digit) => `mean of all ${digit}s`,

  fetching: (/** @type {number} */ got, /** @type {number} */ all) => `Fetching the test digits: ${megabytes(got)} of ${megabytes(all)} MB`,
  encoding: (/** @type {number} */ done, /** @type {number} */ all) => `Encoding the test digits: ${done} of ${all}`,
  kept: (/** @type {number[]} */ slots) => `Too long for a link, so only this tab has it: drawing ${slots.join(", ")}.`,
  missing: (/** @type {number[]} */ slots) => `The link had no room for drawing ${slots.join(", ")}: take another.`,

  said: {
    seen: (/** @type {number} */ i, /** @type {string} */ name, /** @type {boolean} */ isBlank) => `Drawing ${i + 1}, ${name}${isBlank ? ": blank" : ""}`,
    reconstruction: (/** @type {number} */ i, /** @type {Verdict | undefined} */ read) => `Reconstruction of drawing ${i + 1}${read ? `, reads as ${verdict(read)}` : ""}`,
    film: (/** @type {number} */ count, /** @type {number} */ slots, /** @type {Verdict[] | undefined} */ reads) =>
      `${count} pictures on the way through ${slots} drawings${reads ? `: ${runs(reads)}` : ""}`,
    fade: (/** @type {number} */ count) => `${count} cross-fades of the same reconstructions, pixel by pixel`,
    point: (/** @type {number} */ t, /** @type {Verdict | undefined} */ read) => `The blend at ${fixed(t)}${read ? `, reads as ${verdict(read)}` : ""}`,
    mixed: (/** @type {number} */ t) => `The pixels mixed at ${fixed(t)}`,
    place: (/** @type {number} */ from, /** @type {number} */ s) =>
      s === 0 ? `at drawing ${from + 1}` : s === 1 ? `at drawing ${from + 2}` : `${Math.round(s * 100)} per cent of the way from drawing ${from + 1} to ${from + 2}`,
    term: (/** @type {number} */ i, /** @type {Verdict | undefined} */ read) => `${["a", "b", "c", "a minus b plus c"][i]}${read ? `, reads as ${verdict(read)}` : ""}`,
  },
};
