// @ts-check
import { words } from "../../words/rooms/codes.js";
import { element } from "../dom.js";
import { colourOf } from "./colours.js";
import { paint } from "./paint.js";

/** @typedef {import("./types.js").Book} Book */

/** The codebook: what each code draws, its colour, how often it is used. A click takes it. */
export class Shelf {
  element = element("div", { id: "codes-book", class: "codes-book", role: "group", "aria-label": words.book });
  /** @type {{ button: HTMLButtonElement, canvas: HTMLCanvasElement, bar: HTMLElement }[]} */
  #codes = [];
  #onTake;

  /** @param {(code: number, timeStamp: number) => void} onTake */
  constructor(onTake) {
    this.#onTake = onTake;
  }

  /** @param {Book} book @param {string} ink */
  begin(book, ink) {
    const all = book.counts.reduce((sum, count) => sum + count, 0) || 1;
    const most = Math.max(...book.counts) || 1;
    this.#codes = book.order.map((code) => {
      const canvas = element("canvas", {});
      const bar = element("i", {});
      const share = book.counts[code] / all;
      const button = element("button", { type: "button", id: `code-${code}`, "aria-label": words.code(code, share, code === book.blank) }, canvas, bar);
      button.title = words.code(code, share, code === book.blank);
      button.style.setProperty("--code", colourOf(book, code));
      bar.style.setProperty("--share", String(book.counts[code] / most));
      button.addEventListener("click", ({ timeStamp }) => this.#onTake(code, timeStamp));
      paint(canvas, book.patches[code], ink);
      return { button, canvas, bar };
    });
    this.element.replaceChildren(...this.#codes.map(({ button }) => button));
    this.#book = book;
  }

  /** @type {Book | undefined} */
  #book;

  /** @param {number | undefined} code  where the chosen or pointed tile has it */
  mark(code) {
    this.#codes.forEach(({ button }, i) => button.setAttribute("aria-pressed", String(this.#book?.order[i] === code)));
  }
}
