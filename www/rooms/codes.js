// @ts-check
/** Codes: the drawing as a map of codes, each of which may be another; the codebook; a prior that writes; a run that learns. */

import { fetchWeights } from "../models.js";
import { paletteAt } from "../palette.js";
import { P } from "../picture.js";
import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/codes.js";
import { CodesClient } from "./codes/client.js";
import { Compare, named } from "./codes/compare.js";
import { Lesson } from "./codes/lesson.js";
import { Mosaic } from "./codes/mosaic.js";
import { paint } from "./codes/paint.js";
import { Shelf } from "./codes/shelf.js";
import { readSwaps, writeSwaps } from "./codes/swaps.js";
import { Writing } from "./codes/writing.js";
import { element } from "./dom.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./codes/types.js").Book} Book */

/** Whose files are beside the page's other models. */
const MODEL = "codes";

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const client = new CodesClient(() => { started = undefined; });
  const mosaic = new Mosaic({
    onPoint: (place) => {
      pointed = place;
      say();
    },
    onChoose: (place) => desk.set({ at: place === settings().at ? undefined : String(place) }, true),
  });
  const shelf = new Shelf(take);
  const writing = new Writing(desk, client);
  const compare = new Compare(desk, client);
  const lesson = new Lesson(desk, () => record, {
    onModel: (weights, maps) => void adopt(weights, maps).catch(desk.fail),
    onShipped: () => void adopt(shipped).catch(desk.fail),
  });
  const canvas = element("canvas", { class: "picture", id: "codes-picture", role: "img", "aria-label": words.picture });
  const said = element("p", { class: "codes-said", id: "codes-said" }, words.pointAtOne);
  const cost = element("p", { class: "note", id: "codes-cost" });
  const back = element("button", { type: "button", id: "codes-back" }, words.back);
  body.append(
    element("h2", {}, words.title),
    element("p", { class: "lead" }, words.lead),
    element("div", { class: "codes-top" },
      element("div", { class: "codes-pair" }, mosaic.element, canvas, element("div", { class: "codes-about" }, said, cost, back)),
      element("section", { class: "codes-shelf" }, element("h3", {}, words.book), element("p", { class: "note" }, words.bookNote), shelf.element)),
    element("div", { class: "codes-more" }, writing.element, lesson.element),
    compare.element,
  );

  /** @type {Book | undefined} */
  let book;
  /** The model that ships, and its record: what a run here begins from. */
  let shipped = new ArrayBuffer();
  let record = "";
  /** @type {import("./codes/types.js").Map | undefined} the drawing's */
  let map;
  /** Whose map it is; another model reads anew. @type {{ reading: Desk["reading"] } | undefined} */
  let read;
  /** @type {Float32Array} */
  let x = new Float32Array(P);
  /** @type {number | undefined} */
  let pointed;
  /** @type {number | undefined} when a code was taken, until that is on the canvas */
  let taken;
  /** Only the newest is shown: of maps, and of pictures. */
  let turn = 0;
  let asked = 0;
  /** @type {Uint8ClampedArray | undefined} */
  let picture;

  const settings = () => {
    const { own } = desk.view;
    const places = map?.codes.length ?? 0;
    const at = /^\d+$/.test(own["codes.at"] ?? "") ? Number(own["codes.at"]) : undefined;
    return {
      at: at !== undefined && at < places ? at : undefined,
      swaps: readSwaps(own["codes.swap"] ?? "", places, book?.count ?? 0),
    };
  };

  /** @type {Promise<void> | undefined} undefined while there is no model: whoever comes next tries again */
  let started;
  function begin() {
    started ??= load();
    started.catch(() => { started = undefined; });
    return started;
  }

  async function load() {
    [shipped] = await desk.counted(Promise.all([fetchWeights(named(MODEL), () => {}), client.start(chooseTier(desk.view.tier))]));
    await adopt(shipped);
  }

  /** Another model is the room's: its codes are others, and so is the map. @param {ArrayBuffer} weights @param {Uint8Array} [maps] */
  async function adopt(weights, maps) {
    book = await desk.counted(client.load(weights, maps));
    record ||= book.record;
    read = undefined;
    shelf.begin(book, paletteAt(body).ink);
    writing.begin(book);
    void showMap().catch(desk.fail);
  }

  async function showMap() {
    if (!book) return;
    const mine = ++turn;
    const { reading } = desk;
    if (!read || read.reading !== reading) {
      const alpha = reading?.seen;
      x = Float32Array.from({ length: P }, (_, i) => (alpha && !reading?.isEmpty ? alpha[4 * i + 3] / 255 : 0));
      const found = await desk.counted(client.read(x));
      if (mine !== turn) return;
      map = found;
      read = { reading };
    }
    if (!map) return;
    const { swaps } = settings();
    const codes = swapped(swaps);
    const means = await drawn(codes);
    if (mine !== turn) return;
    picture = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
    mosaic.show(book, { codes, own: map.codes, chosen: settings().at, textOf: (place) => aboutOf(place, codes) });
    back.disabled = swaps.size === 0;
    say();
    const plain = codes.length * Math.log(book.count);
    const nats = await desk.counted(client.cost(codes));
    if (mine !== turn) return;
    cost.textContent = words.cost(codes.length, book.count, plain / Math.LN2, book.classes < 0 ? undefined : nats / Math.LN2);
    await Promise.all([writing.show(map.codes), compare.show(x, { means, nats, plain })]);
  }

  /** Puts what codes decode to on the canvas, if no later ones were asked for meanwhile. @param {Uint8Array} codes */
  async function drawn(codes) {
    const mine = ++asked;
    const means = await desk.counted(client.decode(codes));
    if (mine !== asked) return means;
    paint(canvas, means, paletteAt(body)["x-hat"]);
    if (taken !== undefined) performance.measure("swap→paint", { start: taken, end: performance.now() });
    taken = undefined;
    return means;
  }

  /** @param {Map<number, number>} swaps */
  const swapped = (swaps) => /** @type {import("./codes/types.js").Map} */ (map).codes.map((code, place) => swaps.get(place) ?? code);

  /** @param {number} place @param {Uint8Array} codes */
  function aboutOf(place, codes) {
    const { columns, count } = /** @type {Book} */ (book);
    const { distances, codes: own } = /** @type {import("./codes/types.js").Map} */ (map);
    const from = distances.subarray(place * count, (place + 1) * count);
    const next = from.reduce((best, distance, code) => (code !== own[place] && distance < (from[best] ?? Infinity) ? code : best), -1);
    return words.about({
      row: Math.floor(place / columns) + 1, column: (place % columns) + 1, code: codes[place], own: own[place],
      distance: from[own[place]], next, further: from[next],
    });
  }

  function say() {
    const { at, swaps } = settings();
    const place = pointed ?? at;
    if (!map || place === undefined) {
      said.textContent = words.pointAtOne;
      shelf.mark(undefined);
      return;
    }
    const codes = swapped(swaps);
    said.textContent = aboutOf(place, codes) + (at === undefined ? "" : ` ${words.takeOne}`);
    shelf.mark(codes[place]);
  }

  /** Puts a code in the chosen place. @param {number} code @param {number} timeStamp */
  function take(code, timeStamp) {
    const { at, swaps } = settings();
    if (!map || at === undefined) {
      said.textContent = words.chooseFirst;
      return;
    }
    taken = timeStamp;
    if (map.codes[at] === code) swaps.delete(at);
    else swaps.set(at, code);
    // The picture first: the view, with all that follows from it, takes a frame.
    drawn(swapped(swaps)).then(() => desk.set({ swap: writeSwaps(swaps) })).catch(desk.fail);
  }

  back.addEventListener("click", () => desk.set({ swap: undefined }));

  return {
    show: () => void begin().then(showMap).catch(desk.fail),
    picture: () => ({ name: "codes", pictures: picture ? [picture] : [], side: 28, columns: 1 }),
  };
}
