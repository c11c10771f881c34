// @ts-check
/**
 * The view as the hash of the address, so that a link reproduces it. A setting at its default leaves no trace; of the
 * settings that rooms have of their own, a link carries those of the room that it leads to.
 *
 *     #room=map&map.at=0.42,-1.1&model=map2&z=7&seed=42&normalise=off&learned=off&tier=scalar&ink=AQx…
 */

import { EMPTY, fromText, isEmpty, toText } from "./drawing.js";
import { OPENING } from "./examples.js";
import { tierNamed } from "./tier.js";

/** @typedef {import("./types.js").View} View */

/** The name of a model that was trained here. */
export const OWN = "yours";

/** @type {readonly View["room"][]} */
export const ROOMS = ["draw", "map", "dimensions", "posterior", "blend", "prior", "codes", "hand", "brush", "train", "story"];

/** @type {View} */
export const DEFAULT_VIEW = {
  room: "draw",
  own: {},
  model: "",
  zSeed: 1,
  isMean: false,
  priorSeed: 42,
  isNormalised: true,
  isLearned: true,
  tier: undefined,
  drawing: OPENING,
};

/**
 * Reads the view out of an address; what is absent or unreadable takes its default.
 * @param {{ hash: string, search: string }} address
 * @returns {View}
 */
export function readView({ hash, search }) {
  const said = new URLSearchParams(hash.slice(1));
  const ink = said.get("ink");
  return {
    room: ROOMS.find((room) => room === said.get("room")) ?? DEFAULT_VIEW.room,
    own: Object.fromEntries([...said].filter(([name]) => name.includes("."))),
    model: said.get("model") ?? DEFAULT_VIEW.model,
    zSeed: seedFrom(said.get("z")) ?? DEFAULT_VIEW.zSeed,
    isMean: said.get("z") === "mean",
    priorSeed: seedFrom(said.get("seed")) ?? DEFAULT_VIEW.priorSeed,
    isNormalised: said.get("normalise") !== "off",
    isLearned: said.get("learned") !== "off",
    tier: tierNamed(said.get("tier") ?? new URLSearchParams(search).get("tier")),
    drawing: (ink === "none" ? EMPTY : ink ? fromText(ink) : undefined) ?? DEFAULT_VIEW.drawing,
  };
}

/**
 * The hash for a view, with its `#`; empty where everything is at its default.
 * @param {View} view
 * @returns {string}
 */
export function writeView(view) {
  const said = new URLSearchParams();
  if (view.room !== DEFAULT_VIEW.room) said.set("room", view.room);
  for (const [name, text] of Object.entries(view.own)) if (name.startsWith(`${view.room}.`)) said.set(name, text);
  if (view.model && view.model !== OWN) said.set("model", view.model); // weights are too long for a link
  if (view.isMean) said.set("z", "mean");
  else if (view.zSeed !== DEFAULT_VIEW.zSeed) said.set("z", String(view.zSeed));
  if (view.priorSeed !== DEFAULT_VIEW.priorSeed) said.set("seed", String(view.priorSeed));
  if (!view.isNormalised) said.set("normalise", "off");
  if (!view.isLearned) said.set("learned", "off");
  if (view.tier) said.set("tier", view.tier);
  if (view.drawing !== DEFAULT_VIEW.drawing) said.set("ink", isEmpty(view.drawing) ? "none" : toText(view.drawing));
  const text = said.toString().replaceAll("%2C", ","); // a comma needs no escape in a hash, and a list is easier to read with it
  return text && `#${text}`;
}

/**
 * The same view in another language. The language stands in the search, not in the hash: it is no part of the view, which
 * undo and the browser's way back change, and another search loads the page anew, with the words of that language alone.
 * @param {string} href
 * @param {string} language
 * @returns {string}
 */
export function inLanguage(href, language) {
  const address = new URL(href);
  address.searchParams.set("lang", language);
  return address.href;
}

/** How the page is shown in a lesson: as a figure in another page, or on a projector. theme.js reads it. */
const LESSONS = /** @type {const} */ (["embed", "present"]);

/**
 * The same view for a lesson; without one, the whole page.
 * @param {string} href
 * @param {typeof LESSONS[number]} [lesson]
 * @returns {string}
 */
export function inLesson(href, lesson) {
  const address = new URL(href);
  for (const each of LESSONS) address.searchParams.delete(each);
  if (lesson) address.searchParams.set(lesson, "1");
  return address.href;
}

/**
 * A seed is a whole number that fits 32 bits.
 * @param {string | null} text
 * @returns {number | undefined}
 */
export function seedFrom(text) {
  return text && /^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : undefined;
}
