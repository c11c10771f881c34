// @ts-check
/** Scene 5: the aggregate posterior. All test digits' clouds as one mixture, against N(0, I). */

import { asNumber, paletteAt } from "../../palette.js";
import { Sheet } from "../../parts/sheet.js";
import { tinted } from "../../picture.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { contour } from "./contours.js";
import { svg } from "./marks.js";

/** @typedef {import("./types.js").Mixture} Mixture */
/** @typedef {keyof typeof words.scenes.aggregate.names} Name */

const NAMES = /** @type {Name[]} */ (["ae", "vae", "map2"]);
/** Grid points along a side, and as many px of the screen for each. */
const POINTS = 104;
const SIDE = 4 * POINTS;
/** A narrower cloud is drawn as wide as this; autoencoders' have no width at all. */
const LEAST = 0.1;
/** Each of the small curves: its size, px. */
const SMALL = { width: 104, height: 54 };

const text = words.scenes.aggregate;

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open({ desk, studio, figure, own, set, tell, lit, fail }) {
  const radios = NAMES.map((name) => element("input", { type: "radio", name: "story-of", value: name, id: `story-of-${name}` }));
  const canvas = element("canvas", { class: "story-plane", id: "story-mixture", role: "img", "aria-label": text.planeTitle });
  const circles = svg("svg", { class: "story-marks", viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  const marginals = element("div", { class: "story-marginals", role: "img", "data-symbol": "mixture" });
  const distance = element("b", { id: "story-distance" }, "–");
  const each = element("b", { id: "story-each" }, "–");
  const widths = element("p", { class: "note", id: "story-widths", "data-symbol": "moments" });
  const points = element("p", { class: "note" });
  const progress = element("p", { class: "note", id: "story-encoded", role: "status" });
  figure.append(
    element("fieldset", { class: "story-choice" }, element("legend", { class: "unseen" }, text.models),
      ...radios.map((radio, i) => element("label", {}, radio, " ", text.names[NAMES[i]])), progress),
    element("div", {}, element("h3", {}, text.planeTitle), element("div", { class: "story-stack" }, canvas, circles)),
    element("div", { class: "story-mixture-numbers" },
      element("p", { class: "story-number", "data-symbol": "distance" }, text.distance, " ", distance),
      element("p", {}, text.each, " ", each), widths,
      element("h3", {}, text.marginalsTitle), marginals, points),
  );

  const sheet = new Sheet(canvas, paint);
  /** @type {Map<Name, Promise<{ mixture: Mixture, kl: number, digits: number } | undefined>>} of each model, once */
  const mixtures = new Map();
  /** @type {{ name: Name, mixture: Mixture, kl: number, digits: number } | undefined} the one that is shown */
  let shown;

  const chosen = () => NAMES.find((name) => name === own("of")) ?? "ae";
  for (const radio of radios) radio.addEventListener("change", () => set({ of: radio.value === "ae" ? undefined : radio.value }));

  /** @param {Name} name */
  async function mix(name) {
    await studio.model(name);
    let [kl, digits] = [0, 0];
    const isWhole = await studio.cloud(name, {
      isWanted: () => chosen() === name,
      onPart: (part, done, all) => {
        kl += part.kl;
        digits = done;
        if (chosen() === name) progress.textContent = done < all ? words.progress(done, all) : "";
      },
    });
    if (!isWhole) return undefined;
    return { mixture: await studio.mixture({ model: name, plane: [0, 1], points: POINTS, least: LEAST }), kl: kl / digits, digits };
  }

  async function show() {
    const name = chosen();
    radios.forEach((radio) => { radio.checked = radio.value === name; });
    if (shown?.name === name) {
      paint();
      return;
    }
    const made = mixtures.get(name) ?? mix(name);
    mixtures.set(name, made);
    try {
      const found = await made;
      if (!found) mixtures.delete(name);
      if (!found || chosen() !== name) return;
      shown = { name, ...found };
      showNumbers();
    } catch (error) {
      mixtures.delete(name);
      fail(error);
    }
  }

  function showNumbers() {
    if (!shown) return;
    const { mixture: { at, kl, deviations, marginals: densities }, name, kl: ofEach, digits } = shown;
    const [least, most] = [Math.min(...deviations), Math.max(...deviations)];
    distance.textContent = words.nats(kl);
    distance.dataset.value = String(kl);
    each.textContent = words.nats(ofEach);
    each.dataset.value = String(ofEach);
    widths.textContent = text.widths(least, most);
    points.textContent = name === "ae" ? text.points : "";
    canvas.setAttribute("aria-label", text.plane(kl));
    canvas.dataset.of = name;
    marginals.setAttribute("aria-label", text.marginals(densities.length));
    marginals.replaceChildren(...densities.map((density) => small(at, density)));
    const unit = SIDE / (2 * reachOf(at));
    circles.replaceChildren(...[3, 2, 1].map((r) => svg("circle", { class: "prior-ring", cx: SIDE / 2, cy: SIDE / 2, r: r * unit })));
    tell({ distance: words.nats(kl), mixture: text.clouds(digits), moments: `${words.pair([least], 2)} – ${words.pair([most], 2)}` });
    paint();
    lit();
  }

  /** Density as colour, and its lines. */
  function paint() {
    sheet.wipe();
    if (!shown) return;
    const { ctx, width } = sheet;
    const { density, levels } = shown.mixture;
    const { z, ink } = paletteAt(canvas);
    const most = density.reduce((a, b) => Math.max(a, b), 0);
    const ground = new OffscreenCanvas(POINTS, POINTS);
    const upwards = (/** @type {number} */ i) => (POINTS - 1 - Math.floor(i / POINTS)) * POINTS + (i % POINTS);
    const rgba = tinted(POINTS * POINTS, asNumber(z), (i) => 190 * Math.sqrt(density[upwards(i)] / most));
    /** @type {OffscreenCanvasRenderingContext2D} */ (ground.getContext("2d")).putImageData(new ImageData(rgba, POINTS, POINTS), 0, 0);
    ctx.drawImage(ground, 0, 0, width, width);
    Object.assign(ctx, { strokeStyle: ink, lineWidth: 1 });
    const cell = width / POINTS;
    for (const level of levels) {
      const pieces = contour(density, POINTS, level);
      ctx.beginPath();
      for (let i = 0; i < pieces.length; i += 4) {
        ctx.moveTo((pieces[i] + 0.5) * cell, width - (pieces[i + 1] + 0.5) * cell);
        ctx.lineTo((pieces[i + 2] + 0.5) * cell, width - (pieces[i + 3] + 0.5) * cell);
      }
      ctx.stroke();
    }
  }

  return { show: () => void desk.counted(show()) };
}

/** Where an axis of these cells' middles ends. @param {Float32Array} at */
const reachOf = (at) => at[at.length - 1] * (at.length / (at.length - 1));

/**
 * One dimension's density over that of N(0, 1), both as high as the higher needs.
 * @param {Float32Array} at
 * @param {Float32Array} density
 */
function small(at, density) {
  const { width, height } = SMALL;
  const normal = Array.from(at, (z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI));
  const top = Math.max(...density, 0.4);
  const path = (/** @type {ArrayLike<number>} */ values) =>
    Array.from(values, (value, i) => `${i ? "L" : "M"}${((i / (values.length - 1)) * width).toFixed(1)} ${(height - 1 - (value / top) * (height - 4)).toFixed(1)}`).join("");
  return svg("svg", { class: "story-plot", viewBox: `0 0 ${width} ${height}`, width, height, "aria-hidden": "true" },
    svg("path", { class: "line standard", d: path(normal) }), svg("path", { class: "line mixture", d: path(density) }));
}
