// @ts-check
/** Digits in a person's hand: all ten from the drawing on the pad, and from those that were kept; a plane of hands; a number. */

import { seedFrom } from "../address.js";
import { byId } from "../captions.js";
import { paletteAt, asNumber } from "../palette.js";
import { inked, pixelsOf } from "../picture.js";
import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/hand.js";
import { element } from "./dom.js";
import { rowOf, writable } from "./hand/digit-word.js";
import { exampleOf, isInLink, readExamples, renamed, writeExamples } from "./hand/examples.js";
import { fetchFiles } from "./hand/files.js";
import { Paper } from "./hand/paper.js";
import { Plane } from "./hand/plane.js";
import { Shelf } from "./hand/shelf.js";
import { takeAway } from "./hand/take-away.js";
import { EM } from "./hand/trace.js";
import { Widths } from "./hand/widths.js";
import { seedField } from "./seed-field.js";
import { WorkerClient } from "./worker-client.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./hand/types.js").Glyph} Glyph */
/** @typedef {import("./hand/types.js").Style} Style */

const DIGITS = Uint8Array.from({ length: 10 }, (_, digit) => digit);
/** What is read first of a hand: more drawings than these say hardly more of it. */
const MOST = 12;
/** Characters that all kept drawings may take, so that a link with a drawing on the pad stays under 2 KB. */
const BUDGET = 1300;
const DEFAULT_WORD = "31415926";
const DEFAULT_T = 1;
const HOTTEST = 2;
const DEFAULT_SEED = 1;
/** The plane's digits follow once the hand rests this long. */
const REST_MS = 150;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  /** @type {Promise<import("./hand/types.js").Started> | undefined} */
  let started;
  const client = new WorkerClient(new URL("./hand/worker.js", import.meta.url), () => { started = undefined; });
  const ten = Array.from(DIGITS, (digit) => {
    const paper = new Paper(`hand-digit-${digit}`);
    return { paper, item: element("li", {}, paper.element) };
  });
  const tenSaid = element("p", { class: "note", id: "hand-said", role: "status" });
  const shelf = new Shelf({ onName: rename, onRemove: remove });
  const keep = element("button", { type: "button", id: "hand-keep" }, words.keep);
  const keptSaid = element("p", { class: "note", id: "hand-kept-said" });
  const widths = new Widths("hand");
  const plane = new Plane({
    onMove: (at, isPassing) => desk.set({ at: at.map((each) => each.toFixed(2)).join(",") }, isPassing),
    onHome: () => desk.set({ at: undefined }),
  });
  const home = element("button", { type: "button", id: "hand-home" }, words.home);
  const axes = [0, 1].map((i) => element("select", { id: `hand-axis-${i + 1}` }));
  const word = element("input", { type: "text", id: "hand-word", inputmode: "numeric", autocomplete: "off", maxlength: 40 });
  const wordPaper = new Paper("hand-written");
  const wordSaid = element("p", { class: "note", id: "hand-word-said" });
  const heat = element("input", { type: "range", id: "hand-t", min: 0, max: HOTTEST, step: 0.05 });
  const times = element("output", { for: "hand-t" });
  const seed = seedField("hand-seed", words.seed, (value) => desk.set({ seed: value === DEFAULT_SEED ? undefined : String(value) }));
  const again = element("button", { type: "button", id: "hand-again" }, words.again);

  body.append(
    element("h2", {}, words.title),
    element("p", { class: "lead" }, words.lead),
    element("ol", { class: "hand-ten", "aria-label": words.ten }, ...ten.map(({ item }) => item)),
    tenSaid,
    element("div", { class: "hand-parts" },
      element("section", { class: "hand-seen" },
        element("h3", {}, words.seen), element("p", { class: "note" }, words.seenNote),
        shelf.element, element("div", { class: "buttons" }, keep), keptSaid, widths.element),
      element("section", { class: "hand-number" },
        element("h3", {}, words.number), element("p", { class: "note" }, words.numberNote),
        element("div", { class: "hand-sheet" }, wordPaper.element),
        element("div", { class: "buttons hand-set" },
          element("label", { class: "field" }, words.type, " ", word),
          element("span", { class: "hand-heat" }, element("label", { for: "hand-t" }, words.variation), heat, times),
          seed.field, again, takeAway("hand-number", () => wordPaper.layout)),
        wordSaid),
      element("section", { class: "hand-styles" },
        element("h3", {}, words.map), element("p", { class: "note" }, words.mapNote),
        element("p", { id: "hand-map-keys", class: "unseen" }, words.mapKeys),
        plane.element,
        element("div", { class: "buttons" }, home,
          ...axes.map((select, i) => element("label", { class: "field" }, words.axes[i], " ", select))))),
  );

  ten.forEach(({ paper }, digit) => paper.show({ width: EM, height: EM, glyphs: [], plain: [{ text: String(digit), x: 0.2 * EM, y: 0.2 * EM, size: 0.6 * EM }] }, words.said.plain(digit)));

  /** @type {Style | undefined} */
  let style;
  /** @type {Glyph[]} */
  let written = [];
  /** What the network saw of kept drawings, by their text. @type {Map<string, Promise<Uint8Array>>} */
  const seenOf = new Map();
  let resting = 0;

  const settings = () => {
    const { own } = desk.view;
    const t = Number(own["hand.t"] ?? DEFAULT_T);
    const at = /^(-?\d+\.\d+),(-?\d+\.\d+)$/.exec(own["hand.at"] ?? "");
    return {
      kept: readExamples(own["hand.kept"], /\d/).slice(0, MOST - 1),
      at: at ? /** @type {[number, number]} */ ([limited(Number(at[1])), limited(Number(at[2]))]) : undefined,
      axes: (own["hand.axes"] ?? "").split("."),
      word: writable(own["hand.word"] ?? DEFAULT_WORD),
      t: Number.isFinite(t) ? Math.min(HOTTEST, Math.max(0, t)) : DEFAULT_T,
      seed: seedFrom(own["hand.seed"] ?? null) ?? DEFAULT_SEED,
    };
  };

  function begin() {
    started ??= desk.counted((async () => {
      const say = (/** @type {number} */ bytes) => { tenSaid.textContent = words.fetching(bytes); };
      say(0);
      const [weights] = await fetchFiles(["hand.safetensors"], say);
      const answer = await client.ask("start", { tier: chooseTier(desk.view.tier), weights });
      fillAxes(answer.latent);
      return answer;
    })());
    started.catch(() => {
      started = undefined;
      tenSaid.textContent = words.noModel;
    });
    return started;
  }

  /** @param {number} latent */
  function fillAxes(latent) {
    const options = () => [
      ...Array.from({ length: latent }, (_, i) => element("option", { value: `p${i + 1}` }, words.direction(i + 1))),
      ...Array.from({ length: latent }, (_, i) => element("option", { value: `${i + 1}` }, words.dimension(i + 1))),
    ];
    for (const select of axes) select.replaceChildren(...options());
  }

  /** The drawing on the pad as an example; undefined while there is none, or nobody has said what it is. */
  function live() {
    const { reading, view: { drawing, own } } = desk;
    if (!reading || reading.isEmpty) return undefined;
    const said = own["hand.is"]?.split("_");
    const digit = said && said[1] === begunAt(drawing) ? said[0] : reading.reads?.drawing.digit.toString();
    return { of: digit, pixels: pixelsOf(reading.seen) };
  }

  /** @param {import("../types.js").Drawing} drawing  what a correction is of: it goes with another drawing */
  const begunAt = (drawing) => drawing.strokes[0]?.slice(0, 2).join("-") ?? "picture";

  /** @param {number} place  in the shelf: 0 is the pad @param {string} of */
  function rename(place, of) {
    const { kept } = settings();
    if (place === 0) desk.set({ is: `${of}_${begunAt(desk.view.drawing)}` });
    else desk.set({ kept: writeExamples(kept.map((each, i) => (i === place - 1 ? renamed(each, of) : each))) });
  }

  /** @param {number} place */
  function remove(place) {
    desk.set({ kept: writeExamples(settings().kept.filter((_, i) => i !== place - 1)) });
  }

  /** @param {import("./hand/examples.js").Example} example */
  function pixelsOfKept({ text, drawing }) {
    const found = seenOf.get(text) ?? desk.client.posterior({ strokes: drawing.strokes, pixels: drawing.pixels, isNormalised: true }).then(({ seen }) => seen);
    found.catch(() => seenOf.delete(text));
    seenOf.set(text, found);
    return found;
  }

  async function write() {
    const { latent, directions } = await begin();
    const { kept, at } = settings();
    const pad = live();
    const seen = await Promise.all(kept.map(pixelsOfKept));
    const ink = asNumber(paletteAt(body).ink);
    shelf.show([{ of: pad?.of, rgba: pad && inked(pad.pixels, ink), isLive: true }, ...kept.map(({ of }, i) => ({ of, rgba: inked(seen[i], ink) }))]);
    keep.disabled = !pad?.of || kept.length >= MOST - 1;
    keptSaid.textContent = kept.every(isInLink) ? "" : words.tooLong;
    const examples = [...kept.map(({ of }, i) => ({ of, pixels: seen[i] })), ...(pad?.of ? [pad] : [])];
    style = examples.length ? await desk.counted(client.ask("read", {
      pixels: joined(examples.map(({ pixels }) => pixels)), labels: Uint8Array.from(examples, ({ of }) => Number(of)),
    })) : unknown(latent);
    if (!style) return;
    turnPlane(directions, style);
    const z = plane.zAt(at);
    written = await desk.counted(client.ask("write", { z: repeated(z, DIGITS.length), labels: DIGITS }));
    written.forEach((glyph, digit) => ten[digit].paper.show({ width: EM, height: EM, glyphs: [{ path: glyph.path, x: 0, y: 0, size: EM }] }, words.said.digit(digit)));
    body.dataset.examples = String(examples.length);
    tenSaid.textContent = at ? words.fromMap : pad && !pad.of ? words.whichDigit : words.from(examples.map(({ of }) => Number(of)));
    widths.show(style);
    plane.show(at, style.sigma, examples.length > 0);
    home.disabled = !at;
    await writeWord(z, style);
    clearTimeout(resting);
    resting = window.setTimeout(() => void client.newest("plane", () => showPlane(Number(pad?.of ?? kept.at(-1)?.of ?? 3))).catch(desk.fail), REST_MS);
  }

  /** @param {Float32Array[]} directions @param {Style} known */
  function turnPlane(directions, known) {
    const chosen = settings().axes;
    const names = axes.map((select, i) => ([...select.options].some(({ value }) => value === chosen[i]) ? chosen[i] : `p${i + 1}`));
    if (names[0] === names[1]) names[1] = names[0] === "p1" ? "p2" : "p1";
    axes.forEach((select, i) => { select.value = names[i]; });
    const vectors = names.map((name) => (name.startsWith("p") ? directions[Number(name.slice(1)) - 1]
      : Float32Array.from(known.mu, (_, d) => (d === Number(name) - 1 ? 1 : 0))));
    plane.turn(vectors[0], vectors[1], known.mu);
  }

  /** @param {number} digit */
  async function showPlane(digit) {
    const places = plane.places();
    plane.showDigits(await desk.counted(client.ask("write", { z: joined(places), labels: Uint8Array.from(places, () => digit) })));
  }

  /** @param {Float32Array} mu @param {Style} known */
  async function writeWord(mu, { sigma }) {
    const { word: text, t, seed: number } = settings();
    if (document.activeElement !== word) word.value = text;
    heat.value = String(t);
    times.textContent = words.times(t);
    seed.show(number);
    const labels = Uint8Array.from([...text].filter((each) => each !== " "), Number);
    const glyphs = labels.length ? await desk.counted(client.ask("vary", { mu, sigma, t, seed: number, labels })) : [];
    wordPaper.show(rowOf(text, glyphs), words.said.number(text));
    const isWhole = writable(word.value) === word.value.trim();
    wordSaid.textContent = !text ? words.noNumber : isWhole ? "" : words.digitsOnly;
  }

  keep.addEventListener("click", () => {
    const { kept } = settings();
    const pad = live();
    if (!pad?.of) return;
    const { strokes, pixels } = desk.view.drawing;
    desk.set({ kept: writeExamples([...kept, exampleOf(pad.of, { strokes, pixels }, kept, BUDGET)]), is: undefined });
    desk.put({ strokes: [] });
    byId("pad").scrollIntoView({ block: "nearest" }); // on a phone it is out of sight
  });
  home.addEventListener("click", () => desk.set({ at: undefined }));
  axes.forEach((select) => select.addEventListener("change", () => {
    const text = axes.map(({ value }) => value).join(".");
    desk.set({ axes: text === "p1.p2" ? undefined : text, at: undefined });
  }));
  word.addEventListener("input", () => {
    const text = writable(word.value);
    desk.set({ word: text === DEFAULT_WORD ? undefined : text });
  });
  const setHeat = (/** @type {boolean} */ isPassing) => desk.set({ t: Number(heat.value) === DEFAULT_T ? undefined : heat.value }, isPassing);
  heat.addEventListener("input", () => setHeat(true));
  heat.addEventListener("change", () => setHeat(false));
  again.addEventListener("click", () => desk.set({ seed: String((settings().seed + 1) >>> 0) }));

  return {
    show: () => void client.newest("write", write).catch(desk.fail),
    picture: () => ({ name: "hand", pictures: written.map(({ pixels }) => inked(pixels, desk.tints.xHat)), side: 28, columns: 10 }),
  };
}

/** A hand of which nothing is known: the prior. @param {number} latent @returns {Style} */
const unknown = (latent) => ({ mu: new Float32Array(latent), sigma: new Float32Array(latent).fill(1), widths: [1] });

/** What the map of hands reaches to. @param {number} value */
const limited = (value) => Math.min(3, Math.max(-3, value));

/**
 * @template {Uint8Array | Float32Array} T
 * @param {T[]} parts  all as long
 * @returns {T}
 */
function joined(parts) {
  const [first] = parts;
  const all = /** @type {T} */ (new /** @type {any} */ (first.constructor)(parts.length * first.length));
  parts.forEach((part, i) => all.set(part, i * first.length));
  return all;
}

/** @param {Float32Array} z @param {number} times */
const repeated = (z, times) => joined(Array.from({ length: times }, () => z));
