// @ts-check
/** Scene 1: every image has a Gaussian of its own. The plane of a two-dimensional model, everyone's cloud faint, yours in colour. */

import { paletteAt } from "../../palette.js";
import { Sheet } from "../../parts/sheet.js";
import { pixelsOf } from "../../picture.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { cloudMarks, lens } from "./cloud.js";
import { svg } from "./marks.js";
import { Plot } from "./plot.js";

/** @typedef {import("./types.js").Read} Read */

const MODEL = "map2";
/** The plane reaches so far from 0, and is so large. */
const REACH = 4;
const SIDE = 400;
const UNIT = SIDE / (2 * REACH);
/** The exponential is shown over these log σ². */
const SPAN = { from: -10, to: 2 };

const text = words.scenes.posterior;

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open({ desk, studio, figure, tell, lit, fail }) {
  const canvas = element("canvas", { class: "story-plane", role: "img", "aria-label": text.plane });
  const mine = svg("svg", { class: "story-marks", viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  const glass = lens({ side: 168, label: text.lensLabel });
  const times = element("p", { class: "note" });
  const progress = element("p", { class: "note", role: "status" });
  const exponential = new Plot({
    width: 240, height: 150, label: text.whyLog,
    across: { ...SPAN, ticks: [-10, -5, 0].map((at) => ({ at, text: String(at).replace("-", "\u2212") })) },
    down: { from: 0, to: 2.72, ticks: [0, 1, 2].map((at) => ({ at, text: String(at) })) },
  });
  figure.append(
    element("div", { class: "story-stack" }, canvas, mine),
    element("div", { class: "story-beside" },
      element("div", {}, glass.element, times),
      element("div", {}, element("h3", {}, text.whyLog), exponential.element,
        element("p", { class: "note sigma" }, text.anyNumber), element("p", { class: "note sigma" }, text.positive))),
    progress,
  );

  const place = (/** @type {ArrayLike<number>} */ z) => /** @type {[number, number]} */ ([SIDE / 2 + z[0] * UNIT, SIDE / 2 - z[1] * UNIT]);
  /** @type {import("./types.js").CloudPart[]} everyone's, as they come */
  const parts = [];
  const sheet = new Sheet(canvas, paint);
  let isGathering = false;
  let theme = "";

  function paint() {
    sheet.wipe();
    const { ctx, width } = sheet;
    const { ink, hairline } = paletteAt(canvas);
    ctx.save();
    ctx.scale(width / SIDE, width / SIDE);
    Object.assign(ctx, { fillStyle: ink, globalAlpha: 0.03 });
    for (const sigmas of [3, 2, 1]) {
      ctx.beginPath();
      ctx.arc(SIDE / 2, SIDE / 2, sigmas * UNIT, 0, 2 * Math.PI);
      ctx.fill();
    }
    Object.assign(ctx, { fillStyle: hairline, globalAlpha: 1 });
    ctx.fillRect(0, SIDE / 2, SIDE, 1);
    ctx.fillRect(SIDE / 2, 0, 1, SIDE);
    ctx.restore();
    parts.forEach(paintPart);
  }

  /** Their clouds at one sigma. @param {import("./types.js").CloudPart} part */
  function paintPart({ mu, sigma }) {
    const { ctx, width } = sheet;
    ctx.save();
    ctx.scale(width / SIDE, width / SIDE);
    Object.assign(ctx, { fillStyle: paletteAt(canvas).muted, globalAlpha: 0.16 });
    for (let i = 0; i < mu.length; i += 2) {
      const [x, y] = place([mu[i], mu[i + 1]]);
      ctx.beginPath();
      ctx.ellipse(x, y, sigma[i] * UNIT, sigma[i + 1] * UNIT, 0, 0, 2 * Math.PI);
      ctx.fill();
    }
    ctx.restore();
  }

  async function gather() {
    if (isGathering) return;
    isGathering = true;
    try {
      await studio.model(MODEL);
      await studio.cloud(MODEL, {
        isWanted: () => true,
        onPart: (part, done, all) => {
          parts.push(part);
          paintPart(part);
          progress.textContent = done < all ? words.progress(done, all) : "";
        },
      });
    } catch (error) {
      isGathering = false; // the next drawing asks again
      parts.length = 0;
      fail(error);
    }
  }

  async function read() {
    const { reading, tints } = desk;
    if (!reading) return;
    if (reading.isEmpty) {
      showRead(undefined);
      return;
    }
    await studio.model(MODEL);
    showRead(await studio.read({ model: MODEL, pixels: pixelsOf(reading.seen), colour: tints.xHat }));
  }

  /** @param {Read | undefined} found */
  function showRead(found) {
    times.textContent = found ? "" : words.empty;
    if (!found) {
      for (const marks of [mine, glass.marks, exponential.ground]) marks.replaceChildren();
      tell({ mu: "", "log-var": "", sigma: "", x: "" });
      return;
    }
    const { mu, sigma, logVar } = found;
    const view = glass.place(found, UNIT);
    mine.replaceChildren(svg("circle", { class: "halo", cx: place(mu)[0], cy: place(mu)[1], r: 14 }), ...cloudMarks({ mu, sigma }, place));
    glass.marks.replaceChildren(...cloudMarks({ mu, sigma }, view.place));
    times.textContent = text.lens(view.times);
    showExponential(logVar, sigma);
    tell({ mu: words.pair(mu), "log-var": words.pair(logVar), sigma: words.pair(sigma), x: text.pixels });
    lit();
  }

  /** @param {Float32Array} logVar @param {Float32Array} sigma */
  function showExponential(logVar, sigma) {
    const at = Array.from({ length: 60 }, (_, i) => SPAN.from + (SPAN.to - SPAN.from) * (i / 59));
    const drop = (/** @type {number} */ l, /** @type {number} */ s) => `M${exponential.x(l)} ${exponential.y(0)}V${exponential.y(s)}H${exponential.x(SPAN.from)}`;
    exponential.ground.replaceChildren(
      svg("path", { class: "line", d: exponential.path(at, at.map((l) => Math.exp(l / 2))) }),
      ...Array.from(logVar, (l, d) => svg("path", { class: "drop", "data-symbol": "log-var sigma", d: drop(l, sigma[d]) })),
      ...Array.from(logVar, (l, d) => svg("circle", { class: "dot sigma", "data-symbol": "sigma log-var", cx: exponential.x(l), cy: exponential.y(sigma[d]), r: 4 })),
    );
    exponential.describe(text.curve(logVar, sigma));
  }

  return {
    show() {
      if (theme !== document.documentElement.dataset.theme) paint();
      theme = document.documentElement.dataset.theme ?? "";
      void gather();
      desk.counted(studio.newest("posterior", read)).catch(fail);
    },
  };
}
