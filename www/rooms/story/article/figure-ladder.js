// @ts-check
/** What rises and what falls with beta: measured on the test digits, and seen in the drawing. */

import { PixelGrid } from "../../../parts/pixel-grid.js";
import { pixelsOf } from "../../../picture.js";
import { fixed } from "../../../words/numbers.js";
import { words } from "../../../words/rooms/article.js";
import { element } from "../../dom.js";
import { svg } from "../marks.js";
import { measuredOf } from "./facts.js";

/** The models by their beta. @type {[number, string][]} */
const LADDER = [[0, "beta-0"], [0.1, "beta-0.1"], [0.5, "beta-0.5"], [1, "vae"], [4, "beta-4"], [10, "beta-10"]];
/** Size of a pair of bars, units, and the nats at its top. */
const BARS = { width: 80, height: 156, most: 170 };

const text = words.figures.ladder;

/** @param {import("./figure.js").Easel} easel */
export function open({ desk, studio, entries, place, explain }) {
  const pictures = LADDER.map(([beta]) => element("canvas", { class: "picture", role: "img", "aria-label": text.decoded(`β = ${beta}`) }));
  const grids = pictures.map((canvas) => new PixelGrid(canvas));
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", text.label);
  place.append(...LADDER.map(([beta, name], i) => {
    const { recon, kl } = measuredOf(entries.find((entry) => entry.name === name) ?? entries[0]);
    return element("div", { class: "article-rung", "data-model": name }, bars(recon, kl), pictures[i], element("p", {}, `β = ${beta}`));
  }));
  explain(text.caption(entries.find(({ name }) => name === "vae")?.metrics?.images ?? NaN));
  return async () => {
    const { reading, tints } = desk;
    if (!reading || reading.isEmpty) return;
    const pixels = pixelsOf(reading.seen);
    await Promise.all(LADDER.map(async ([, model], i) => {
      await studio.model(model);
      grids[i].show((await studio.read({ model, pixels, colour: tints.xHat })).picture);
    }));
  };
}

/** @param {number} recon @param {number} kl */
function bars(recon, kl) {
  const { width, height, most } = BARS;
  const bottom = height - 22;
  const bar = (/** @type {string} */ name, /** @type {string} */ colour, /** @type {number} */ nats, /** @type {number} */ x) => {
    const high = (bottom - 20) * (nats / most);
    return [
      svg("rect", { class: colour, x, y: bottom - high, width: 30, height: high }),
      svg("text", { x: x + 15, y: bottom - high - 4, "text-anchor": "middle" }, fixed(nats, 0)),
      svg("text", { x: x + 15, y: height - 4, "text-anchor": "middle" }, name),
    ];
  };
  return svg("svg", { class: "article-bars", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${text.recon} ${fixed(recon, 1)}, ${text.kl} ${fixed(kl, 1)}` }, ...bar(text.recon, "x-hat", recon, 6), ...bar(text.kl, "kl", kl, 44));
}
