// @ts-check
/**
 * Blend: a path through latent space from drawing to drawing, and sums of three. Every drawing is at its mu, so that the
 * ends of the path are the reconstructions themselves. The first slot follows the pad until a person has it keep what it holds.
 */

import { asNumber, paletteAt } from "../palette.js";
import { P, tinted } from "../picture.js";
import { words } from "../words/rooms/blend.js";
import { drawingOf, itemOf, readItems, readSum, writeItems, writeSum, MOST } from "./blend/items.js";
import { Journey } from "./blend/journey.js";
import { classMeans, loadTestDigits, nextOf, pixelsOf, testDigits } from "./blend/means.js";
import { along, carry, crossFade, frameTimes, lerp, norm, slerp } from "./blend/paths.js";
import { Row } from "./blend/row.js";
import { Sum } from "./blend/sum.js";
import { element } from "./dom.js";
import { keyOf } from "./model-key.js";

/** @typedef {import("../types.js").Decoded} Decoded */
/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("../types.js").Drawing} Drawing */
/** @typedef {{ mu: Float32Array, seen: Uint8Array | Uint8ClampedArray, isMissing?: boolean }} Source  seen: values, or RGBA */
/** @typedef {{ times: number[], answer: Decoded, mus: Float32Array[] }} Strip */

/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const row = new Row({ onDeed: act, onDigit: (slot, digit) => void takeDigit(slot, digit, 1), onTurn: (slot, step) => void takeDigit(slot, row.digit, step), onChoose: show });
  const journey = new Journey({ onScrub: scrub, onFit: show, nextFrame });
  const sum = new Sum({ onTerms: (terms) => desk.set({ sum: writeSum(terms) }), onStrength: setStrength });
  const ways = ["linear", "spherical"].map((way) => element("button", { type: "button", id: `blend-${way}`, "aria-pressed": "false" }, words[/** @type {"linear"} */ (way)]));
  const meaning = element("p", { class: "blend-meaning" });
  const note = element("p", { class: "note blend-note", role: "status" });

  /** What is known of items and terms, by model, normalising and text. @type {Map<string, Source | "asked">} */
  const sources = new Map();
  /** @type {Strip | undefined} the one that is shown */
  let strip;
  /** What strips, point and sum were last asked for; the same is not asked twice. */
  const asked = { strip: "", point: "", sum: "" };
  /** Identity of vectors, so that what was asked can be compared. @type {WeakMap<object, number>} */
  const numbers = new WeakMap();
  let lastNumber = 0;
  /** When the event came that moved the place on the path. */
  let scrubbedAt = 0;
  let describing = 0;
  /** @type {Decoded | undefined} */
  let point;
  /** @type {Decoded | undefined} */
  let summed;

  ways.forEach((button, i) => button.addEventListener("click", () => desk.set({ path: i ? "spherical" : undefined })));
  body.append(
    element("h2", {}, words.title), element("p", { class: "lead" }, words.lead),
    ...row.elements,
    element("div", { class: "buttons blend-ways" }, journey.play, element("span", { class: "blend-group", role: "group", "aria-label": words.path }, ...ways), meaning),
    journey.strips,
    element("div", { class: "blend-below" },
      element("section", { class: "blend-here", "aria-label": words.scrub }, ...journey.point),
      element("section", { class: "blend-arithmetic", "aria-labelledby": "blend-sum-title" },
        element("h3", { id: "blend-sum-title" }, words.sumTitle, element("span", { class: "caption" }, words.sumLead)), ...sum.elements)),
    note,
  );

  // -------------------------------------------------------------------------------------------- what is set

  function settings() {
    const { own } = desk.view;
    const items = readItems(own["blend.items"]);
    const last = items.length - 1;
    return {
      items,
      t: within(own["blend.t"], last / 2, last),
      path: own["blend.path"] === "spherical" ? slerp : lerp,
      terms: readSum(own["blend.sum"], items.length),
      strength: within(own["blend.strength"], 1, 2),
    };
  }

  /**
   * @param {number} t
   * @param {boolean} isPassing
   * @param {number} time
   */
  function scrub(t, isPassing, time) {
    scrubbedAt = time;
    desk.set({ t: t === (settings().items.length - 1) / 2 ? undefined : String(t) }, isPassing);
  }

  /**
   * @param {number} strength
   * @param {boolean} isPassing
   */
  function setStrength(strength, isPassing) {
    desk.set({ strength: strength === 1 ? undefined : String(strength) }, isPassing);
  }

  /** @param {number} t */
  function nextFrame(t) {
    return strip?.times.find((time) => time > t) ?? 0;
  }

  /**
   * @param {import("./blend/row.js").Deed} deed
   * @param {number} slot
   */
  function act(deed, slot) {
    const { items } = settings();
    const others = items.filter((_, i) => i !== slot);
    if (deed === "put") {
      const drawing = drawingAt(items[slot]);
      if (drawing) desk.put(drawing);
    } else if (deed === "take") replace(slot, itemOf(desk.view.drawing, others));
    else if (deed === "follow") replace(slot, items[slot] === "pad" ? itemOf(desk.view.drawing, others) : "pad");
    else if (deed === "add") {
      const added = [...items, itemOf(desk.view.drawing, items)].slice(0, MOST);
      row.choose(added.length - 1);
      rearrange(added, (i) => i);
    } else if (deed === "remove") rearrange(others, (i) => (i === slot ? undefined : i > slot ? i - 1 : i));
    else swap(slot, deed === "left" ? slot - 1 : slot + 1);
  }

  /**
   * @param {number} slot
   * @param {string} item
   */
  function replace(slot, item) {
    const { items } = settings();
    // One slot at most is live: another that was keeps what it holds.
    const kept = items.map((one, i) => (i !== slot && one === "pad" && item === "pad" ? itemOf(desk.view.drawing, items) : one));
    desk.set({ items: writeItems(kept.with(slot, item)) });
  }

  /**
   * @param {number} a
   * @param {number} b
   */
  function swap(a, b) {
    const { items } = settings();
    row.choose(b);
    rearrange(items.with(a, items[b]).with(b, items[a]), (i) => (i === a ? b : i === b ? a : i));
  }

  /**
   * Other slots; the sum goes on meaning the drawings it meant.
   * @param {string[]} items
   * @param {(slot: number) => number | undefined} moved
   */
  function rearrange(items, moved) {
    const { terms, t } = settings();
    const followed = terms.map((term) => {
      if (!/^\d$/.test(term)) return term;
      const slot = moved(Number(term) - 1);
      return slot === undefined ? "" : String(slot + 1);
    });
    desk.set({
      items: writeItems(items),
      sum: writeSum(readSum(followed.join("."), items.length)),
      t: desk.view.own["blend.t"] === undefined || t > items.length - 1 ? undefined : String(t),
    });
  }

  /**
   * @param {number} slot
   * @param {number} digit
   * @param {1 | -1} step
   */
  async function takeDigit(slot, digit, step) {
    try {
      await desk.counted(loadTestDigits((got, all) => say(words.fetching(got, all))));
      const item = settings().items[slot];
      replace(slot, `t${nextOf(digit, item.startsWith("t") ? Number(item.slice(1)) : -1, step)}`);
    } catch (error) {
      desk.fail(error);
    }
  }

  // -------------------------------------------------------------------------------------------- what it is made of

  /** @param {string} item @returns {Drawing | undefined} */
  function drawingAt(item) {
    if (item === "pad") return desk.view.drawing;
    const pixels = item[0] === "t" ? pixelsOf(Number(item.slice(1))) : undefined;
    return pixels ? { strokes: [], pixels } : drawingOf(item);
  }

  /**
   * Where an item or a term lies, if that is known already; if not, it is found out, and shown then.
   * @param {string} item
   * @returns {Source | undefined}
   */
  function sourceOf(item) {
    const { reading, model, view } = desk;
    if (item === "pad") return reading && { mu: reading.mu, seen: reading.seen };
    const key = [model && keyOf(model), view.isNormalised, item].join(" ");
    const known = sources.get(key);
    if (known) return known === "asked" ? undefined : known;
    sources.set(key, "asked");
    // Counted by itself, so that a script that watches the page sees it through.
    desk.counted(find(item)).then(
      (source) => (source ? sources.set(key, source) : sources.delete(key), show()),
      (error) => {
        sources.delete(key);
        if (error.name !== "AbortError") desk.fail(error); // another model was chosen meanwhile: it has its own
      });
    return undefined;
  }

  /** @param {string} item @returns {Promise<Source | undefined>} */
  async function find(item) {
    const { model } = desk;
    if (item[0] === "m") {
      const means = await classMeans(desk, (done, all) => say(words.encoding(done, all)), (got, all) => say(words.fetching(got, all)));
      return { mu: means[Number(item.slice(1))], seen: new Uint8Array(P) };
    }
    if (item[0] === "t") await loadTestDigits((got, all) => say(words.fetching(got, all)));
    const drawing = drawingAt(item);
    const { strokes, pixels } = drawing ?? { strokes: [], pixels: undefined };
    const source = await desk.client.posterior({ strokes, pixels, isNormalised: desk.view.isNormalised });
    return desk.model === model ? { ...source, isMissing: !drawing } : undefined;
  }

  // -------------------------------------------------------------------------------------------- what is shown

  function show() {
    const { items, t, path, terms, strength } = settings();
    row.show(items, items.map(nameOf), digitOf(items[row.chosen]));
    sum.show(terms, strength, items.length);
    ways.forEach((button, i) => { button.ariaPressed = String((path === slerp) === Boolean(i)); });
    meaning.textContent = path === slerp ? words.pathMeaning.spherical : words.pathMeaning.linear;
    const { cell, most } = journey.fit(items.length);
    journey.showPlace(items.length, t, cell);

    const { reading, model } = desk;
    if (!model || reading?.mu.length !== model.latent) return;
    const stops = items.map(sourceOf);
    const abc = terms.map((term) => (/^\d$/.test(term) ? stops[Number(term) - 1] : sourceOf(term)));
    if (![...stops, ...abc].includes(undefined)) showNote(items);
    if (isWhole(stops)) {
      void showStrip(stops, path, most);
      void showPoint(stops, path, t);
    }
    if (isWhole(abc)) void showSum(abc, strength);
    clearTimeout(describing);
    describing = window.setTimeout(describe, REST_MS);
  }

  /**
   * The slots and everything between them, in one question: the same z comes to the same picture wherever it stands.
   * @param {Source[]} stops
   * @param {import("./blend/paths.js").Path} path
   * @param {number} most
   */
  async function showStrip(stops, path, most) {
    const mus = stops.map(({ mu }) => mu);
    const key = askedFor(mus, path.name, most);
    if (key === asked.strip) return;
    asked.strip = key;
    const times = frameTimes(stops.length, most);
    const answer = await decode("blend", [...mus, ...times.map((t) => along(mus, t, path))]);
    if (!answer) return forget("strip", key);
    strip = { times, answer, mus };
    const { pictures, reads } = answer;
    const grey = greyNow();
    stops.forEach(({ seen }, i) => row.paint(i, asRgba(seen, desk.tints.ink), pictures[i]));
    journey.showStrips(pictures.slice(stops.length), times.map((t) => crossFade(pictures.slice(0, stops.length), t, grey)), reads?.slice(stops.length));
    paintPoint();
  }

  /**
   * @param {Source[]} stops
   * @param {import("./blend/paths.js").Path} path
   * @param {number} t
   */
  async function showPoint(stops, path, t) {
    const mus = stops.map(({ mu }) => mu);
    const key = askedFor(mus, path.name, t);
    if (key === asked.point) return;
    asked.point = key;
    const time = scrubbedAt;
    scrubbedAt = 0;
    const answer = await decode("blend point", [along(mus, t, path)]);
    if (!answer) return forget("point", key);
    point = answer;
    paintPoint();
    if (time) performance.measure("scrub→paint", { start: time, end: performance.now(), detail: answer.ms });
  }

  /** The place on the path as both ways have it: the answers come one after the other. */
  function paintPoint() {
    const { t, path, items } = settings();
    if (!strip || strip.mus.length !== items.length) return;
    const mixed = crossFade(strip.answer.pictures.slice(0, items.length), t, greyNow());
    journey.showPoint(point?.pictures[0], mixed, norm(along(strip.mus, t, path)), point?.reads?.[0]);
  }

  /**
   * @param {Source[]} abc
   * @param {number} strength
   */
  async function showSum(abc, strength) {
    const [a, b, c] = abc.map(({ mu }) => mu);
    const key = askedFor([a, b, c], strength);
    if (key === asked.sum) return;
    asked.sum = key;
    const answer = await decode("blend sum", [a, b, c, carry(a, b, c, strength)]);
    if (!answer) return forget("sum", key);
    summed = answer;
    sum.paint(answer.pictures, answer.reads);
  }

  /**
   * @param {string} purpose
   * @param {Float32Array[]} rows
   * @returns {Promise<Decoded | undefined>}
   */
  async function decode(purpose, rows) {
    const z = new Float32Array(rows.length * rows[0].length);
    rows.forEach((one, i) => z.set(one, i * one.length));
    try {
      return await desk.counted(desk.client.decode(purpose, { z, colour: desk.tints.xHat, isJudged: true }));
    } catch (error) {
      desk.fail(error);
      return undefined;
    }
  }

  /**
   * A question without an answer may be asked again.
   * @param {keyof typeof asked} part
   * @param {string} key
   */
  function forget(part, key) {
    if (asked[part] === key) asked[part] = "";
  }

  /**
   * What an answer depends on. The reading is anew where the judge, the worker or the theme is.
   * @param {Float32Array[]} mus
   * @param {...(string | number)} rest
   */
  function askedFor(mus, ...rest) {
    const { reading, model, tints } = desk;
    const hasJudge = Boolean(reading?.reads);
    return [model && keyOf(model), tints.ink, hasJudge, ...mus.map(numberOf), ...rest].join(" ");
  }

  /** @param {object} thing */
  function numberOf(thing) {
    if (!numbers.has(thing)) numbers.set(thing, ++lastNumber);
    return numbers.get(thing);
  }

  /** @param {string[]} items */
  function showNote(items) {
    const of = (/** @type {boolean} */ isMissing) => items.flatMap((item, i) => (item[0] === "k" && !drawingOf(item) === isMissing ? [i + 1] : []));
    const [missing, kept] = [of(true), of(false)];
    say([missing.length ? words.missing(missing) : "", kept.length ? words.kept(kept) : ""].filter(Boolean).join(" "));
  }

  /** @param {string} text */
  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  function describe() {
    const { items, t } = settings();
    if (!strip || strip.mus.length !== items.length) return;
    const { answer: { reads }, times } = strip;
    items.forEach((item, i) => {
      const seen = sourceOf(item)?.seen;
      row.describe(i, words.said.seen(i, nameOf(item), !seen?.some(Boolean)), words.said.reconstruction(i, reads?.[i]));
    });
    journey.describe({
      film: words.said.film(times.length, items.length, reads?.slice(items.length)),
      fade: words.said.fade(times.length),
      big: words.said.point(t, point?.reads?.[0]),
      mixed: words.said.mixed(t),
    });
    sum.describe(summed?.reads);
  }

  const greyNow = () => asNumber(paletteAt(body).muted);

  /** What is chosen in the strip: its frames, one after another. */
  function picture() {
    const count = strip?.times.length ?? 0;
    return { name: "blend", pictures: strip?.answer.pictures.slice(-count) ?? [], side: 28, columns: count };
  }

  return { show, picture };
}

/**
 * @param {string | undefined} text
 * @param {number} fallback
 * @param {number} most
 */
function within(text, fallback, most) {
  const value = text === undefined || text === "" ? NaN : Number(text);
  return Number.isFinite(value) ? Math.min(most, Math.max(0, value)) : fallback;
}

/** @param {string} item */
function nameOf(item) {
  const { names } = words;
  if (item === "pad") return names.pad;
  if (item[0] === "e") return names.example(item.slice(1));
  if (item[0] === "t") return names.test(item.slice(1));
  if (item[0] === "k") return drawingOf(item) ? names.kept : names.missing;
  return names.drawing;
}

/** The class of a test digit, once it is here. @param {string} item */
const digitOf = (item) => (item?.[0] === "t" ? testDigits()?.labels[Number(item.slice(1))] : undefined);

/**
 * @param {Uint8Array | Uint8ClampedArray} seen
 * @param {number} colour
 */
const asRgba = (seen, colour) => (seen instanceof Uint8ClampedArray ? seen : tinted(P, colour, (i) => seen[i]));

/**
 * Whether all are known.
 * @param {(Source | undefined)[]} all
 * @returns {all is Source[]}
 */
const isWhole = (all) => !all.includes(undefined);
