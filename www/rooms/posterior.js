// @ts-check
/** The posterior: a grid of reconstructions from samples of the drawing's own posterior, `z = mu + T sigma eps`. */

import { seedFrom } from "../address.js";
import { PixelGrid } from "../parts/pixel-grid.js";
import { words } from "../words/rooms/posterior.en.js";
import { element } from "./dom.js";

/** @typedef {import("../types.js").Desk} Desk */

const COUNT = 9;
/** Seeds of this room begin where a person's own rarely are, so that its eps are not those of the figure. */
const DEFAULT_SEED = 1;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const canvases = Array.from({ length: COUNT }, (_, i) => element("canvas", { class: "picture", role: "img", "aria-label": words.sample(i) }));
  const grids = canvases.map((canvas) => new PixelGrid(canvas));
  const temperature = element("input", { type: "range", id: "posterior-temperature", min: 0, max: 3, step: 0.05 });
  const times = element("output", { for: "posterior-temperature" });
  const seed = element("input", { type: "text", id: "posterior-seed", inputmode: "numeric", autocomplete: "off", maxlength: 10 });
  const again = element("button", { type: "button" }, words.newSamples);
  const note = element("p", { class: "note" });
  /** @type {Uint8ClampedArray[]} */
  let pictures = [];

  body.append(
    element("h2", {}, words.title),
    element("p", { class: "lead" }, words.lead),
    element("div", { class: "nine" }, ...canvases),
    element("div", { class: "buttons" },
      element("label", { class: "field", for: "posterior-temperature" }, words.temperature), temperature, times,
      element("label", { class: "field seed" }, words.seed, " ", seed), again),
    note,
  );

  const settings = () => ({
    t: Math.min(3, Math.max(0, Number(desk.view.own["posterior.t"] ?? 1) || 0)),
    seed: seedFrom(desk.view.own["posterior.seed"] ?? null) ?? DEFAULT_SEED,
  });
  const setTemperature = (/** @type {boolean} */ isPassing) =>
    desk.set({ t: temperature.value === "1" ? undefined : temperature.value }, isPassing);
  const setSeed = (/** @type {number} */ value) => desk.set({ seed: value === DEFAULT_SEED ? undefined : String(value) });

  temperature.addEventListener("input", () => setTemperature(true));
  temperature.addEventListener("change", () => setTemperature(false));
  again.addEventListener("click", () => setSeed((settings().seed + 1) >>> 0));
  seed.addEventListener("input", () => {
    const value = seedFrom(seed.value);
    seed.toggleAttribute("aria-invalid", value === undefined);
    if (value !== undefined) setSeed(value);
  });

  async function show() {
    const { reading } = desk;
    const { t, seed: number } = settings();
    temperature.value = String(t);
    times.textContent = t === 0 ? words.isMean : words.times(t);
    if (document.activeElement !== seed) seed.value = String(number);
    if (!reading) return;
    note.textContent = reading.isEmpty || reading.kl.length ? "" : words.plain;
    try {
      const { mu, sigma } = reading;
      const eps = await desk.counted(desk.client.eps(number, COUNT, mu.length));
      const z = eps.map((e, i) => mu[i % mu.length] + t * sigma[i % mu.length] * e);
      const answer = await desk.counted(desk.client.decode("posterior", { z, colour: desk.tints.xHat }));
      if (!answer) return;
      pictures = answer.pictures;
      grids.forEach((grid, i) => grid.show(pictures[i]));
    } catch (error) {
      desk.fail(error);
    }
  }

  return { show: () => void show(), picture: () => ({ name: "posterior", pictures, side: 28, columns: 3 }) };
}
