// @ts-check
/** A sample beside the training digits that are nearest to it, by its pixels and by its z, with a yardstick for both. */

import { PixelGrid } from "../parts/pixel-grid.js";
import { P, inked, pixelsOf } from "../picture.js";
import { words } from "../words/rooms/prior.js";
import { fetchDigits } from "./digits.js";
import { element } from "./dom.js";
import { keyOf } from "./model-key.js";
import { ALL, Neighbours } from "./neighbours.js";
import { quantile } from "./nearest.js";
import { Pace } from "./pace.js";
import { Strip } from "./strip.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("../types.js").PriorSamples} PriorSamples */
/** @typedef {{ label: number, index: number, pixels: Uint8Array, distance: number }} Neighbour */

/** Of a hundred, the 10th, the 50th and the 90th. */
const SHARES = [0.1, 0.5, 0.9];
/**
 * Squared error between a test digit and the training digit nearest to it, for every tenth of the 10,000 test digits:
 * tests/e2e/yardstick.mjs, 2026-11-23, when training digits have 16 levels.
 */
const PIXEL_YARDSTICK = [5.3, 19.2, 33.3];
/** So many test digits make the yardstick for z, with these eps. */
const TEST_DIGITS = 100;
const TEST_SEED = 1;
/** What has been read so far is searched again after so many more. */
const SEARCH_EVERY = 10_000;
/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;

export class Memory {
  #desk;
  /** @type {Neighbours | undefined} there once somebody has asked */
  #neighbours;
  /** @type {{ i: number, pixels: Uint8Array, z: Float32Array, reads: string, model: string } | undefined} */
  #sample;
  /** @type {AbortController | undefined} there while digits are fetched or read */
  #gathering;
  #isSearching = false;
  #isStale = false;
  /** @type {Map<string, { count: number, values: Promise<number[]> }>} by the model's key */
  #yardsticks = new Map();
  #said = "";
  #describing = 0;

  #chosen = new Place("prior-picked", words.chosen, (pixels) => this.#put(pixels));
  #byPixels = new Place("prior-by-pixels", words.byPixels, (pixels) => this.#put(pixels));
  #byZ = new Place("prior-by-z", words.byZ, (pixels) => this.#put(pixels));
  #pixelScale = new Scale(words.pixelScale, 1);
  #zScale = new Scale(words.zScale, 2);
  #button = element("button", { type: "button", id: "prior-search" }, words.search);
  #pace = element("p", {});
  #progress = element("progress", { max: 2 * ALL, "aria-label": words.progress });
  #note = element("p", { class: "note", id: "prior-searched", role: "status" });

  #explanation = element("p", { class: "explanation is-waiting" }, words.yardstick);

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.#button.addEventListener("click", () => (this.#gathering ? this.#gathering.abort() : void this.#gather()));
    this.element = element("section", { class: "memory", "aria-labelledby": "prior-question" },
      element("h3", { id: "prior-question" }, words.question),
      element("div", { class: "three" }, this.#chosen.element, this.#byPixels.element, this.#byZ.element),
      element("div", { class: "gather" }, this.#button, this.#note, this.#progress, this.#pace),
      this.#pixelScale.element, this.#zScale.element, this.#explanation);
    this.#progress.hidden = true;
  }

  /**
   * @param {number} i
   * @param {PriorSamples} samples
   */
  show(i, { z, pictures, reads }) {
    const { model } = this.#desk;
    if (!model) return;
    const rgba = pictures[i];
    const isOther = this.#sample?.model !== keyOf(model);
    this.#sample = { i, pixels: pixelsOf(rgba), z: z.slice(i * model.latent, (i + 1) * model.latent), reads: words.reads(reads?.[i]), model: keyOf(model) };
    this.#chosen.show(rgba, this.#sample.pixels, words.readAs(this.#sample.reads), "\u00a0");
    if (isOther) this.#byZ.clear();
    this.#showState();
    void this.#search();
  }

  describe() {
    if (!this.#sample) return;
    this.#chosen.describe(words.said.chosen(this.#sample.i, this.#sample.reads));
    this.#byPixels.describe();
    this.#byZ.describe();
  }

  /** @param {Uint8Array} pixels */
  #put(pixels) {
    this.#desk.put({ strokes: [], pixels });
  }

  /** Which button there is, and what has been searched. */
  #showState() {
    const [images, read] = this.#counts();
    const isOff = this.#learntFromOthers;
    const isRunning = Boolean(this.#gathering);
    this.#button.hidden = isOff || (!isRunning && read === ALL);
    this.#button.textContent = isRunning ? words.stop : images === 0 ? words.search : images === ALL && read === 0 ? words.readThem : words.goOn;
    this.#progress.hidden = !isRunning;
    if (!isRunning) this.#pace.textContent = "";
    const searched = images ? words.among(images, read) : words.searchSize;
    const note = isOff ? words.notItsDigits : isRunning ? "" : `${this.#said} ${searched}`.trim();
    if (this.#note.textContent !== note) this.#note.textContent = note;
  }

  /** Whether the present model has learnt from other pictures than digits. */
  get #learntFromOthers() {
    return this.#desk.model?.name === "fashion";
  }

  #counts() {
    const { model } = this.#desk;
    return [this.#neighbours?.images ?? 0, model ? this.#neighbours?.encoded(keyOf(model)) ?? 0 : 0];
  }

  async #gather() {
    const neighbours = this.#neighbours ??= new Neighbours();
    const gathering = this.#gathering = new AbortController();
    const [images, read] = this.#counts();
    const { model } = this.#desk;
    const [bytesPace, readPace] = [new Pace(0), new Pace(read)];
    const from = images;
    this.#said = "";
    const advance = () => { this.#progress.value = fetched + this.#counts()[1]; };
    let fetched = images;
    this.#showState();
    try {
      await neighbours.gather(this.#desk, {
        signal: gathering.signal,
        onFetched: (got) => {
          fetched = got.images;
          const { rate, left } = bytesPace.at(got.bytes, (got.bytes * (ALL - from)) / Math.max(1, got.images - from));
          this.#pace.textContent = words.fetching(got.images, got.bytes, rate, left);
          advance();
        },
        onPart: () => void this.#search(),
        onMeans: (count) => {
          const { rate, left } = readPace.at(count, ALL);
          if (neighbours.images === ALL) this.#pace.textContent = words.reading(count, rate, left);
          advance();
          if (count % SEARCH_EVERY === 0) void this.#search();
        },
      });
    } catch (error) {
      const isStopped = error instanceof Error && error.name === "AbortError";
      this.#said = !isStopped ? "" : this.#desk.model === model ? words.stopped : words.otherModel;
      if (!isStopped) this.#desk.fail(error);
    }
    this.#gathering = undefined;
    this.#showState();
    void this.#search();
  }

  /** Newest wins: while one search is under way at most one more waits. */
  async #search() {
    this.#isStale = true;
    if (this.#isSearching || !this.#neighbours) return;
    this.#isSearching = true;
    try {
      while (this.#isStale) {
        this.#isStale = false;
        await this.#desk.counted(this.#searchOnce(this.#neighbours));
      }
    } catch (error) {
      this.#desk.fail(error);
    } finally {
      this.#isSearching = false;
      clearTimeout(this.#describing);
      this.#describing = window.setTimeout(() => this.describe(), REST_MS);
    }
  }

  /** @param {Neighbours} neighbours */
  async #searchOnce(neighbours) {
    const sample = this.#sample;
    if (!sample || !neighbours.images) return;
    if (this.#learntFromOthers) return this.#clear();
    const byPixels = await neighbours.nearestImage(sample.pixels);
    if (this.#sample !== sample) return;
    this.#showNeighbour(this.#byPixels, byPixels, words.squaredError(byPixels.squared));
    this.#pixelScale.show(byPixels.squared, PIXEL_YARDSTICK);
    this.#explanation.classList.remove("is-waiting");
    const count = neighbours.encoded(sample.model);
    if (!count) return this.#zScale.hide();
    const [byZ] = await neighbours.nearestMeans(sample.model, sample.z);
    if (this.#sample !== sample) return;
    const distance = Math.sqrt(byZ.squared);
    this.#showNeighbour(this.#byZ, byZ, words.distance(distance));
    const yardstick = await this.#yardstick(neighbours, sample.model, count).catch(() => undefined); // it is only a help
    if (this.#sample === sample && yardstick) this.#zScale.show(distance, yardstick);
  }

  #clear() {
    for (const place of [this.#byPixels, this.#byZ]) place.clear();
    for (const scale of [this.#pixelScale, this.#zScale]) scale.hide();
    this.#explanation.classList.add("is-waiting");
  }

  /**
   * @param {Place} place
   * @param {import("./neighbours.js").Found} found
   * @param {string} distance
   */
  #showNeighbour(place, { index }, distance) {
    const { label, pixels } = /** @type {Neighbours} */ (this.#neighbours).digit(index);
    place.show(inked(pixels, this.#desk.tints.ink), pixels, words.digit(label), distance,
      words.said.neighbour(place.name, label, index, distance));
  }

  /**
   * The same distance for test digits, each at a z from its own posterior, as a sample's z is one.
   * @param {Neighbours} neighbours
   * @param {string} model
   * @param {number} count  how many training digits have been read
   * @returns {Promise<number[]>}
   */
  #yardstick(neighbours, model, count) {
    const known = this.#yardsticks.get(model);
    const stage = Math.floor(count / SEARCH_EVERY);
    if (known?.count === stage) return known.values;
    const values = this.#measure(neighbours, model);
    this.#yardsticks.set(model, { count: stage, values });
    values.catch(() => this.#yardsticks.delete(model));
    return values;
  }

  /**
   * @param {Neighbours} neighbours
   * @param {string} model
   */
  async #measure(neighbours, model) {
    const { client } = this.#desk;
    const { pixels } = await fetchDigits("mnist-test.bin");
    const { mu, sigma } = await client.encode(pixels.slice(0, TEST_DIGITS * P));
    const eps = await client.eps(TEST_SEED, TEST_DIGITS, mu.length / TEST_DIGITS);
    if (!this.#desk.model || keyOf(this.#desk.model) !== model) throw new Error(words.otherModel);
    const found = await neighbours.nearestMeans(model, mu.map((m, i) => m + sigma[i] * eps[i]));
    const distances = found.map(({ squared }) => Math.sqrt(squared));
    return SHARES.map((share) => quantile(distances, share));
  }
}

/** One of the three pictures, with what it is, what is known of it, and its way to the pad. */
class Place {
  name;
  #canvas;
  #grid;
  #about = element("p", {});
  #distance = element("p", { class: "distance" });
  #button = element("button", { type: "button" }, words.toPad);
  /** @type {Uint8Array | undefined} */
  #pixels;
  #text;

  /**
   * @param {string} id
   * @param {string} name
   * @param {(pixels: Uint8Array) => void} onPut
   */
  constructor(id, name, onPut) {
    this.name = name;
    this.#text = words.said.none(name);
    this.#canvas = element("canvas", { class: "picture", id, role: "img", "aria-label": this.#text });
    this.#grid = new PixelGrid(this.#canvas);
    this.#button.setAttribute("aria-label", `${words.toPad}: ${name}`);
    this.#button.addEventListener("click", () => this.#pixels && onPut(this.#pixels));
    this.element = element("div", { class: "place" }, element("p", { class: "name" }, name), this.#canvas, this.#about, this.#distance, this.#button);
    this.clear();
  }

  clear() {
    this.show(new Uint8ClampedArray(P * 4), undefined, words.notYet, "\u00a0", words.said.none(this.name));
  }

  /**
   * @param {Uint8ClampedArray} rgba
   * @param {Uint8Array | undefined} pixels  what goes to the pad
   * @param {string} about
   * @param {string} distance
   * @param {string} [text]
   */
  show(rgba, pixels, about, distance, text = "") {
    this.#grid.show(rgba);
    this.#pixels = pixels;
    this.#about.textContent = about;
    this.#distance.textContent = distance;
    this.#button.disabled = !pixels;
    this.#text = text;
  }

  /** @param {string} [text] */
  describe(text = this.#text) {
    this.#grid.describe(text);
  }
}

/** A distance on its yardstick, with a sentence that says what it means. Its room stays while there is nothing to say. */
class Scale {
  #strip = new Strip();
  #verdict = element("p", { class: "verdict" });
  #places;

  /**
   * @param {string} name
   * @param {number} places  of the numbers
   */
  constructor(name, places) {
    this.#places = places;
    this.element = element("div", { class: "scale is-waiting" }, element("p", { class: "name" }, name), this.#strip.element, this.#verdict);
  }

  hide() {
    this.element.classList.add("is-waiting");
  }

  /**
   * @param {number} value
   * @param {readonly number[]} yardstick
   */
  show(value, yardstick) {
    this.element.classList.remove("is-waiting");
    this.#strip.show(value, yardstick, words.strip(value, yardstick, this.#places));
    this.#verdict.textContent = words.verdict(value, yardstick);
  }
}
