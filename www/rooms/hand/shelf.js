// @ts-check
import { PixelGrid } from "../../parts/pixel-grid.js";
import { words } from "../../words/rooms/hand.js";
import { element } from "../dom.js";

/** @typedef {{ of: string | undefined, rgba: Uint8ClampedArray | undefined, isLive?: boolean }} Shown  `of`: the digit, where somebody has read or said it */

/** What the hand is read from: the drawing on the pad, live, and those that were kept; each with its digit, which can be corrected. */
export class Shelf {
  element = element("ol", { id: "hand-shelf", class: "hand-shelf", "aria-label": words.seen });
  /** @type {{ item: HTMLElement, grid: PixelGrid, digit: HTMLSelectElement }[]} */
  #slots = [];
  #onName;
  #onRemove;

  /** @param {{ onName: (place: number, of: string) => void, onRemove: (place: number) => void }} listeners */
  constructor({ onName, onRemove }) {
    this.#onName = onName;
    this.#onRemove = onRemove;
  }

  /** @param {Shown[]} shown  the pad's first */
  show(shown) {
    while (this.#slots.length > shown.length) this.#slots.pop()?.item.remove();
    while (this.#slots.length < shown.length) this.#slots.push(this.#add(this.#slots.length));
    shown.forEach(({ of, rgba }, i) => {
      const { item, grid, digit } = this.#slots[i];
      item.classList.toggle("is-empty", !rgba);
      grid.show(rgba ?? new Uint8ClampedArray(4 * 28 * 28));
      grid.describe(words.said.example(i, of));
      digit.value = of ?? "";
      digit.disabled = !rgba;
    });
  }

  /** @param {number} place */
  #add(place) {
    const canvas = element("canvas", { class: "picture", role: "img", id: `hand-seen-${place}` });
    const digit = element("select", { id: `hand-is-${place}`, "aria-label": words.isA },
      element("option", { value: "", hidden: true }, "–"), ...Array.from({ length: 10 }, (_, i) => element("option", { value: i }, String(i))));
    const remove = element("button", { type: "button", class: "hand-remove", "aria-label": words.remove }, "×");
    const item = element("li", {}, canvas, element("label", { class: "field" }, place === 0 ? words.onPad : words.kept, " ", digit));
    if (place > 0) item.append(remove);
    digit.addEventListener("change", () => this.#onName(place, digit.value));
    remove.addEventListener("click", () => this.#onRemove(place));
    this.element.append(item);
    return { item, grid: new PixelGrid(canvas), digit };
  }
}
