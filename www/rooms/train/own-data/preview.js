// @ts-check
/** Images as the network will see them, and how a picture becomes one. */

import { PixelGrid } from "../../../parts/pixel-grid.js";
import { inked, P } from "../../../picture.js";
import { words } from "../../../words/rooms/train-data.js";
import { element } from "../../dom.js";

/** @typedef {import("./collection.js").Ink} Ink */
/** @typedef {import("./reading.js").Told} Told */
/** @typedef {import("./reading.js").Way} Way */

/** Images that are shown: four rows of twelve. */
export const SHOWN = 48;
/** What a side of a tile may be, px. */
const [LEAST_SIDE, MOST_SIDE] = [4, 1024];
const USUAL_SIDE = 28;

/** @typedef {{ way: Way, ink: Ink }} Choice */

export class Preview {
  #choice;
  #onWay;
  #onInk;
  /** The side that was found in the picture that came alone; 0 where it is no sheet. */
  #found = 0;
  #framing = element("select", { id: "own-framing" }, new Option(words.whole, "whole"), new Option(words.figure, "figure"));
  #auto = new Option(words.auto(undefined), "auto");
  #ink = element("select", { id: "own-ink" }, this.#auto, new Option(words.dark, "dark"), new Option(words.light, "light"));
  #sheet = element("select", { id: "own-sheet" }, new Option(words.one, "one"), new Option(words.tiles, "tiles"));
  #side = element("input", { id: "own-side", type: "number", min: LEAST_SIDE, max: MOST_SIDE, "aria-label": words.sideOf });
  #sideField = element("span", { class: "field" }, this.#side, words.side);
  #inkField = element("label", { class: "field" }, words.ink, " ", this.#ink);
  #sheetField = element("label", { class: "field" }, words.sheet, " ", this.#sheet);
  #grid = element("ol", { class: "seen-images", id: "own-preview" });
  #about = element("p", { class: "about", id: "own-preview-about" });
  /** @type {{ grid: PixelGrid, item: HTMLElement, canvas: HTMLCanvasElement, label: HTMLElement }[]} */
  #cells = [];

  /**
   * @param {Choice} choice  which it changes
   * @param {object} callbacks
   * @param {() => void} callbacks.onWay  everything has to be read anew
   * @param {() => void} callbacks.onInk
   */
  constructor(choice, { onWay, onInk }) {
    this.#choice = choice;
    this.#onWay = onWay;
    this.#onInk = onInk;
    this.element = element("section", {}, element("h3", {}, words.see),
      element("div", { class: "buttons ways" }, element("label", { class: "field" }, words.framing, " ", this.#framing),
        this.#inkField, this.#sheetField, this.#sideField),
      this.#grid, this.#about);
    this.#framing.addEventListener("change", () => this.#change({ framing: /** @type {Way["framing"]} */ (this.#framing.value) }));
    this.#sheet.addEventListener("change", () => this.#change({ tile: this.#sheet.value === "one" ? 0 : this.#found || USUAL_SIDE }));
    this.#side.addEventListener("change", () => {
      const side = Number(this.#side.value);
      const isSide = Number.isInteger(side) && side >= LEAST_SIDE && side <= MOST_SIDE;
      this.#side.toggleAttribute("aria-invalid", !isSide);
      if (isSide) this.#change({ tile: side });
    });
    this.#ink.addEventListener("change", () => {
      this.#choice.ink = /** @type {Ink} */ (this.#ink.value);
      this.#onInk();
    });
  }

  /** @param {Partial<Way>} part */
  #change(part) {
    Object.assign(this.#choice.way, part);
    this.#onWay();
  }

  /**
   * What can be chosen, for what has been read.
   * @param {Told} told
   */
  showChoice({ tile, ink, images, hasPictures }) {
    const { way } = this.#choice;
    if (tile !== undefined && way.tile === undefined) this.#found = tile;
    const side = way.tile ?? tile;
    this.#framing.value = way.framing;
    this.#inkField.hidden = way.framing === "figure"; // there each picture tells by itself
    this.#auto.text = words.auto(images ? ink : undefined);
    this.#ink.value = this.#choice.ink;
    this.#sheetField.hidden = !hasPictures;
    this.#sheet.value = side ? "tiles" : "one";
    this.#sideField.hidden = !side;
    if (side && document.activeElement !== this.#side) this.#side.value = String(side);
  }

  /**
   * @param {import("./reading.js").Preview} preview
   * @param {number} all
   * @param {number} colour
   */
  show({ images, labels }, all, colour) {
    while (this.#cells.length < labels.length) this.#cells.push(this.#cell());
    this.#cells.forEach(({ item, grid, canvas, label }, i) => {
      item.hidden = i >= labels.length;
      if (item.hidden) return;
      grid.show(inked(images.subarray(i * P, (i + 1) * P), colour));
      canvas.setAttribute("aria-label", words.image(i, labels[i]));
      label.textContent = labels[i] ?? "";
    });
    const different = new Set(labels.filter((label) => label !== undefined)).size;
    this.#grid.classList.toggle("is-labelled", different > 0);
    this.#about.textContent = labels.length ? words.previewOf(labels.length, all) : "";
  }

  #cell() {
    const canvas = element("canvas", { class: "picture", role: "img" });
    const label = element("span", { "aria-hidden": "true" });
    const item = element("li", {}, canvas, label);
    this.#grid.append(item);
    return { grid: new PixelGrid(canvas), item, canvas, label };
  }
}
