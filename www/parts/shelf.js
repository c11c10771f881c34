// @ts-check
import { pathOf } from "../examples.js";

/** @typedef {import("../types.js").Drawing} Drawing */

const SVG = "http://www.w3.org/2000/svg";

/** A row of small drawings to start from. */
export class Shelf {
  /**
   * @param {HTMLElement} element
   * @param {readonly Drawing[]} drawings
   * @param {object} callbacks
   * @param {(drawing: Drawing) => void} callbacks.onPick
   * @param {(i: number) => string} callbacks.nameOf
   */
  constructor(element, drawings, { onPick, nameOf }) {
    element.replaceChildren(...drawings.map((drawing, i) => {
      const button = document.createElement("button");
      button.type = "button";
      button.setAttribute("aria-label", nameOf(i));
      button.addEventListener("click", () => onPick(drawing));
      const svg = button.appendChild(document.createElementNS(SVG, "svg"));
      svg.setAttribute("viewBox", "0 0 28 28");
      svg.setAttribute("aria-hidden", "true");
      svg.appendChild(document.createElementNS(SVG, "path")).setAttribute("d", pathOf(drawing, 28));
      return button;
    }));
  }
}
