// @ts-check
import { fixed } from "../numbers.js";

/** What poems are called in English. */
const TITLES = /** @type {Record<string, string>} */ ({
  jingyesi: "Thoughts on a quiet night", guanquelou: "Climbing Stork Tower", chunxiao: "Spring morning", xiangsi: "Longing",
  luzhai: "Deer enclosure", jiangxue: "River snow", minnong: "Pity the farmers", shanxing: "Mountain walk",
});

/** Kinds of script, as fonts are sorted. */
const KINDS = /** @type {Record<string, string>} */ ({
  kai: "regular script", song: "printed, Song", hei: "printed, without serifs", running: "running script", cursive: "cursive", hand: "handwriting", display: "display",
});

const characters = (/** @type {number} */ count) => (count === 1 ? "one character" : `${count} characters`);

export const words = {
  title: "A few characters, and every other one in your hand",
  lead: "Follow the faint strokes, but in your own way. A network reads the style from what you write and writes any character in it, from nothing but that character’s strokes.",
  padKeys: "Write with a mouse, a finger or a pen. With the keyboard: arrow keys move the pen, Space or Enter puts it down and lifts it, Shift makes smaller steps.",
  strokes: (/** @type {number} */ done, /** @type {number} */ all) => `${done} of ${all === 1 ? "1 stroke" : `${all} strokes`}`,
  unknown: (/** @type {string} */ of) => `The model does not know how ${of} is built. Choose another.`,
  other: "another:",
  undo: "Undo stroke",
  clear: "Clear",
  keep: "Keep it and write the next",
  pen: "Width of the pen",
  pens: ["A thin pen", "A pen", "A brush"],
  advice: "These would tell most about your style:",
  advise: (/** @type {string} */ of, /** @type {number} */ nats) => `Write ${of}: ${words.nats(nats)}`,
  nats: (/** @type {number} */ nats) => `would take about ${fixed(nats, 1)} nats off the uncertainty`,

  textOf: "Text",
  poem: (/** @type {string} */ name, /** @type {string} */ title, /** @type {string} */ author) => `${title}, ${author} · ${TITLES[name]}`,
  ownText: "Your own text…",
  ways: "Direction",
  across: "Across",
  down: "Down",
  fetching: (/** @type {number} */ bytes) => `Fetching the model that writes: ${Math.round(bytes / 1000)} KB…`,
  noModel: "The model that writes is not there; the line at the foot of the page says why. Open the room again to try once more.",
  from: (/** @type {string[]} */ of) =>
    of.length === 0 ? "Nothing written yet: the style in the middle of all styles."
      : `In the style of ${characters(of.length)}: ${of.join(" ")}`,
  unsure: (/** @type {number} */ count, /** @type {number} */ all) => `unsure of ${count} of ${all}`,
  doubt: (/** @type {number} */ blur, /** @type {{ marked: number, read: number }} */ { marked, read }) =>
    `Underlined: edges so blurred that each pixel of outline has over ${fixed(blur, 1)} pixels of grey, since a stroke may lie here or there. In fonts that the model had never seen ${
      fixed(marked * 100, 0)} % of the characters are; a classifier read ${fixed(read * 100, 1)} % of all of them rightly, blurred or not.`,
  plain: (/** @type {string} */ all) => `In a plain font, since the model does not know how they are built: ${all}`,

  seen: "What your style is read from",
  seenNote: "The posteriors of the characters are multiplied, with the prior once.",
  tooLong: "These drawings are too long for a link; they stay in this tab.",
  borrow: "No pen to hand? Try an invented hand",
  remove: (/** @type {string} */ of) => `Remove ${of}`,

  fonts: "The nearest fonts",
  fontsNote: "Of the fonts that the model learnt from, those whose style lies nearest to yours, as the model writes them.",
  yours: "Your hand",
  distance: (/** @type {string} */ kind, /** @type {number} */ distance) => `${KINDS[kind] ?? kind}, at a distance of ${fixed(distance, 1)}`,

  said: {
    pen: (/** @type {boolean} */ isDown, /** @type {number} */ x, /** @type {number} */ y) =>
      `Pen ${isDown ? "down" : "up"} at ${Math.round(x * 100)} across, ${Math.round(y * 100)} down`,
    pad: (/** @type {string} */ of, /** @type {number} */ done, /** @type {number} */ all) => `Grid to write ${of} in: ${done} of ${all} strokes`,
    kept: (/** @type {string} */ of) => `${of}, as you wrote it`,
    text: (/** @type {string} */ text) => `In your hand: ${text}`,
    written: (/** @type {string} */ name, /** @type {string} */ text) => `${name}: ${text}`,
  },
};
