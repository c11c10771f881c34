// @ts-check
/** Scene 4: what KL costs, dimension by dimension, and what is left of it as beta rises: one network, trained with each. */

import { PixelGrid } from "../../parts/pixel-grid.js";
import { pixelsOf } from "../../picture.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { svg } from "./marks.js";
import { Plot, widthFor } from "./plot.js";

/** @typedef {import("./types.js").Read} Read */

/** The models by their beta, as models/index.json names them. @type {[number, string][]} */
const LADDER = [[0, "beta-0"], [0.1, "beta-0.1"], [0.5, "beta-0.5"], [1, "vae"], [4, "beta-4"], [10, "beta-10"]];
/** Where the slider stands at first: beta = 1. */
const FIRST = 3;

/** Sides of the curves, and the points that they are drawn through. */
const MU = { from: -4.9, to: 4.9 };
const LOG_SIGMA = { from: -8, to: 1 };
const MOST = { mu: 12, sigma: 8 };
const POINTS = 121;

/** Bars end at least here, and with larger ones at the next of these. nats */
const ENDS = [2, 4, 8, 16, 32, 64];

const text = words.scenes.price;
const at = (/** @type {number[]} */ values, /** @type {(value: number) => string} */ say = String) =>
  values.map((value) => ({ at: value, text: say(value).replace("-", "\u2212") }));

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open({ desk, studio, figure, own, set, tell, lit, fail }) {
  const slider = element("input", { type: "range", id: "story-beta", min: 0, max: LADDER.length - 1, step: 1 });
  const shown = element("output", { for: "story-beta", class: "story-beta-now", "data-symbol": "beta" });
  const costMu = new Plot({
    width: 320, height: 170, label: text.curveMu,
    across: { ...MU, ticks: at([-4, -2, 0, 2, 4]) }, down: { from: 0, to: MOST.mu, ticks: at([0, 4, 8, 12]) },
  });
  const costSigma = new Plot({
    width: 320, height: 170, label: text.curveSigma,
    across: { ...LOG_SIGMA, ticks: at([-6.908, -4.605, -2.303, 0], (log) => String(Math.round(Math.exp(log) * 1000) / 1000)) },
    down: { from: 0, to: MOST.sigma, ticks: at([0, 2, 4, 6, 8]) },
  });
  const wide = widthFor(480);
  const bars = svg("svg", { class: "story-plot", viewBox: `0 0 ${wide} 190`, width: wide, height: 190, role: "img", id: "story-kl-bars" });
  const canvas = element("canvas", { class: "picture", role: "img", "aria-label": text.decoded });
  const picture = new PixelGrid(canvas);
  const total = element("p", { id: "story-total", "data-symbol": "recon kl" });
  const active = element("p", { class: "note", id: "story-active" });
  figure.append(
    element("div", { class: "story-slider" }, element("label", { for: "story-beta" }, text.betaLabel), slider, shown, active),
    element("div", {}, element("h3", { "data-symbol": "mu" }, text.costOfMu), costMu.element),
    element("div", {}, element("h3", { "data-symbol": "sigma" }, text.costOfSigma), costSigma.element),
    element("div", {}, element("h3", { "data-symbol": "kl" }, text.barsTitle), bars),
    element("div", { class: "story-decoded" }, canvas, element("p", { class: "note" }, text.decoded), total),
  );

  /** @type {Promise<[Float32Array, Float32Array]> | undefined} both curves: the model's own answers, once */
  let curves;

  const index = () => {
    const found = LADDER.findIndex(([beta]) => String(beta) === own("beta"));
    return found < 0 ? FIRST : found;
  };
  const choose = (/** @type {boolean} */ isPassing) => {
    const chosen = Number(slider.value);
    set({ beta: chosen === FIRST ? undefined : String(LADDER[chosen][0]) }, isPassing);
  };
  slider.addEventListener("input", () => choose(true));
  slider.addEventListener("change", () => choose(false));

  async function read() {
    const { reading, tints } = desk;
    const [beta, name] = LADDER[index()];
    const entry = await studio.model(name);
    const { active_units: units = 0 } = entry.metrics?.test ?? {};
    active.textContent = text.active(units, entry.latent);
    curves ??= Promise.all([
      studio.costs({ model: name, mu: even(MU), logVar: new Float32Array(POINTS) }),
      studio.costs({ model: name, mu: new Float32Array(POINTS), logVar: even(LOG_SIGMA).map((log) => 2 * log) }),
    ]);
    const [ofMu, ofSigma] = await curves;
    if (!reading || reading.isEmpty) {
      total.textContent = words.empty;
      show(undefined, ofMu, ofSigma, new Float32Array(), new Float32Array());
      tell({ kl: "", mu: "", sigma: "", recon: "", beta: String(beta) });
      return;
    }
    const found = await studio.read({ model: name, pixels: pixelsOf(reading.seen), colour: tints.xHat });
    const none = new Float32Array(found.mu.length);
    const [forMu, forSigma] = await Promise.all([
      studio.costs({ model: name, mu: found.mu, logVar: none }),
      studio.costs({ model: name, mu: none, logVar: found.logVar }),
    ]);
    show(found, ofMu, ofSigma, forMu, forSigma);
    const kl = sum(found.kl);
    total.textContent = text.total(found.recon, kl);
    total.dataset.kl = String(kl);
    picture.show(found.picture);
    tell({ kl: words.nats(kl), mu: words.nats(sum(forMu)), sigma: words.nats(sum(forSigma)), recon: words.nats(found.recon), beta: String(beta) });
    lit();
  }

  /**
   * @param {Read | undefined} found
   * @param {Float32Array} ofMu  the curves
   * @param {Float32Array} ofSigma
   * @param {Float32Array} forMu  of each dimension
   * @param {Float32Array} forSigma
   */
  function show(found, ofMu, ofSigma, forMu, forSigma) {
    const dots = (/** @type {Plot} */ plot, /** @type {string} */ name, /** @type {ArrayLike<number>} */ xs, /** @type {ArrayLike<number>} */ ys) =>
      Array.from(xs, (x, d) => svg("circle", { class: `dot ${name}`, "data-symbol": name, cx: plot.x(x), cy: plot.y(ys[d]), r: 4 }));
    const least = (/** @type {Plot} */ plot) => [
      svg("circle", { class: "least", cx: plot.x(0), cy: plot.y(0), r: 6 }),
      svg("text", { x: plot.x(0), y: plot.y(0) - 12, "text-anchor": "middle" }, text.minimum),
    ];
    costMu.ground.replaceChildren(
      svg("path", { class: "line mu", "data-symbol": "mu", d: costMu.path(even(MU), ofMu) }), ...least(costMu), ...(found ? dots(costMu, "mu", found.mu, forMu) : []));
    costSigma.ground.replaceChildren(
      svg("path", { class: "line sigma", "data-symbol": "sigma", d: costSigma.path(even(LOG_SIGMA), ofSigma) }), ...least(costSigma),
      ...(found ? dots(costSigma, "sigma", found.sigma.map(Math.log), forSigma) : []));
    showBars(found?.kl ?? new Float32Array(), forMu, forSigma);
  }

  /** A bar for each dimension: what it pays for its place, and on that what it pays for its width. @param {Float32Array} kl @param {Float32Array} forMu @param {Float32Array} forSigma */
  function showBars(kl, forMu, forSigma) {
    const end = ENDS.find((each) => each >= Math.max(...kl, 0)) ?? Math.max(...kl);
    const [left, bottom, high, step] = [28, 170, 156, (wide - 32) / Math.max(kl.length, 1)];
    const [gap, width] = [step / 7, (step * 5) / 7];
    const y = (/** @type {number} */ nats) => bottom - (high * nats) / end;
    bars.setAttribute("aria-label", text.bars(sum(kl)));
    bars.replaceChildren(
      svg("g", { class: "axes" }, ...[0, 0.5, 1].flatMap((part) => [
        svg("path", { class: part ? "rule" : "", d: `M${left} ${y(part * end)}H${wide - 4}` }),
        svg("text", { x: left - 6, y: y(part * end) + 4, "text-anchor": "end" }, String(part * end)),
      ])),
      ...Array.from(kl, (nats, d) => svg("g", { class: "story-bar", "data-symbol": "kl", "data-nats": nats },
        svg("rect", { class: "mu", "data-symbol": "mu", x: left + gap + d * step, y: y(forMu[d]), width, height: bottom - y(forMu[d]) }),
        svg("rect", { class: "sigma", "data-symbol": "sigma", x: left + gap + d * step, y: y(forMu[d] + forSigma[d]), width, height: y(forMu[d]) - y(forMu[d] + forSigma[d]) }),
        svg("title", {}, words.nats(nats, 3)),
        svg("text", { x: left + d * step + step / 2, y: 186, "text-anchor": "middle" }, String(d + 1)))),
    );
  }

  return {
    show() {
      slider.value = String(index());
      const [beta] = LADDER[index()];
      shown.textContent = `β = ${beta}`;
      slider.ariaValueText = `β = ${beta}`;
      desk.counted(studio.newest("price", read)).catch(fail);
    },
  };
}

/** @param {{ from: number, to: number }} span */
const even = ({ from, to }) => Float32Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / (POINTS - 1));

/** @param {Float32Array} values */
const sum = (values) => values.reduce((total, value) => total + value, 0);
