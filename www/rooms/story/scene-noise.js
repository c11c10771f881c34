// @ts-check
/** Scene 2: the reparameterisation. z = mu + sigma eps in numbers, and beneath them the gradients that come back. */

import { seedFrom } from "../../address.js";
import { PixelGrid } from "../../parts/pixel-grid.js";
import { pixelsOf } from "../../picture.js";
import { fixed } from "../../words/numbers.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { cloudMarks, lens } from "./cloud.js";
import { svg } from "./marks.js";

/** @typedef {import("./types.js").Gradients} Gradients */
/** @typedef {import("./types.js").Read} Read */

const MODEL = "map2";
const SIDE = 260;
/** px of the plane that the lens magnifies: those of scene 1. */
const UNIT = 60;
/** The largest gradient is an arrow of this length on the lens, px. */
const LONGEST = 90;
/** The arrow of the largest gradient is so thick, px; none is thinner than the other. */
const THICK = 14;
const THIN = 1.5;

const text = words.scenes.noise;
const COLUMNS = /** @type {const} */ (["z", "mu", "sigma", "eps"]);
const SIGNS = { z: ["z", "="], mu: ["μ", "+"], sigma: ["σ", "×"], eps: ["ε", ""] };

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open({ desk, studio, figure, own, set, tell, lit, fail }) {
  const glass = lens({ side: SIDE, label: text.cloud });
  const decoded = element("canvas", { class: "picture", id: "story-decoded", role: "img", "aria-label": text.decoded });
  const picture = new PixelGrid(decoded);
  const lost = element("output", { id: "story-lost" });
  const again = element("button", { type: "button", id: "story-eps" }, text.another);
  const hold = element("input", { type: "checkbox", role: "switch", id: "story-hold" });
  const forward = Object.fromEntries(COLUMNS.map((name) => [name, [0, 1].map(() => element("td", { class: name, "data-symbol": name }))]));
  const back = Object.fromEntries(COLUMNS.map((name) => [name, [0, 1].map(() => element("td", { "data-symbol": name === "eps" ? "eps" : "gradient" }))]));
  const arrows = Object.fromEntries(COLUMNS.map((name) => [name, element("td", { class: "arrow-back", "data-symbol": name === "eps" ? "eps" : "gradient" })]));
  const head = (/** @type {typeof COLUMNS[number]} */ name) => {
    const [sign, joined] = SIGNS[name];
    return element("th", { scope: "col", "data-symbol": name }, element("i", { class: `symbol ${name}` }, sign), joined && element("span", { class: "joined" }, joined));
  };
  const line = (/** @type {string} */ title, /** @type {HTMLElement[]} */ cells) => element("tr", {}, element("th", { scope: "row" }, title), ...cells);
  figure.append(
    element("div", { class: "story-noise-plane" }, glass.element,
      element("div", { class: "buttons" }, again, element("label", { class: "switch" }, hold, element("span", {}, text.hold)))),
    element("table", { class: "story-chain" },
      element("thead", {}, element("tr", {}, element("td"), ...COLUMNS.map(head))),
      element("tbody", {}, ...[0, 1].map((d) => line(text.dimension(d + 1), COLUMNS.map((name) => forward[name][d]))),
        line(text.back, COLUMNS.map((name) => arrows[name])),
        ...[0, 1].map((d) => line(text.dimension(d + 1), COLUMNS.map((name) => back[name][d]))))),
    element("div", { class: "story-decoded" }, decoded, element("p", { class: "note" }, text.decoded),
      element("p", { "data-symbol": "gradient" }, element("span", { class: "x-hat" }, "D"), " ", lost)),
  );

  /** Which noise is shown; while it is not held, each drawing has the next. */
  const seed = () => seedFrom(own("eps") ?? null) ?? 1;
  const isHeld = () => own("hold") !== "off";
  let rolled = 0;
  let seen = "";

  again.addEventListener("click", () => set({ eps: String((seed() + 1) >>> 0) }));
  hold.addEventListener("change", () => set({ hold: hold.checked ? undefined : "off" }));

  async function read() {
    const { reading, tints } = desk;
    if (!reading || reading.isEmpty) {
      clear();
      return;
    }
    const pixels = pixelsOf(reading.seen);
    await studio.model(MODEL);
    const now = pixels.join();
    if (!isHeld() && seen !== now) rolled += 1;
    seen = now;
    const eps = await studio.eps((seed() + (isHeld() ? 0 : rolled)) >>> 0, 2);
    const [found, gradients] = await Promise.all([
      studio.read({ model: MODEL, pixels, eps, colour: tints.xHat }),
      studio.gradients({ model: MODEL, pixels, eps }),
    ]);
    show(found, eps, gradients);
  }

  function clear() {
    glass.marks.replaceChildren();
    picture.show(new Uint8ClampedArray(4 * 784));
    for (const cells of [...Object.values(forward), ...Object.values(back)]) cells.forEach((cell) => { cell.textContent = "–"; });
    for (const cell of Object.values(arrows)) cell.replaceChildren();
    lost.textContent = words.empty;
    tell({ z: "", mu: "", sigma: "", eps: "", gradient: "" });
  }

  /** @param {Read} found @param {Float32Array} eps @param {Gradients} gradients */
  function show({ mu, sigma, z, recon, picture: rgba }, eps, { dMu, dSigma }) {
    const values = { z, mu, sigma, eps };
    /** @type {Record<typeof COLUMNS[number], Float32Array | undefined>} */
    const slopes = { z: dMu, mu: dMu, sigma: dSigma, eps: undefined };
    const sizes = Object.values(slopes).map((slope) => (slope ? Math.hypot(...slope) : 0));
    COLUMNS.forEach((name, i) => {
      for (const d of [0, 1]) {
        forward[name][d].textContent = fixed(values[name][d], 3);
        back[name][d].textContent = slopes[name] ? fixed(slopes[name][d]) : d === 0 ? text.none : "";
      }
      arrows[name].replaceChildren(arrow(sizes[i], Math.max(...sizes)));
      arrows[name].dataset.size = String(sizes[i]);
    });
    showCloud({ mu, sigma, z }, dMu);
    picture.show(rgba);
    lost.textContent = words.nats(recon);
    tell({ z: words.pair(z), mu: words.pair(mu), sigma: words.pair(sigma), eps: words.pair(eps), gradient: `${fixed(sizes[0])} · ${fixed(sizes[2])}` });
    lit();
  }

  /** @param {{ mu: Float32Array, sigma: Float32Array, z: Float32Array }} posterior @param {Float32Array} dZ */
  function showCloud(posterior, dZ) {
    const { place } = glass.place(posterior, UNIT);
    const [from, to] = [place(posterior.mu), place(posterior.z)];
    const size = Math.hypot(...dZ) || 1;
    const long = LONGEST * Math.min(1, Math.log1p(size) / Math.log1p(200)); // steep where it is far off
    // Downhill, against the gradient; the screen counts downwards.
    const tip = [to[0] - (dZ[0] / size) * long, to[1] + (dZ[1] / size) * long];
    glass.marks.replaceChildren(
      ...cloudMarks(posterior, place).slice(0, 3),
      svg("path", { class: "noise", "data-symbol": "eps", d: `M${from}L${to}` }),
      svg("path", { class: "wish", "data-symbol": "gradient", d: `M${to}L${tip}${headOf(to, tip)}` }),
      svg("circle", { class: "at-z", "data-symbol": "z", cx: to[0], cy: to[1], r: 5 }),
    );
  }

  return {
    show() {
      hold.checked = isHeld();
      desk.counted(studio.newest("noise", read)).catch(fail);
    },
  };
}

/**
 * An arrow back to where a value came from, as thick as its gradient is large; where there is none, a stop.
 * @param {number} size
 * @param {number} largest
 */
function arrow(size, largest) {
  const thick = size ? Math.max(THIN, (THICK * size) / largest) : 0;
  const head = thick / 2 + 5;
  const mark = size
    ? svg("path", { class: "wish-back", d: `M32 44V${head + 4}`, "stroke-width": thick })
    : svg("path", { class: "stop", d: "M22 24h20M32 44V24" });
  const tip = size ? [svg("path", { class: "wish-tip", d: `M${32 - head} ${head + 5}L32 3L${32 + head} ${head + 5}Z` })] : [];
  return svg("svg", { viewBox: "0 0 64 46", width: 64, height: 46, "aria-hidden": "true" }, mark, ...tip);
}

/**
 * The two strokes of an arrow's head.
 * @param {number[]} from
 * @param {number[]} to
 */
function headOf([x, y], [toX, toY]) {
  const turn = Math.atan2(toY - y, toX - x);
  const at = (/** @type {number} */ by) => [toX - 8 * Math.cos(turn + by), toY - 8 * Math.sin(turn + by)].map((value) => value.toFixed(1));
  return `M${at(0.45)}L${toX} ${toY}L${at(-0.45)}`;
}
