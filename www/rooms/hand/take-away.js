// @ts-check
import { paletteAt } from "../../palette.js";
import { words } from "../../words/rooms/hand.js";
import { element } from "../dom.js";
import { download } from "../download.js";
import { canvasOf, svgFile } from "./paper.js";

/** @typedef {import("./paper.js").Layout} Layout */

/** Across a picture, in px: sharp on a page of paper. */
const PNG_WIDTH = 2400;

/**
 * Two buttons that save what is written: as pixels and as outlines, in the ink of light paper.
 * @param {string} name  of the files, and of the buttons' ids
 * @param {() => Layout} layoutOf
 */
export function takeAway(name, layoutOf) {
  const png = element("button", { type: "button", id: `${name}-png` }, "PNG");
  const svg = element("button", { type: "button", id: `${name}-svg` }, "SVG");
  const said = element("span", { class: "unseen", role: "status" });
  png.ariaLabel = words.savePng;
  svg.ariaLabel = words.saveSvg;
  png.addEventListener("click", () => {
    const { ink, sheet } = paletteAt(document.body);
    canvasOf(layoutOf(), { width: PNG_WIDTH, ink, ground: sheet }).toBlob((blob) => {
      if (blob) said.textContent = words.saved(download(blob, `${name}.png`));
    });
  });
  svg.addEventListener("click", () => {
    const file = new Blob([svgFile(layoutOf(), paletteAt(document.body).ink)], { type: "image/svg+xml" });
    said.textContent = words.saved(download(file, `${name}.svg`));
  });
  return element("span", { class: "buttons take-away" }, element("span", { class: "muted" }, words.save), png, svg, said);
}
