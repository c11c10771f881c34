// @ts-check
/**
 * The page, told in order: what stands there at once, the parts, the worker and its model, then what a person can do.
 * Parts show and listen; the worker computes; this file is the only one that knows both.
 */

import { readView, seedFrom, writeView } from "./address.js";
import { fetchBaked, tintBaked } from "./baked.js";
import {
  byId, caption, captionDrawing, say, sayPen, showControls, showPriorKind, showReads, showScore, showWords,
} from "./captions.js";
import { Client } from "./client.js";
import { inkBox } from "./describe.js";
import { EMPTY, isEmpty } from "./drawing.js";
import { EXAMPLES, OPENING } from "./examples.js";
import { fetchIndex, fetchJudge, fetchWeights } from "./models.js";
import { asNumber, paletteAt } from "./palette.js";
import { CostLine } from "./parts/cost-line.js";
import { Equation } from "./parts/equation.js";
import { Glossary } from "./parts/glossary.js";
import { ModelPicker } from "./parts/model-picker.js";
import { Pad } from "./parts/pad.js";
import { PictureDrop } from "./parts/picture-drop.js";
import { PixelGrid } from "./parts/pixel-grid.js";
import { PlaneView } from "./parts/plane-view.js";
import { PosteriorView } from "./parts/posterior-view.js";
import { PriorRow } from "./parts/prior-row.js";
import { SampleView } from "./parts/sample-view.js";
import { Shelf } from "./parts/shelf.js";
import { chooseTier } from "./tier.js";
import { words } from "./words/en.js";

/** @typedef {import("./types.js").Drawing} Drawing */
/** @typedef {import("./types.js").ModelEntry} ModelEntry */
/** @typedef {import("./types.js").PriorSamples} PriorSamples */
/** @typedef {import("./types.js").Reading} Reading */
/** @typedef {import("./types.js").Stroke} Stroke */

/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;

const canvas = (/** @type {string} */ id) => /** @type {HTMLCanvasElement} */ (byId(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));
const total = (/** @type {Iterable<number>} */ nats) => [...nats].reduce((sum, each) => sum + each, 0);

// ---------------------------------------------------------------------------------------------- what is known

let view = readView(location);
/** @type {Drawing} */
let drawing = view.drawing ?? OPENING;
/** @type {Drawing[]} what was on the pad before */
let history = [];
/** @type {Reading | undefined} */
let reading;
/** @type {PriorSamples | undefined} */
let samples;
/** @type {ModelEntry[]} */
let models = [];
/** @type {ModelEntry | undefined} the one that runs */
let model;
/** @type {number[]} its dimensions, the most used first */
let order = [];
/** @type {number} the dimension that is pointed at; -1 = none */
let marked = -1;
let hasGaussian = true;
/** Timers of what waits for the hand to rest. */
let [describing, writing] = [0, 0];
/** Questions that the worker has not answered yet. */
let pending = 0;

// ---------------------------------------------------------------------------------------------- the parts

const pad = new Pad(canvas("pad"), {
  hint: words.padHint, onBegin: beginStroke, onInk: (strokes, time) => void read(strokes, time), onEnd: endStroke, onPen: sayPen,
});
const seen = new PixelGrid(canvas("seen"));
const reconstruction = new PixelGrid(canvas("reconstruction"));
const posterior = new PosteriorView(canvas("posterior"), { onPoint: mark });
const plane = new PlaneView(canvas("posterior"));
const equation = new Equation(byId("posterior-note"));
const sample = new SampleView(byId("sample"), { onPoint: mark });
const cost = new CostLine(byId("cost"));
const prior = new PriorRow(canvas("prior"), { onFit: describePrior });
const picker = new ModelPicker(/** @type {HTMLSelectElement} */ (byId("model")), { onPick: pickModel });
new Shelf(byId("shelf"), EXAMPLES, { onPick: (example) => put(example), nameOf: words.example });
new Glossary(document.querySelectorAll("[data-term]"), byId("meaning"), (term) => words.meaning[/** @type {keyof typeof words.meaning} */ (term)]);
new PictureDrop(document.body, byId("picture"), input("picture-file"), {
  onPicture: (picture, data) => void takePicture(picture, data),
  onRefused: (name) => say(words.status.notAPicture(name), "error"),
});

const client = new Client({
  onReplaced: (reason) => {
    say(words.status.replaced(reason), "ready");
    refresh();
  },
  onLost: (reason) => say(words.status.lost(reason), "error"),
});

// ---------------------------------------------------------------------------------------------- first paint, then life

showWords();
showControls(view);
showDrawing();
if (!view.drawing && !view.model && view.isNormalised) void showBaked();
void live().then(judge);

/** A real example, computed before: there is something to look at while core and model are still on their way. */
async function showBaked() {
  const baked = await fetchBaked();
  if (!baked || model) return; // the model was faster
  order = baked.order;
  const tinted = tintBaked(baked, paletteAt(document.body));
  show(tinted.reading);
  prior.show(tinted.prior);
}

/** Core and model arrive side by side; from then on everything is computed here. */
async function live() {
  const tier = chooseTier(view.tier);
  const started = client.start(tier);
  const listed = fetchIndex();
  await Promise.all([
    started.then(({ tier: running }) => { byId("tier").textContent = words.tier[running]; }, () => {}), // onLost says it
    listed.then(async ({ models: all, default: first }) => {
      models = all;
      const entry = all.find(({ name }) => name === (view.model || first)) ?? all.find(({ name }) => name === first) ?? all[0];
      picker.show(all, entry.name);
      await useModel(entry, started);
    }, (error) => say(words.status.noIndex(error.message), "error")),
  ]);
}

/** The classifier comes last: only what is read in pictures waits for it, and without it nothing is said of that. */
async function judge() {
  try {
    await client.judge(await fetchJudge());
    refresh();
  } catch {
    // The page is whole without it.
  }
}

/**
 * Fetches a model and hands it to the worker; whatever goes wrong, the one before it stays.
 * @param {ModelEntry} entry
 * @param {Promise<unknown>} [started]
 */
async function useModel(entry, started) {
  try {
    say(words.status.fetching(entry.title, 0, entry.bytes), "working");
    const weights = await fetchWeights(entry, (got, all) => say(words.status.fetching(entry.title, got, all), "working"));
    await started;
    say(words.status.working(entry.title), "working");
    const { latent } = await client.load(weights);
    model = { ...entry, latent };
    order = orderOf(latent, entry.metrics?.test?.kl_per_dim);
    marked = -1;
    const measured = entry.metrics?.test;
    caption("quality", measured ? words.quality(measured, hasFlow()) : "");
    say(words.status.ready, "ready");
    showPrior();
    await refresh();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(model ? words.status.modelKept(entry.title, reason, model.title) : words.status.noModel(entry.title, reason), "error");
    if (model) picker.choose(model.name);
  }
}

/**
 * The dimensions that carry most first, so that the chart stands still while a person draws.
 * @param {number} latent
 * @param {number[]} [klPerDim]  nats, averaged over the test digits
 */
function orderOf(latent, klPerDim) {
  const dimensions = Array.from({ length: latent }, (_, d) => d);
  return klPerDim?.length === latent && latent > 2 ? dimensions.sort((a, b) => klPerDim[b] - klPerDim[a]) : dimensions;
}

// ---------------------------------------------------------------------------------------------- drawing → reading

/** Asks for everything anew: a model, a worker or a theme has changed. */
function refresh() {
  return Promise.all([read(drawing.strokes), samplePrior()]);
}

/**
 * Sends a drawing on its way and shows what comes back, unless a newer one took its place.
 * @param {Stroke[]} strokes
 * @param {number} [time]  when the event happened that this answers
 */
async function read(strokes, time) {
  if (!model) return;
  const { isNormalised, zSeed, isMean } = view;
  try {
    const answer = await counted(client.draw({ strokes, pixels: drawing.pixels, isNormalised, zSeed, isMean, tints: tints() }));
    if (!answer) return;
    show(answer);
    byId("ms").textContent = words.ms(answer.ms);
    if (time !== undefined) performance.measure("ink→paint", { start: time, end: performance.now(), detail: answer.ms });
    else if (!performance.getEntriesByName("live").length) performance.mark("live");
  } catch (error) {
    say(words.status.failed(error), "error");
  }
}

async function samplePrior() {
  if (!model) return;
  try {
    const answer = await counted(client.prior({ seed: view.priorSeed, count: PriorRow.COUNT, isLearned: view.isLearned, tints: tints() }));
    if (!answer) return;
    samples = answer;
    prior.show(answer.pictures);
    describePrior();
  } catch (error) {
    say(words.status.failed(error), "error");
  }
}

/** The samples' prior, as model and view have it. */
function showPrior() {
  showPriorKind(hasFlow(), hasFlow() && view.isLearned);
}

/** What the price of a drawing is counted against: KL is to N(0, I), whatever the model's prior. */
function costNote() {
  const measured = model?.metrics?.test;
  return measured?.kl_per_dim && hasFlow() ? words.costLearned(total(measured.kl_per_dim) - measured.kl) : words.cost;
}

const hasFlow = () => Boolean(model?.config?.latent?.gaussian?.flow);

/** What is said of the samples, for as many as there is room for. */
function describePrior() {
  if (samples) prior.describe(words.said.prior(prior.shown, view.priorSeed, hasFlow() && view.isLearned, showScore(samples, prior.shown)));
}

/**
 * Keeps `data-pending` on the root while an answer is awaited, for scripts that watch the page.
 * @template T
 * @param {Promise<T>} answer
 * @returns {Promise<T>}
 */
async function counted(answer) {
  if (++pending === 1) document.documentElement.dataset.pending = "";
  try {
    return await answer;
  } finally {
    if (--pending === 0) delete document.documentElement.dataset.pending;
  }
}

/** @param {Reading} answer */
function show(answer) {
  reading = answer;
  hasGaussian = answer.isEmpty ? hasGaussian : answer.kl.length > 0;
  seen.show(answer.seen);
  reconstruction.show(answer.reconstruction);
  byId("posterior-stage").classList.toggle("is-plane", answer.mu.length === 2);
  if (answer.mu.length === 2) {
    posterior.rest();
    plane.show(answer);
  } else {
    plane.rest();
    posterior.show(answer, order);
  }
  sample.show(answer, order);
  showMarked();
  if (answer.isEmpty) cost.showNothing();
  else cost.show(answer.recon, hasGaussian ? total(answer.kl) : undefined);
  caption("cost-note", answer.isEmpty ? words.costOfNothing : hasGaussian ? costNote() : words.costPlain);
  showReads(answer);
  caption("reconstruction-caption", answer.isEmpty ? words.priorMean : words.page.reconstructionTitle);
  describeSoon();
}

/** The dimension that is pointed at, in all three places, or what the chart means. */
function showMarked() {
  posterior.mark(marked);
  sample.mark(marked);
  if (!reading) return;
  if (marked >= 0 && marked < reading.mu.length && !reading.isEmpty) equation.show(marked, reading);
  else if (!hasGaussian) equation.say(words.plainLegend);
  else equation.say(reading.mu.length === 2 ? words.planeLegend(plane.scale) : words.legend);
}

/** @param {number} dimension  -1 = none */
function mark(dimension) {
  if (dimension === marked) return;
  marked = dimension;
  showMarked();
}

function tints() {
  const palette = paletteAt(document.body);
  return { ink: asNumber(palette.ink), xHat: asNumber(palette["x-hat"]) };
}

// ---------------------------------------------------------------------------------------------- what a person does

/** An example gives way to the first stroke; what was there can be brought back. */
function beginStroke() {
  history = [...history, drawing];
  if (drawing.isExample || drawing.pixels) {
    drawing = EMPTY;
    pad.show(drawing);
  }
  caption("pad-caption", words.page.padTitle);
}

/** @param {Stroke[]} strokes */
function endStroke(strokes) {
  drawing = { strokes };
  changed();
}

/**
 * Puts another drawing on the pad.
 * @param {Drawing} next
 */
function put(next) {
  history = [...history, drawing];
  drawing = next;
  changed();
}

function undo() {
  const before = history.at(-1);
  if (!before) return;
  history = history.slice(0, -1);
  drawing = before;
  changed();
}

/** The drawing, and what is said about it. */
function showDrawing() {
  pad.show(drawing);
  pad.describe(captionDrawing(drawing));
  byId("undo").toggleAttribute("disabled", history.length === 0);
}

/** The drawing is another one now. */
function changed() {
  view = { ...view, drawing };
  showDrawing();
  void read(drawing.strokes);
  writeSoon();
}

/**
 * @param {ImageBitmap} picture
 * @param {ImageData} data
 */
async function takePicture(picture, data) {
  try {
    const pixels = await counted(client.picture(data));
    if (pixels) put({ strokes: [], pixels, picture });
    else say(words.status.noPicture, "error");
  } catch (error) {
    say(words.status.failed(error), "error");
  }
}

/** @param {string} name */
function pickModel(name) {
  const entry = models.find((one) => one.name === name);
  if (!entry) return;
  void useModel(entry).then(() => {
    if (model?.name === name) set({ model: name === models[0].name ? "" : name });
  });
}

/**
 * Changes some of the view, and shows and sends what depends on it.
 * @param {Partial<import("./types.js").View>} changes
 */
function set(changes) {
  const { priorSeed, isLearned } = view;
  view = { ...view, ...changes };
  showControls(view);
  showPrior();
  void read(drawing.strokes);
  if (view.priorSeed !== priorSeed || view.isLearned !== isLearned) void samplePrior();
  writeSoon();
}

/** The next seed: the one after, so that a series can be repeated and gone through. */
const after = (/** @type {number} */ seed) => (seed + 1) >>> 0;

byId("undo").addEventListener("click", undo);
byId("clear").addEventListener("click", () => isEmpty(drawing) || put(EMPTY));
byId("resample").addEventListener("click", () => set({ zSeed: view.isMean ? view.zSeed : after(view.zSeed), isMean: false }));
byId("mean").addEventListener("click", () => set({ isMean: !view.isMean }));
byId("new-samples").addEventListener("click", () => set({ priorSeed: after(view.priorSeed) }));
byId("theme").addEventListener("click", () => {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
});
input("normalise").addEventListener("change", () => set({ isNormalised: input("normalise").checked }));
input("learned").addEventListener("change", () => set({ isLearned: input("learned").checked }));
onSeed("z-seed", (zSeed) => set({ zSeed, isMean: false }));
onSeed("prior-seed", (priorSeed) => set({ priorSeed }));

document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type === "text";
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.shiftKey && !isTyping) {
    event.preventDefault();
    undo();
  }
});

// The toggle and the system both end in this attribute.
new MutationObserver(() => {
  pad.repaint();
  posterior.repaint();
  plane.repaint();
  if (model) refresh();
  else if (reading) void showBaked();
}).observe(document.documentElement, { attributeFilter: ["data-theme"] });

// Somebody changed the address, or went back: that view it is.
window.addEventListener("hashchange", () => {
  if (location.hash === writeView(view)) return;
  if (readView(location).tier !== view.tier) {
    location.reload(); // another build of the core
    return;
  }
  view = readView(location);
  drawing = view.drawing ?? OPENING;
  history = [];
  showControls(view);
  showPrior();
  showDrawing();
  const entry = view.model ? models.find(({ name }) => name === view.model) : models[0];
  if (entry && entry.name !== model?.name) void useModel(entry);
  else refresh();
});

/**
 * @param {string} id
 * @param {(seed: number) => void} act
 */
function onSeed(id, act) {
  input(id).addEventListener("input", () => {
    const seed = seedFrom(input(id).value);
    input(id).toggleAttribute("aria-invalid", seed === undefined);
    if (seed !== undefined) act(seed);
  });
}

// ---------------------------------------------------------------------------------------------- what waits for the hand to rest

function describeSoon() {
  clearTimeout(describing);
  describing = window.setTimeout(() => {
    if (!reading) return;
    const { isEmpty: isNothing, recon, kl, reads } = reading;
    seen.describe(words.said.seen(isNothing ? undefined : inkBox(reading.seen)));
    reconstruction.describe(words.said.reconstruction(inkBox(reading.reconstruction), isNothing, reads));
    canvas("posterior").ariaLabel = isNothing ? words.said.posteriorEmpty : words.said.posterior(reading, order);
    caption("summary", isNothing ? words.priorMean : words.said.summary(recon, hasGaussian ? total(kl) : undefined));
  }, REST_MS);
}

function writeSoon() {
  clearTimeout(writing);
  const write = () => window.history.replaceState(null, "", writeView(view) || location.pathname + location.search);
  writing = window.setTimeout(write, REST_MS / 2);
}
