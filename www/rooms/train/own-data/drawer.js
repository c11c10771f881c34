// @ts-check
/** A pad for images that a person draws one after the other, and those drawn so far. */

import { Pad } from "../../../parts/pad.js";
import { PixelGrid } from "../../../parts/pixel-grid.js";
import { inked, P } from "../../../picture.js";
import { words } from "../../../words/rooms/train-data.js";
import { element } from "../../dom.js";

/** @typedef {import("../../../types.js").Desk} Desk */
/** @typedef {import("../../../types.js").Stroke} Stroke */
/** @typedef {{ pixels: Uint8Array, label: string | undefined }} Drawing */

export class Drawer {
  #desk;
  #onChange;
  #drawings;
  #canvas = element("canvas", { id: "own-pad", class: "picture", role: "img", tabindex: 0, "aria-label": words.pad });
  #pad;
  /** @type {Stroke[]} */
  #strokes = [];
  #label = element("input", { id: "own-label", type: "text", maxlength: 24, autocomplete: "off" });
  #next = element("button", { type: "button", id: "own-next" }, words.next);
  #clear = element("button", { type: "button", id: "own-clear" }, words.clear);
  #said = element("p", { class: "about", id: "own-drawn-count", role: "status" });
  #list = element("div", { class: "drawn", id: "own-drawn" });

  /**
   * @param {Desk} desk
   * @param {Drawing[]} drawings  which it adds to, and takes from
   * @param {() => void} onChange
   */
  constructor(desk, drawings, onChange) {
    this.#desk = desk;
    this.#drawings = drawings;
    this.#onChange = onChange;
    this.element = element("section", { class: "drawer" }, element("h3", {}, words.drawn), element("p", { class: "about" }, words.drawAbout),
      element("div", { class: "hand" }, this.#canvas,
        element("div", { class: "beside" },
          element("label", { class: "field" }, words.label, " ", this.#label),
          element("div", { class: "buttons" }, this.#next, this.#clear), this.#said, this.#list)));
    this.#pad = new Pad(this.#canvas, {
      hint: words.hint,
      onBegin: () => {},
      onInk: () => {},
      onEnd: (strokes) => { this.#strokes = strokes; },
      onPen: () => {},
    });
    this.#next.addEventListener("click", () => void this.#take());
    this.#clear.addEventListener("click", () => this.#wipe());
    this.#label.addEventListener("keydown", ({ key }) => key === "Enter" && void this.#take());
    this.show();
  }

  focus() {
    this.element.scrollIntoView({ block: "nearest" });
    this.#canvas.focus({ preventScroll: true });
  }

  show() {
    this.#said.textContent = words.drawnCount(this.#drawings.length);
    this.#list.replaceChildren(...this.#drawings.map((drawing, i) => {
      const canvas = element("canvas", { class: "picture", role: "img", "aria-label": words.takeOut(i, drawing.label) });
      new PixelGrid(canvas).show(inked(drawing.pixels, this.#desk.tints.ink));
      const button = element("button", { type: "button", class: "tile" }, canvas);
      button.addEventListener("click", () => {
        this.#drawings.splice(this.#drawings.indexOf(drawing), 1);
        this.show();
        this.#onChange();
      });
      return button;
    }));
  }

  /** What is on the pad is an image now, as the network sees it. */
  async #take() {
    const strokes = this.#strokes;
    if (!strokes.length) {
      this.#said.textContent = words.noInk;
      return;
    }
    this.#wipe();
    try {
      const { seen } = await this.#desk.counted(this.#desk.client.posterior({ strokes, isNormalised: true }));
      if (seen.length !== P) throw new Error(words.noInk);
      this.#drawings.push({ pixels: seen, label: this.#label.value.trim() || undefined });
      this.show();
      this.#list.lastElementChild?.scrollIntoView({ block: "nearest" });
      this.#onChange();
    } catch (error) {
      this.#desk.fail(error);
    }
  }

  #wipe() {
    this.#strokes = [];
    this.#pad.show({ strokes: [] });
  }
}
