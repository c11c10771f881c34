// @ts-check
/** Scene 7: the bound that tightens with k samples, and where to go on. */

import { writeView } from "../../address.js";
import { pixelsOf } from "../../picture.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { svg } from "./marks.js";
import { Plot } from "./plot.js";

/** @typedef {import("../../types.js").RoomName} RoomName */

const MODEL = "vae";
/** Samples at most, and runs of so many that are averaged: each with noise of its own, seeds 1, 2, … */
const MOST = 500;
const RUNS = 8;
/** The slider's steps, even in log k. */
const STEPS = 100;
/** The plot shows at least so many nats. */
const LEAST_RANGE = 4;
/** Points that a curve is drawn through: of 500, those that a screen tells apart on a log axis. */
const SHOWN = [...new Set(Array.from({ length: 120 }, (_, i) => Math.round(MOST ** (i / 119))))];

const ROOMS = /** @type {const} */ (["map", "dimensions", "prior", "train"]);
const PAPERS = [
  "https://arxiv.org/abs/1312.6114", "https://arxiv.org/abs/1401.4082", "https://openreview.net/forum?id=Sy2fzU9gl", "https://arxiv.org/abs/1509.00519",
  "https://arxiv.org/abs/1711.00937", "https://papers.nips.cc/paper/5775-learning-structured-output-representation-using-deep-conditional-generative-models",
  "https://arxiv.org/abs/1712.06424",
];

const text = words.scenes.onward;

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open({ desk, studio, figure, own, set, tell, lit, fail }) {
  const slider = element("input", { type: "range", id: "story-k", min: 0, max: STEPS, step: 1 });
  const shownK = element("output", { for: "story-k", class: "story-beta-now" });
  const place = element("div", {});
  const value = element("b", { id: "story-bound" }, "–");
  const gain = element("span", { class: "note", id: "story-gain" });
  const progress = element("p", { class: "note", id: "story-runs", role: "status" });
  const links = ROOMS.map((room) => element("a", { href: "#" }, text.rooms[room]));
  figure.append(
    element("div", { class: "story-slider" }, element("label", { for: "story-k" }, text.kLabel), slider, shownK),
    element("div", {}, element("h3", { "data-symbol": "bound" }, text.curveTitle), place,
      element("p", { "data-symbol": "bound" }, value, " ", gain), progress),
    element("div", { class: "story-onward-links" },
      element("h3", {}, text.roomsTitle), element("ul", {}, ...links.map((link) => element("li", {}, link))),
      element("h3", {}, text.papersTitle),
      element("ul", {}, ...text.papers.map((title, i) => element("li", {}, element("a", { href: PAPERS[i], rel: "external" }, title))))),
  );

  /** @type {Float64Array[]} what each run came to, of the drawing that is shown */
  let runs = [];
  /** Of which drawing. */
  let seen = "";

  const k = () => {
    const chosen = Number(own("k") ?? 1);
    return Number.isInteger(chosen) && chosen >= 1 && chosen <= MOST ? chosen : 1;
  };
  const stepOf = (/** @type {number} */ count) => Math.round((STEPS * Math.log(count)) / Math.log(MOST));
  const choose = (/** @type {boolean} */ isPassing) => {
    const chosen = Math.round(MOST ** (Number(slider.value) / STEPS));
    set({ k: chosen === 1 ? undefined : String(chosen) }, isPassing);
  };
  slider.addEventListener("input", () => choose(true));
  slider.addEventListener("change", () => choose(false));

  /** A run after the other, until there are all or the drawing is another. */
  async function run() {
    const { reading } = desk;
    if (!reading) return;
    const pixels = pixelsOf(reading.seen);
    const now = pixels.join();
    if (now !== seen) [runs, seen] = [[], now];
    if (reading.isEmpty) {
      showRuns();
      return;
    }
    await studio.model(MODEL);
    while (runs.length < RUNS && now === seen && desk.view.room === "story" && figure.isConnected) {
      const found = await studio.bound({ model: MODEL, pixels, seed: runs.length + 1, most: MOST });
      if (desk.reading && pixelsOf(desk.reading.seen).join() !== now) return; // the newer drawing has its turn
      runs.push(found);
      showRuns();
    }
  }

  const mean = (/** @type {number} */ count) => runs.reduce((sum, each) => sum + each[count - 1], 0) / runs.length;

  function showRuns() {
    progress.textContent = runs.length ? text.runs(runs.length, RUNS) : words.empty;
    if (!runs.length) {
      place.replaceChildren();
      value.textContent = "–";
      gain.textContent = "";
      tell({ bound: "", weight: "", z: "" });
      return;
    }
    const means = SHOWN.map(mean);
    const all = runs.flatMap((each) => SHOWN.map((count) => each[count - 1]));
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const [from, to] = [Math.floor(low), Math.max(Math.floor(low) + LEAST_RANGE, Math.ceil(high))];
    const spacing = Math.ceil((to - from) / 5);
    const ticks = Array.from({ length: Math.floor((to - from) / spacing) + 1 }, (_, i) => from + i * spacing);
    const plot = new Plot({
      width: 400, height: 260, label: text.curve(k(), mean(k())),
      across: { from: 1, to: MOST, isLog: true, ticks: [1, 10, 100, 500].map((at) => ({ at, text: String(at) })) },
      down: { from, to, ticks: ticks.map((at) => ({ at, text: String(at).replace("-", "\u2212") })) },
    });
    plot.ground.append(
      ...runs.map((each) => svg("path", { class: "line faint", "data-symbol": "z", d: plot.path(SHOWN, SHOWN.map((count) => each[count - 1])) })),
      svg("path", { class: "line x-hat", "data-symbol": "bound weight", d: plot.path(SHOWN, means) }),
      svg("path", { class: "drop", d: `M${plot.x(k())} ${plot.y(from)}V${plot.y(mean(k()))}` }),
      svg("circle", { class: "dot x-hat", "data-symbol": "bound", cx: plot.x(k()), cy: plot.y(mean(k())), r: 5 }),
    );
    place.replaceChildren(plot.element);
    value.textContent = words.nats(mean(k()));
    value.dataset.value = String(mean(k()));
    gain.textContent = text.gain(mean(k()) - mean(1));
    tell({ bound: words.nats(mean(k())), weight: `k = ${k()}`, z: text.runs(runs.length, RUNS) });
    lit();
  }

  return {
    show() {
      slider.value = String(stepOf(k()));
      slider.ariaValueText = shownK.textContent = `k = ${k()}`;
      links.forEach((link, i) => link.setAttribute("href", writeView({ ...desk.view, room: ROOMS[i] })));
      if (runs.length) showRuns();
      desk.counted(studio.newest("onward", run)).catch(fail);
    },
  };
}
