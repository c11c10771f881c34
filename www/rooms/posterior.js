// @ts-check
/**
 * The posterior: reconstructions from samples of the drawing's own posterior, `z = mu + T sigma eps`, and a map of where
 * many such reconstructions differ.
 */

import { seedFrom } from "../address.js";
import { inkBox } from "../describe.js";
import { asNumber, paletteAt } from "../palette.js";
import { PixelGrid } from "../parts/pixel-grid.js";
import { words } from "../words/rooms/posterior.js";
import { element } from "./dom.js";
import { seedField } from "./seed-field.js";

/** @typedef {import("../types.js").Desk} Desk */

/** Samples that are shown, and those that the map is made of: the shown are the first of them. */
const COUNT = 9;
const MANY = 64;
/** Seeds of this room begin where a person's own rarely are, so that its eps are not those of the figure. */
const DEFAULT_SEED = 1;
const HOTTEST = 3;
/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const samples = Array.from({ length: COUNT }, (_, i) => namedSample(i));
  const mapCanvas = element("canvas", { class: "picture", id: "posterior-map", role: "img", "aria-label": words.mapTitle });
  const map = new PixelGrid(mapCanvas);
  const apart = element("b", { id: "posterior-apart" }, "–");
  const most = element("span", { class: "most" });
  const temperature = element("input", { type: "range", id: "posterior-temperature", min: 0, max: HOTTEST, step: 0.05, "aria-describedby": "posterior-temperature-note" });
  const times = element("output", { for: "posterior-temperature" });
  const setSeed = (/** @type {number} */ value) => desk.set({ seed: value === DEFAULT_SEED ? undefined : String(value) });
  const seed = seedField("posterior-seed", words.seed, setSeed);
  const again = element("button", { type: "button", id: "posterior-again" }, words.newSamples);
  const same = element("p", { class: "note same", id: "posterior-same" });

  /** @type {import("../types.js").Decoded | undefined} */
  let answer;
  /** @type {import("../types.js").Spread | undefined} */
  let spread;
  /** @type {{ seed: number, latent: number, values: Promise<Float32Array> } | undefined} the noise stays while a person draws */
  let noise;
  /** When the hand moved the slider, until that is on the canvas. @type {number | undefined} */
  let slid;
  let resting = 0;

  body.append(
    element("h2", {}, words.title),
    element("p", { class: "lead" }, words.lead),
    element("div", { class: "spread" },
      element("ol", { class: "nine" }, ...samples.map(({ item }) => item)),
      element("div", { class: "beside" },
        element("div", { class: "heat" },
          element("label", { for: "posterior-temperature" }, words.temperature), temperature, times,
          element("p", { class: "note", id: "posterior-temperature-note" }, words.temperatureNote)),
        element("div", { class: "buttons" }, seed.field, again),
        element("h3", {}, words.mapTitle),
        element("div", { class: "where" }, mapCanvas,
          element("div", {},
            element("p", { class: "apart" }, element("span", { class: "sigma" }, "± ", apart), element("span", { class: "note" }, words.apartNote), most),
            element("p", { class: "note" }, words.mapNote(MANY)),
            same)))),
  );

  const settings = () => {
    const t = Number(desk.view.own["posterior.t"] ?? 1);
    return {
      t: Number.isFinite(t) ? Math.min(HOTTEST, Math.max(0, t)) : 1,
      seed: seedFrom(desk.view.own["posterior.seed"] ?? null) ?? DEFAULT_SEED,
    };
  };
  const setTemperature = (/** @type {boolean} */ isPassing) =>
    desk.set({ t: temperature.value === "1" ? undefined : temperature.value }, isPassing);

  temperature.addEventListener("input", ({ timeStamp }) => {
    slid ??= timeStamp;
    setTemperature(true);
  });
  temperature.addEventListener("change", () => setTemperature(false));
  again.addEventListener("click", () => setSeed((settings().seed + 1) >>> 0));

  function show() {
    const { reading, model } = desk;
    const { t, seed: number } = settings();
    if (Number(temperature.value) !== t) temperature.value = String(t);
    times.textContent = t === 0 ? words.isMean : words.times(t);
    seed.show(number);
    if (!reading) return;
    same.textContent = reading.isEmpty ? words.empty : !reading.kl.length ? words.plain : t === 0 ? words.same : "";
    if (model && reading.mu.length === model.latent) void sample(reading, t, number);
  }

  /**
   * @param {import("../types.js").Reading} reading
   * @param {number} t
   * @param {number} number  the seed
   */
  async function sample(reading, t, number) {
    const { client, order, tints } = desk;
    const { mu, sigma } = reading;
    try {
      const eps = await desk.counted(noiseOf(number, mu.length));
      const z = eps.map((e, i) => mu[i % mu.length] + t * sigma[i % mu.length] * e);
      await desk.counted(Promise.all([
        client.decode("posterior", { z: z.slice(0, COUNT * mu.length), colour: tints.xHat, isJudged: true }).then((decoded) => {
          if (decoded && desk.order === order) showSamples(decoded);
        }),
        client.spread({ z, colour: asNumber(paletteAt(body).sigma) }).then((found) => {
          if (found && desk.order === order) showSpread(found);
        }),
      ]));
    } catch (error) {
      if (desk.order === order) desk.fail(error); // of the model that runs
    }
  }

  /**
   * @param {number} number
   * @param {number} latent
   */
  function noiseOf(number, latent) {
    if (noise?.seed !== number || noise.latent !== latent) {
      const values = desk.client.eps(number, MANY, latent);
      noise = { seed: number, latent, values };
      values.catch(() => { noise = undefined; });
    }
    return noise.values;
  }

  /** @param {import("../types.js").Decoded} decoded */
  function showSamples(decoded) {
    answer = decoded;
    samples.forEach((each, i) => each.show(decoded.pictures[i], decoded.reads?.[i]));
    if (slid !== undefined) performance.measure("slide→paint", { start: slid, end: performance.now(), detail: decoded.ms });
    slid = undefined;
    rest();
  }

  /** @param {import("../types.js").Spread} found */
  function showSpread(found) {
    spread = found;
    map.show(found.picture);
    apart.textContent = words.apart(found.mean * 100);
    most.textContent = words.most(found.most * 100);
    rest();
  }

  function rest() {
    clearTimeout(resting);
    resting = window.setTimeout(() => {
      samples.forEach(({ grid }, i) => {
        if (answer) grid.describe(words.said.sample(i, words.said.ink(inkBox(answer.pictures[i])), answer.reads?.[i]));
      });
      if (spread) map.describe(words.said.map(spread.mean, spread.most, inkBox(spread.picture)));
    }, REST_MS);
  }

  return { show, picture: () => ({ name: "posterior", pictures: answer?.pictures ?? [], side: 28, columns: 3 }) };
}

/**
 * One sample, and what is read in it.
 * @param {number} i
 */
function namedSample(i) {
  const canvas = element("canvas", { class: "picture", id: `posterior-sample-${i + 1}`, role: "img", "aria-label": words.sample(i) });
  const read = element("span", { class: "read" }, "\u00a0");
  const grid = new PixelGrid(canvas);
  return {
    item: element("li", {}, canvas, read),
    grid,
    /**
     * @param {Uint8ClampedArray} rgba
     * @param {import("../types.js").Verdict} [verdict]
     */
    show(rgba, verdict) {
      grid.show(rgba);
      const text = verdict ? words.reads(verdict) : "\u00a0";
      if (read.textContent !== text) read.textContent = text;
    },
  };
}
