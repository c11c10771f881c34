// @ts-check
/** Scene 3: two small networks from one seed, one without KL and one with it. Each time that one of them is seen, so is every sigma. */

import { seedFrom } from "../../address.js";
import { chooseTier } from "../../tier.js";
import { fixed } from "../../words/numbers.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { seedField } from "../seed-field.js";
import { loadData } from "../train/data.js";
import { Run } from "../train/run.js";
import { readSettings } from "../train/settings.js";
import { svg } from "./marks.js";
import { Plot, widthFor } from "./plot.js";

/** @typedef {{ step: number, mean: number, counts: Uint32Array }} Seen */

/** 784-200-64 and back, 800 steps of 100 digits: 5 s each on a core of its own (2026-11-23). */
const SETTINGS = { "train.network": "200", "train.latent": "64", "train.batch": "100", "train.epochs": "8", "train.workers": "1" };
const BETAS = /** @type {const} */ ([0, 1]);

/** The histograms' axis, log10 of sigma. */
const BINS = 40;
const SPAN = { from: -4.5, to: 0.5 };
const DECADES = [-4, -3, -2, -1, 0];

const text = words.scenes.alone;
const TITLES = [text.without, text.with];
/** Both are sigma, in its colour: the second has a broken line, and each its name beside it. */
const CLASSES = ["sigma", "sigma broken"];

/** @param {import("./types.js").Stage} stage @returns {import("./types.js").Scene} */
export function open(stage) {
  const scene = new Alone(stage);
  return { show: () => scene.show(), leave: () => scene.pause() };
}

class Alone {
  #stage;
  #play = element("button", { type: "button", id: "story-train" }, text.train);
  #progress = element("p", { class: "note", id: "story-step", role: "status" });
  #seed;
  #curve = new Plot({
    width: widthFor(560), height: 330, label: text.curve,
    across: { from: 0, to: 800, ticks: [0, 200, 400, 600, 800].map((at) => ({ at, text: String(at) })) },
    down: { from: 1e-4, to: 2, isLog: true, ticks: DECADES.map((power) => ({ at: 10 ** power, text: String(10 ** power) })) },
  });
  #sides = BETAS.map((_, i) => new Side(i));
  /** @type {Run[]} */
  #runs = [];
  /** @type {Seen[][]} of each, what was seen of it */
  #seen = [[], []];
  /** @type {Uint8Array} 500 digits that neither learns from */
  #heldOut = new Uint8Array();
  /** @type {AbortController | undefined} while digits and workers are on their way */
  #starting;
  /** Of which seed the runs are. */
  #seedOfRuns = -1;

  /** @param {import("./types.js").Stage} stage */
  constructor(stage) {
    this.#stage = stage;
    this.#seed = seedField("story-seed", words.seed, (seed) => stage.set({ seed: seed === 0 ? undefined : String(seed) }));
    this.#play.addEventListener("click", () => void this.#press());
    stage.figure.append(
      element("div", { class: "buttons story-transport" }, this.#play, this.#seed.field, this.#progress),
      element("div", {}, element("h3", {}, text.curve), this.#curve.element),
      element("div", { class: "story-sides" }, ...this.#sides.map((side) => side.element), element("p", { class: "note" }, text.histogramTitle)));
  }

  get #wantedSeed() {
    return seedFrom(this.#stage.own("seed") ?? null) ?? 0;
  }

  get #isPlaying() {
    return this.#runs.some((run) => run.isPlaying);
  }

  get #isOver() {
    return this.#runs.length > 0 && this.#runs.every((run) => run.isOver);
  }

  show() {
    this.#seed.show(this.#wantedSeed);
    this.#stage.tell({ beta: text.both(...BETAS, 0) });
    this.#showSeen();
    this.#say();
  }

  pause() {
    this.#starting?.abort();
    for (const run of this.#runs) if (run.isPlaying) run.pause();
    this.#say();
  }

  async #press() {
    if (this.#starting) return;
    if (this.#isPlaying) this.pause();
    else if (this.#runs.length && !this.#isOver && this.#seedOfRuns === this.#wantedSeed) this.#runs.forEach((run) => run.play());
    else await this.#begin();
    this.#say();
  }

  /** Both from random weights, the same for both. */
  async #begin() {
    const { desk, fail } = this.#stage;
    const starting = this.#starting = new AbortController();
    this.#runs.forEach((run) => run.end());
    [this.#runs, this.#seen, this.#seedOfRuns] = [[], [[], []], this.#wantedSeed];
    this.#showSeen();
    try {
      const data = await loadData("10000", (got, all) => { this.#progress.textContent = text.fetching(got, all); }, starting.signal);
      this.#heldOut = data.heldOut.images;
      const runs = await Promise.all(BETAS.map((beta, i) => {
        const settings = readSettings({ ...SETTINGS, "train.seed": String(this.#seedOfRuns), "train.beta": String(beta) });
        const train = { ...data.train, images: data.train.images.slice() };
        return Run.begin(settings, { ...data, train }, chooseTier(desk.view.tier), () => void this.#hear(i), 1);
      }));
      if (starting.signal.aborted) runs.forEach((run) => run.end());
      else {
        this.#runs = runs;
        runs.forEach((run) => run.play());
      }
    } catch (error) {
      if (!starting.signal.aborted) fail(error);
    }
    this.#starting = undefined;
    this.#say();
  }

  /** A run has gone on, or a model of it has come. @param {number} i */
  async #hear(i) {
    const run = this.#runs[i];
    if (!run) return;
    this.#say();
    if (run.trouble) this.#stage.fail(new Error(run.trouble));
    await this.#stage.studio.newest(`alone ${i}`, async () => {
      const { latest } = run;
      const isNew = latest && latest.step !== this.#seen[i].at(-1)?.step;
      if (isNew && run === this.#runs[i]) {
        const model = `alone ${i}`;
        await this.#stage.studio.load(model, latest.weights);
        const seen = await this.#stage.studio.sigmas({ model, pixels: this.#heldOut, bins: BINS, ...SPAN });
        if (run !== this.#runs[i]) return;
        this.#seen[i].push({ step: latest.step, ...seen });
        this.#showSeen();
        this.#say();
      }
      run.look();
    }).catch(this.#stage.fail);
  }

  #showSeen() {
    const [without, with_] = this.#seen.map((seen) => seen.at(-1));
    const hint = without || with_ ? [] : [svg("text", { x: this.#curve.x(20), y: this.#curve.y(1) + 18 }, text.hint)];
    this.#curve.ground.replaceChildren(...hint, ...this.#seen.flatMap((seen, i) => {
      const d = this.#curve.path(seen.map(({ step }) => step), seen.map(({ mean }) => mean));
      const last = seen.at(-1);
      return [
        svg("path", { class: `line ${CLASSES[i]}`, "data-symbol": "sigma", d }),
        ...(last ? [svg("text", { "data-symbol": "beta", x: this.#curve.x(last.step) - 4, y: this.#curve.y(last.mean) - 8, "text-anchor": "end" }, `β = ${BETAS[i]}`)] : []),
      ];
    }));
    if (without && with_) this.#curve.describe(text.curveLabel(Math.min(without.step, with_.step), without.mean, with_.mean));
    this.#sides.forEach((side, i) => side.show(this.#seen[i], this.#runs[i]?.measures.at(-1)));
    const both = (/** @type {(run: Run) => number | undefined} */ of, /** @type {number} */ places) => {
      const [a, b] = this.#runs.map(of);
      return a === undefined || b === undefined ? "" : text.both(a, b, places);
    };
    this.#stage.tell({
      sigma: without && with_ ? text.both(without.mean, with_.mean, 4) : "",
      recon: both((run) => run.measures.at(-1)?.recon, 1),
      kl: both((run) => run.measures.at(-1)?.kl, 1),
    });
    this.#stage.lit();
  }

  #say() {
    const isOld = this.#seedOfRuns !== this.#wantedSeed;
    this.#play.textContent = this.#isPlaying ? text.pause : (this.#isOver && !isOld) ? text.again : text.train;
    this.#play.toggleAttribute("aria-disabled", Boolean(this.#starting));
    const [run] = this.#runs;
    const isSeen = this.#runs.length > 0 && this.#runs.every((each, i) => each.totalSteps === this.#seen[i].at(-1)?.step);
    if (run) {
      this.#progress.textContent = text.step(Math.min(...this.#runs.map(({ step }) => step)), run.totalSteps);
      this.#progress.dataset.state = isSeen ? "done" : this.#isPlaying ? "playing" : "paused";
    }
  }
}

/** One of the two: its histogram, its mean, and what became of that. */
class Side {
  element;
  #title = "";
  #plot;
  #mean = element("output", { "data-symbol": "sigma" }, "–");
  #fell = element("span", { class: "note" });
  #recon = element("span", { "data-symbol": "recon" });
  #kl = element("span", { "data-symbol": "kl" });

  /** @param {number} i */
  constructor(i) {
    this.#title = TITLES[i];
    this.#plot = new Plot({
      width: 320, height: 140, label: this.#title,
      across: { ...SPAN, ticks: DECADES.map((power) => ({ at: power, text: String(10 ** power) })) },
      down: { from: 0, to: 1, ticks: [] },
    });
    this.element = element("section", { class: "story-side", id: `story-side-${i}` },
      element("h3", { "data-symbol": "beta" }, this.#title),
      this.#plot.element,
      element("p", {}, text.mean, " ", this.#mean, " ", this.#fell),
      element("p", { class: "note" }, this.#recon, " ", this.#kl));
  }

  /** @param {Seen[]} seen @param {{ recon: number, kl: number } | undefined} measured */
  show(seen, measured) {
    const [first, last] = [seen[0], seen.at(-1)];
    this.#mean.textContent = last ? fixed(last.mean, 4) : "–";
    this.#mean.dataset.value = String(last?.mean ?? "");
    this.#mean.dataset.first = String(first?.mean ?? "");
    this.#recon.textContent = measured ? `D ${fixed(measured.recon, 1)} ·` : "";
    this.#kl.textContent = measured ? `KL ${words.nats(measured.kl, 1)}` : "";
    this.#fell.textContent = last ? text.fell(first.mean / last.mean) : "";
    if (!last) {
      this.#plot.ground.replaceChildren();
      return;
    }
    const most = Math.max(...last.counts);
    const wide = (SPAN.to - SPAN.from) / BINS;
    this.#plot.ground.replaceChildren(...Array.from(last.counts, (count, bin) => {
      const [x, y] = [this.#plot.x(SPAN.from + bin * wide), this.#plot.y(count / most)];
      return svg("rect", { class: "column", "data-symbol": "sigma", x: x + 0.5, y, width: this.#plot.x(SPAN.from + wide) - this.#plot.x(SPAN.from) - 1, height: this.#plot.y(0) - y });
    }));
    this.#plot.describe(text.histogram(this.#title, last.mean));
  }
}
