// @ts-check
/** The dimensions: a strip of pictures along every number of z, and the picture at the z that a person sets with them. */

import { inkBox } from "../describe.js";
import { asNumber, paletteAt } from "../palette.js";
import { PixelGrid } from "../parts/pixel-grid.js";
import { words } from "../words/rooms/dimensions.js";
import { element } from "./dom.js";
import { TraversalRow, UNUSED } from "./traversal-row.js";
import { COUNT, readMoved, REACH, Turns, walkAlong, writeMoved, zOf } from "./traversal.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("../types.js").Verdict} Verdict */

/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;
/** Pictures of a strip that are decoded in one go: a hand on a frame waits for no more. A divisor of COUNT. */
const PART = 3;
/** Marks on the axis. */
const TICKS = [-3, -1.5, 0, 1.5, 3];

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const room = new Dimensions(body, desk);
  return { show: () => room.show(), picture: () => room.picture() };
}

class Dimensions {
  #body;
  #desk;
  #current = namedPicture("dimensions-picture", "current");
  #drawing = namedPicture("dimensions-drawing", "drawing");
  #moved = element("p", { class: "note", id: "dimensions-moved" });
  #back = element("button", { type: "button", id: "dimensions-back" }, words.back);
  #only = element("input", { type: "checkbox", id: "dimensions-only", role: "switch" });
  #note = element("p", { class: "note" });
  #list = element("ol", { class: "rows" });

  /** @type {TraversalRow[]} the most used dimension first */
  #rows = [];
  /** @type {(Verdict[] | undefined)[]} what is read along each row */
  #reads = [];
  /** @type {Set<number>} places of the rows in sight */
  #inSight = new Set();
  #turns = new Turns(0);
  #isDecoding = false;
  #sight = new IntersectionObserver((entries) => this.#look(entries));

  /** What the rows show, or will once each had its turn. @type {{ order: readonly number[], mu: Float32Array, z: Float32Array, look: string } | undefined} */
  #shown;
  /** @type {{ pictures: Uint8ClampedArray[], reads?: Verdict[] } | undefined} at z and at mu */
  #answer;
  /** When the hand moved a frame, until that is on the canvas. @type {number | undefined} */
  #slid;
  #resting = 0;

  /**
   * @param {HTMLElement} body
   * @param {Desk} desk
   */
  constructor(body, desk) {
    this.#body = body;
    this.#desk = desk;
    const axis = element("div", { class: "axis", "aria-hidden": "true" },
      ...TICKS.map((tick) => element("span", {}, String(tick).replace("-", "−"))));
    body.append(
      element("header", { class: "opening" }, element("h2", {}, words.title), element("p", { class: "lead" }, words.lead)),
      element("div", { class: "frame" },
        element("div", { class: "aids" },
          element("p", { class: "legend" },
            element("span", { class: "key-z z" }, words.keyZ), element("span", { class: "key-mu mu" }, words.keyMu),
            element("span", { class: "key-sigma sigma" }, words.keySigma)),
          element("label", { class: "switch" }, this.#only, " ", element("span", {}, words.onlyChanges)),
          this.#note),
        element("div", { class: "stand" }, this.#current.figure, this.#drawing.figure,
          element("div", { class: "moved" }, this.#moved, this.#back)),
        element("div", { class: "scroll", id: "dimensions-rows", role: "region", tabindex: 0, "aria-label": words.rows },
          element("div", { class: "heads", "aria-hidden": "true" },
            element("span", { class: "head-kl" }, words.klHead), axis, element("span", { class: "head-axis" }, words.axis)),
          this.#list)),
    );
    this.#back.addEventListener("click", () => desk.set({ z: undefined }));
    this.#only.addEventListener("change", () => desk.set({ only: this.#only.checked ? "on" : undefined }));
  }

  show() {
    const { reading, order, view } = this.#desk;
    if (!reading || reading.mu.length !== order.length) return;
    if (order !== this.#shown?.order) this.#build(order);
    const { mu } = reading;
    const moved = this.#movedNumbers();
    const z = zOf(mu, moved);
    const isOnly = view.own["dimensions.only"] === "on";
    const look = `${this.#colour(isOnly)} ${isOnly}`;
    const before = this.#shown;
    this.#shown = { order, mu, z, look };
    this.#only.checked = isOnly;
    this.#showRows(moved);
    this.#showAround(moved);
    if (!before || before.mu !== mu || before.look !== look) this.#turns.spoil();
    else {
      const others = order.flatMap((d, i) => (z[d] === before.z[d] ? [] : [i]));
      if (others.length) this.#turns.spoil(others.length === 1 ? others[0] : undefined);
      else return;
    }
    void this.#decodePictures();
    void this.#decodeStrips();
  }

  /** @returns {import("../types.js").Shown} */
  picture() {
    return { name: "dimensions", pictures: this.#rows.flatMap(({ pictures }) => pictures), side: 28, columns: COUNT };
  }

  #movedNumbers() {
    return readMoved(this.#desk.view.own["dimensions.z"], this.#desk.order.length);
  }

  /** @param {boolean} isOnly */
  #colour(isOnly) {
    return isOnly ? asNumber(paletteAt(this.#body).z) : this.#desk.tints.xHat;
  }

  /** @param {readonly number[]} order */
  #build(order) {
    this.#sight.disconnect();
    this.#inSight.clear();
    this.#shown = undefined;
    this.#turns = new Turns(order.length);
    this.#reads = order.map(() => undefined);
    this.#rows = order.map((d) => new TraversalRow(d, {
      onMove: (at, value, isPassing, time) => this.#move(at, value, isPassing, time),
      onBack: (at) => this.#move(at, undefined, false),
    }));
    this.#list.replaceChildren(...this.#rows.map((row) => row.element));
    for (const row of this.#rows) this.#sight.observe(row.element);
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #look(entries) {
    for (const { target, isIntersecting } of entries) {
      const at = this.#rows.findIndex((row) => row.element === target);
      if (isIntersecting) this.#inSight.add(at);
      else this.#inSight.delete(at);
    }
  }

  /**
   * @param {number} d
   * @param {number | undefined} value  undefined = where the drawing has it
   * @param {boolean} isPassing
   * @param {number} [time]
   */
  #move(d, value, isPassing, time) {
    const moved = this.#movedNumbers();
    if (value === undefined) moved.delete(d);
    else moved.set(d, value);
    if (isPassing) this.#slid ??= time;
    this.#desk.set({ z: writeMoved(moved) }, isPassing);
  }

  /** @param {Map<number, number>} moved */
  #showRows(moved) {
    const { reading, order, model } = this.#desk;
    if (!reading || !this.#shown) return;
    const { mu, sigma, kl, isEmpty } = reading;
    const { z } = this.#shown;
    const means = model?.metrics?.test?.kl_per_dim;
    const isPlain = !isEmpty && !kl.length;
    order.forEach((d, i) => this.#rows[i].show({
      mu: mu[d], sigma: sigma[d], z: z[d], isMoved: moved.has(d), isEmpty,
      kl: kl.length ? kl[d] : undefined, mean: isPlain || means?.length !== mu.length || !hasKl(means) ? undefined : means[d],
    }));
  }

  /** What stands beside the rows. @param {Map<number, number>} moved */
  #showAround(moved) {
    const { reading, order, model } = this.#desk;
    if (!reading) return;
    this.#moved.textContent = words.moved(moved.size, order.length);
    this.#back.disabled = moved.size === 0;
    this.#drawing.caption.textContent = reading.isEmpty ? words.nothing : words.drawing;
    const means = model?.metrics?.test?.kl_per_dim;
    const isPlain = model !== undefined && !reading.isEmpty && !reading.kl.length;
    const notes = [
      this.#only.checked ? words.onlyChangesNote : "",
      isPlain ? words.plain : model?.config?.latent?.gaussian?.flow ? words.learned : "",
      hasKl(means) && means?.some((nats) => nats < UNUSED) ? words.unusedMeaning : "",
      reading.mu.some((value) => Math.abs(value) > REACH) ? words.beyond : "",
    ];
    const text = notes.filter(Boolean).join(" ");
    if (this.#note.textContent !== text) this.#note.textContent = text;
  }

  /** The picture at z, and that of the drawing. */
  async #decodePictures() {
    const { client, model, tints, order, counted, fail } = this.#desk;
    const shown = this.#shown;
    if (!model || !shown) return;
    const z = new Float32Array(2 * shown.z.length);
    z.set(shown.z);
    z.set(shown.mu, shown.z.length);
    try {
      const answer = await counted(client.decode("dimensions", { z, colour: tints.xHat, isJudged: true }));
      if (!answer || this.#desk.order !== order) return;
      this.#answer = answer;
      [this.#current, this.#drawing].forEach((part, i) => part.show(answer.pictures[i], answer.reads?.[i]));
      if (this.#slid !== undefined) performance.measure("slide→paint", { start: this.#slid, end: performance.now(), detail: answer.ms });
      this.#slid = undefined;
      this.#rest();
    } catch (error) {
      if (this.#desk.order === order) fail(error); // of the model that runs
    }
  }

  /** One strip after another, a part at a time, so that a drawing or the picture at z never waits for long. */
  async #decodeStrips() {
    if (this.#isDecoding || !this.#desk.model) return;
    this.#isDecoding = true;
    try {
      await this.#desk.counted(this.#takeTurns());
    } finally {
      this.#isDecoding = false;
    }
  }

  async #takeTurns() {
    for (;;) {
      const at = this.#turns.next(this.#inSight);
      const shown = this.#shown;
      if (at === undefined || !shown) return;
      await this.#decodeStrip(at, shown.order, shown.mu, shown.z);
    }
  }

  /**
   * @param {number} at
   * @param {readonly number[]} order
   * @param {Float32Array} mu
   * @param {Float32Array} z
   */
  async #decodeStrip(at, order, mu, z) {
    const d = order[at];
    const isOnly = this.#only.checked;
    const walk = walkAlong(z, d);
    const against = isOnly ? zOf(z, new Map([[d, mu[d]]])) : undefined;
    try {
      /** @type {Verdict[]} */
      const reads = [];
      for (let from = 0; from < COUNT; from += PART) {
        const answer = await this.#desk.client.decode("dimensions strip", {
          z: walk.slice(from * z.length, (from + PART) * z.length), colour: this.#colour(isOnly), columns: PART, isJudged: true, against,
        });
        if (!answer || this.#desk.order !== order || this.#shown?.order !== order) return;
        this.#rows[at].paint(answer.pictures[0], from, PART);
        reads.push(...answer.reads ?? []);
      }
      this.#reads[at] = reads.length ? reads : undefined;
      this.#rest();
    } catch (error) {
      if (this.#desk.order === order) this.#desk.fail(error);
    }
  }

  #rest() {
    clearTimeout(this.#resting);
    this.#resting = window.setTimeout(() => this.#describe(), REST_MS);
  }

  #describe() {
    this.#rows.forEach((row, i) => row.describe(this.#reads[i], this.#only.checked));
    if (!this.#answer) return;
    const { pictures, reads } = this.#answer;
    this.#current.grid.describe(words.said.current(words.said.ink(inkBox(pictures[0])), reads?.[0], this.#movedNumbers()));
    this.#drawing.grid.describe(words.said.drawing(words.said.ink(inkBox(pictures[1])), reads?.[1]));
  }
}

/** A plain autoencoder's record has zeros only: nothing was measured. @param {number[]} [klPerDim] */
const hasKl = (klPerDim) => Boolean(klPerDim?.some((nats) => nats > 0));

/**
 * A picture with what it is, and what is read in it.
 * @param {string} id
 * @param {"current" | "drawing"} kind
 */
function namedPicture(id, kind) {
  const canvas = element("canvas", { id, class: "picture", role: "img", "aria-label": words[kind] });
  const caption = element("span", { class: "caption" }, words[kind]);
  const reads = element("span", { class: "read" }, "\u00a0");
  const grid = new PixelGrid(canvas);
  return {
    figure: element("figure", { class: `of-${kind}` }, canvas, element("figcaption", {}, caption, reads)),
    grid,
    caption,
    /**
     * @param {Uint8ClampedArray} rgba
     * @param {Verdict} [read]
     */
    show(rgba, read) {
      grid.show(rgba);
      const text = read ? words.reads(read) : "\u00a0";
      if (reads.textContent !== text) reads.textContent = text;
    },
  };
}
