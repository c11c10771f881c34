// @ts-check
/** How wide the clouds are: without KL, with it, and with ten times as much. */

import { P } from "../../../picture.js";
import { words } from "../../../words/rooms/article.js";
import { fetchDigits } from "../../digits.js";
import { element } from "../../dom.js";
import { svg } from "../marks.js";
import { Plot } from "../plot.js";

const MODELS = /** @type {const} */ ([["beta-0", "β = 0"], ["vae", "β = 1"], ["beta-10", "β = 10"]]);
const DIGITS = 500;
/** The histograms' axis, log10 of sigma. */
const BINS = 60;
const SPAN = { from: -5.5, to: 0.5 };
const DECADES = ["10⁻⁵", "10⁻⁴", "10⁻³", "10⁻²", "0.1", "1"];

const text = words.figures.widths;

/** @param {import("./figure.js").Easel} easel */
export function open({ studio, place, explain }) {
  return async () => {
    const { pixels } = await fetchDigits("mnist-test.bin");
    const some = pixels.slice(0, DIGITS * P);
    await Promise.all(MODELS.map(([model]) => studio.model(model)));
    const found = await Promise.all(MODELS.map(([model]) => studio.sigmas({ model, pixels: some, bins: BINS, ...SPAN })));
    place.replaceChildren(...found.map(({ mean, counts }, i) => element("div", {},
      element("p", { class: "article-name" }, MODELS[i][1], " ", element("span", { class: "note" }, text.mean(mean))), histogram(counts, text.label(MODELS[i][1], mean)))));
    explain(text.caption(DIGITS, found[1].mean / found[0].mean));
  };
}

/** @param {Uint32Array} counts @param {string} label */
function histogram(counts, label) {
  const plot = new Plot({
    width: 320, height: 130, label,
    across: { ...SPAN, ticks: DECADES.map((decade, i) => ({ at: i - 5, text: decade })) },
    down: { from: 0, to: 1, ticks: [] },
  });
  const most = Math.max(...counts);
  const wide = (SPAN.to - SPAN.from) / BINS;
  plot.ground.append(...Array.from(counts, (count, bin) => {
    const [x, y] = [plot.x(SPAN.from + bin * wide), plot.y(count / most)];
    return svg("rect", { class: "column", x: x + 0.5, y, width: plot.x(SPAN.from + wide) - plot.x(SPAN.from) - 1, height: plot.y(0) - y });
  }));
  return plot.element;
}
