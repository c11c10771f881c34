// @ts-check
/** The prior: a sheet of samples, and beside it the question whether the one that is chosen is only remembered. */

import { seedFrom } from "../address.js";
import { SURE } from "../captions.js";
import { PixelGrid } from "../parts/pixel-grid.js";
import { words } from "../words/rooms/prior.js";
import { element } from "./dom.js";
import { Memory } from "./memory.js";
import { keyOf } from "./model-key.js";
import { seedField } from "./seed-field.js";

/** @typedef {import("../types.js").Desk} Desk */

/** As many samples as the widest page has room for; a narrower one shows the first of them. */
const COUNT = 60;
const HOTTEST = 1.5;
/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const canvases = Array.from({ length: COUNT }, (_, i) =>
    element("canvas", { class: "picture", role: "option", "aria-selected": "false", tabindex: -1, "aria-label": words.sample(i, "") }));
  const grids = canvases.map((canvas) => new PixelGrid(canvas));
  const sheet = element("div", { class: "samples", id: "prior-samples", role: "listbox" }, ...canvases);
  const temperature = element("input", { type: "range", id: "prior-temperature", min: 0, max: HOTTEST, step: 0.05 });
  const times = element("output", { for: "prior-temperature" });
  const learned = element("input", { type: "checkbox", role: "switch", id: "prior-room-learned" });
  const learnedSwitch = element("label", { class: "switch" }, learned, " ", words.learned);
  const seed = seedField("prior-room-seed", words.seed, (priorSeed) => desk.share({ priorSeed }));
  const again = element("button", { type: "button" }, words.newSamples);
  const score = element("p", { class: "count" }, words.noScore);
  const memory = new Memory(desk);
  /** @type {import("../types.js").PriorSamples | undefined} */
  let answer;
  /** What the answer answers. */
  let asked = "";
  let shown = COUNT;
  let describing = 0;

  body.append(
    element("h2", {}, words.title),
    element("p", { class: "lead" }, words.lead),
    element("div", { class: "buttons" },
      element("label", { class: "field", for: "prior-temperature" }, words.temperature), temperature, times,
      learnedSwitch, seed.field, again),
    element("div", { class: "beside" }, element("div", { class: "all" }, sheet, score), memory.element),
  );

  const settings = () => ({
    t: Math.min(HOTTEST, Math.max(0, Number(desk.view.own["prior.t"] ?? 1) || 0)),
    pick: Math.min(COUNT - 1, seedFrom(desk.view.own["prior.pick"] ?? null) ?? 0),
    seed: desk.view.priorSeed,
    isLearned: desk.view.isLearned && hasFlow(),
  });
  const hasFlow = () => Boolean(desk.model?.config?.latent?.gaussian?.flow);
  const pick = (/** @type {number} */ i) => i === settings().pick || desk.set({ pick: i === 0 ? undefined : String(i) });
  const setTemperature = (/** @type {boolean} */ isPassing) =>
    desk.set({ t: temperature.value === "1" ? undefined : temperature.value }, isPassing);

  temperature.addEventListener("input", () => setTemperature(true));
  temperature.addEventListener("change", () => setTemperature(false));
  learned.addEventListener("change", () => desk.share({ isLearned: learned.checked }));
  again.addEventListener("click", () => desk.share({ priorSeed: (settings().seed + 1) >>> 0 }));

  canvases.forEach((canvas, i) => canvas.addEventListener("click", () => {
    focus(i);
    pick(i);
  }));
  sheet.addEventListener("keydown", (event) => {
    const at = canvases.indexOf(/** @type {HTMLCanvasElement} */ (event.target));
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns(), ArrowDown: columns(), Home: -at, End: shown - 1 - at };
    const step = steps[/** @type {keyof typeof steps} */ (event.key)];
    if (at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") pick(at);
    else if (step === undefined) return;
    else if (at + step >= 0 && at + step < shown) focus(at + step);
    event.preventDefault();
  });
  new ResizeObserver(() => sheet.clientWidth && fit()).observe(sheet);

  const columns = () => getComputedStyle(sheet).gridTemplateColumns.split(" ").length;

  /** Whole rows of as many samples as there is room for. */
  function fit() {
    const across = columns();
    const rows = Math.min(Math.floor(COUNT / across), Number(getComputedStyle(sheet).getPropertyValue("--rows")) || COUNT);
    shown = across * rows;
    canvases.forEach((canvas, i) => { canvas.hidden = i >= shown; });
    showScore();
    mark();
  }

  /** @param {number} i */
  function focus(i) {
    canvases.forEach((canvas, each) => { canvas.tabIndex = each === i ? 0 : -1; });
    canvases[i].focus();
  }

  /** Which one is chosen; the Tab key leads to it, and from there the arrow keys on. */
  function mark() {
    const chosen = settings().pick;
    canvases.forEach((canvas, i) => canvas.setAttribute("aria-selected", String(i === chosen)));
    if (canvases.includes(/** @type {HTMLCanvasElement} */ (document.activeElement))) return;
    canvases.forEach((canvas, i) => { canvas.tabIndex = i === (chosen < shown ? chosen : 0) ? 0 : -1; });
  }

  function showScore() {
    const sure = answer?.reads?.slice(0, shown).filter(({ share }) => share > SURE).length;
    score.textContent = sure === undefined ? words.noScore : words.score(sure, shown);
  }

  function describe() {
    const { isLearned, t } = settings();
    sheet.setAttribute("aria-label", words.samples(shown, isLearned, t));
    grids.forEach((grid, i) => grid.describe(words.sample(i, words.reads(answer?.reads?.[i]))));
    memory.describe();
  }

  /** Asks only where the answer would be another one: every stroke on the pad comes by here. */
  async function ask() {
    const { model, tints } = desk;
    const { t: temperature, seed: number, isLearned } = settings();
    const question = JSON.stringify([model && keyOf(model), number, temperature, isLearned, tints]);
    if (!model || (question === asked && answer?.reads)) return;
    const request = { seed: number, count: COUNT, isLearned, temperature, tints };
    const samples = await desk.counted(desk.client.prior(request, "room"));
    if (!samples || samples.z.length !== COUNT * model.latent) return;
    [answer, asked] = [samples, question];
    grids.forEach((grid, i) => grid.show(samples.pictures[i]));
    showScore();
  }

  async function show() {
    const { t, seed: number } = settings();
    temperature.value = String(t);
    times.textContent = words.times(t);
    learnedSwitch.hidden = !hasFlow();
    learned.checked = desk.view.isLearned;
    seed.show(number);
    mark();
    try {
      await ask();
      const { pick: i } = settings();
      if (answer && desk.model) memory.show(i, answer);
    } catch (error) {
      desk.fail(error);
    }
    clearTimeout(describing);
    describing = window.setTimeout(describe, REST_MS);
  }

  sheet.setAttribute("aria-label", words.samples(shown, settings().isLearned, settings().t));
  return {
    show: () => void show(),
    picture: () => ({ name: "prior", pictures: answer?.pictures.slice(0, shown) ?? [], side: 28, columns: columns() }),
  };
}
