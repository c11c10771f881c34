// @ts-check
import { GRID } from "../../drawing.js";
import { Pad } from "../../parts/pad.js";
import { words } from "../../words/rooms/brush.js";
import { element } from "../dom.js";
import { svg } from "../hand/svg.js";

/** @typedef {import("../../types.js").Stroke} Stroke */

/** Units along the side of the grid. */
const SIDE = 100;

/** A pad on the grid that children learn to write in (田字格), with the character's strokes faint beneath it. */
export class GridPad {
  element;
  #pad;
  #guide = svg("g", { class: "guide" });

  /** @param {{ onInk: (strokes: Stroke[]) => void, onEnd: (strokes: Stroke[]) => void }} listeners */
  constructor({ onInk, onEnd }) {
    const canvas = element("canvas", { id: "brush-pad", role: "img", tabindex: 0, "aria-describedby": "brush-pad-keys" });
    const pen = element("p", { class: "unseen", role: "status" });
    this.element = element("div", { class: "brush-grid" },
      svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" },
        svg("path", { class: "cross", d: `M0 ${SIDE / 2}H${SIDE}M${SIDE / 2} 0V${SIDE}` }), this.#guide),
      canvas, element("p", { id: "brush-pad-keys", class: "unseen" }, words.padKeys), pen);
    this.#pad = new Pad(canvas, {
      hint: "",
      onBegin: () => {},
      onInk: (strokes) => onInk(strokes),
      onEnd,
      onPen: (isDown, x, y) => { pen.textContent = words.said.pen(isDown, x, y); },
    });
  }

  /** @param {string} of @param {number[][]} guide  strokes, 0…1 @param {Stroke[]} strokes @param {number} penWidth  part of the side */
  show(of, guide, strokes, penWidth) {
    this.#pad.penWidth = penWidth;
    this.#pad.show({ strokes });
    this.#pad.describe(words.said.pad(of, strokes.length, guide.length));
    this.#guide.replaceChildren(...guide.map((points, i) => {
      const at = points.map((value) => (value * SIDE).toFixed(1));
      const state = i < strokes.length ? "is-done" : i === strokes.length ? "is-next" : "";
      return svg("g", { class: state }, svg("polyline", { points: at.join(" ") }), svg("circle", { cx: at[0], cy: at[1], r: 1.6 }));
    }));
  }

  repaint() {
    this.#pad.repaint();
  }
}

/** Strokes as a small picture. @param {Stroke[]} strokes @param {number} penWidth */
export const miniature = (strokes, penWidth) => svg("svg", { viewBox: `0 0 ${GRID} ${GRID}`, "aria-hidden": "true", "stroke-width": penWidth * GRID },
  ...strokes.map((stroke) => svg("polyline", { points: stroke.length > 2 ? stroke.join(" ") : [...stroke, ...stroke].join(" ") })));
