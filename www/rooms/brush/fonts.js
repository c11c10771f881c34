// @ts-check
import { words } from "../../words/rooms/brush.js";
import { element } from "../dom.js";
import { Paper } from "../hand/paper.js";
import { EM } from "../hand/trace.js";

/** @typedef {import("./types.js").Font} Font */
/** @typedef {import("./types.js").Glyph} Glyph */

/** How many fonts, and characters of each. */
const NEAREST = 3;
export const COMPARED = 6;

/**
 * Fonts by how far their style is from this one, the nearest first.
 * @param {Font[]} fonts
 * @param {Float32Array} mu
 */
export function nearest(fonts, mu) {
  const distances = fonts.map((font) => ({ font, distance: Math.hypot(...font.mean.map((value, d) => value - mu[d])) }));
  return distances.sort((a, b) => a.distance - b.distance).slice(0, NEAREST);
}

/** A person's characters above the same ones in the fonts that lie nearest to the hand, as the model writes these. */
export class Fonts {
  element = element("table", { id: "brush-fonts", class: "brush-fonts", hidden: true });
  #rows = Array.from({ length: NEAREST + 1 }, (_, i) => {
    const paper = new Paper(`brush-font-${i}`);
    const name = element("th", { scope: "row" });
    const said = element("td", {});
    this.element.append(element("tr", {}, name, element("td", {}, paper.element), said));
    return { paper, name, said };
  });

  /** @param {{ name: string, said: string, glyphs: Glyph[] }[]} rows  the person's first @param {string} characters */
  show(rows, characters) {
    this.element.hidden = false;
    rows.forEach(({ name, said, glyphs }, i) => {
      const row = this.#rows[i];
      row.name.textContent = name;
      row.said.textContent = said;
      row.paper.show({ width: EM * glyphs.length, height: EM, glyphs: glyphs.map(({ path }, j) => ({ path, x: j * EM, y: 0, size: EM })) },
        words.said.written(name, characters));
    });
  }
}
