// @ts-check
import { words } from "../../words/rooms/codes.js";
import { element } from "../dom.js";
import { colourOf } from "./colours.js";

/** @typedef {import("./types.js").Book} Book */

/** The map of codes as tiles: one is pointed at, one may be chosen. The arrow keys go from tile to tile. */
export class Mosaic {
  element = element("div", { id: "codes-mosaic", class: "codes-mosaic", role: "group", "aria-label": words.mosaic });
  /** @type {HTMLButtonElement[]} */
  #tiles = [];
  #columns = 0;
  #onPoint;
  #onChoose;

  /** @param {{ onPoint: (place: number | undefined) => void, onChoose: (place: number) => void }} listeners */
  constructor({ onPoint, onChoose }) {
    this.#onPoint = onPoint;
    this.#onChoose = onChoose;
    this.element.addEventListener("keydown", (event) => this.#step(event));
    this.element.addEventListener("pointerleave", () => onPoint(undefined));
  }

  /**
   * @param {Book} book
   * @param {{ codes: Uint8Array, own: Uint8Array, chosen: number | undefined, textOf: (place: number) => string }} map  `own` are the drawing's
   */
  show(book, { codes, own, chosen, textOf }) {
    if (this.#tiles.length !== codes.length) this.#build(codes.length, book.columns);
    this.#tiles.forEach((tile, place) => {
      tile.style.setProperty("--code", colourOf(book, codes[place]));
      tile.classList.toggle("is-blank", codes[place] === book.blank);
      tile.classList.toggle("is-swapped", codes[place] !== own[place]);
      tile.setAttribute("aria-pressed", String(place === chosen));
      tile.setAttribute("aria-label", textOf(place));
    });
  }

  /** @param {number} place */
  focus(place) {
    this.#tiles[place]?.focus();
  }

  /** @param {number} count @param {number} columns */
  #build(count, columns) {
    this.#columns = columns;
    this.element.style.setProperty("--columns", String(columns));
    this.#tiles = Array.from({ length: count }, (_, place) => {
      const tile = element("button", { type: "button", id: `codes-cell-${place + 1}`, tabindex: place === 0 ? 0 : -1 });
      tile.addEventListener("pointerenter", () => this.#onPoint(place));
      tile.addEventListener("focus", () => {
        this.#tiles.forEach((each) => { each.tabIndex = each === tile ? 0 : -1; });
        this.#onPoint(place);
      });
      tile.addEventListener("click", () => this.#onChoose(place));
      return tile;
    });
    this.element.replaceChildren(...this.#tiles);
  }

  /** @param {KeyboardEvent} event */
  #step(event) {
    const at = this.#tiles.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -this.#columns, ArrowDown: this.#columns };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (at < 0 || step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#tiles[at + step]?.focus();
  }
}
