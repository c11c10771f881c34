// @ts-check
/**
 * The page, told in order: what is known, the parts, the worker and its model, then what a person can do. Parts and rooms
 * show and listen; the worker computes; this file is the only one that knows them all.
 */

import { DEFAULT_VIEW, inLanguage, inLesson, OWN, readView, seedFrom, writeView } from "./address.js";
import { fetchBaked, tintBaked } from "./baked.js";
import { byId, caption, captionDrawing, say, sayPen, showControls, showPriorKind, showWords } from "./captions.js";
import { Client } from "./client.js";
import { EMPTY, isEmpty, toText } from "./drawing.js";
import { EXAMPLES } from "./examples.js";
import { Figure } from "./figure.js";
import { fetchIndex, fetchJudge, fetchWeights } from "./models.js";
import { asNumber, paletteAt } from "./palette.js";
import { Glossary } from "./parts/glossary.js";
import { ModelPicker } from "./parts/model-picker.js";
import { Pad } from "./parts/pad.js";
import { PictureDrop } from "./parts/picture-drop.js";
import { PriorRow } from "./parts/prior-row.js";
import { Shelf } from "./parts/shelf.js";
import { fits, Rooms } from "./rooms.js";
import { Store } from "./store.js";
import { chooseTier } from "./tier.js";
import { words } from "./words/main.js";

/** @typedef {import("./types.js").Drawing} Drawing */
/** @typedef {import("./types.js").ModelEntry} ModelEntry */
/** @typedef {import("./types.js").Reading} Reading */
/** @typedef {import("./types.js").RoomName} RoomName */
/** @typedef {import("./types.js").View} View */

/** The address follows once the hand rests this long. */
const REST_MS = 200;

const canvas = (/** @type {string} */ id) => /** @type {HTMLCanvasElement} */ (byId(id));
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id));

// ---------------------------------------------------------------------------------------------- what is known

const store = new Store(readView(location), changed);
/** @type {Reading | undefined} */
let reading;
/** @type {ModelEntry[]} */
let models = [];
/** @type {string} the model that is there for who has chosen none */
let defaultModel = "";
/** @type {ModelEntry | undefined} the one that runs */
let model;
/** @type {ModelEntry | undefined} the one that runs, or is on its way */
let wanted;
/** Done when the model that was wanted last runs, or could not be had. */
let loading = Promise.resolve();
/** @type {readonly number[]} its dimensions, the most used first */
let order = [];
/** Timer of what waits for the hand to rest. */
let writing = 0;
/** Questions that the worker has not answered yet. */
let pending = 0;

// ---------------------------------------------------------------------------------------------- the parts

const figure = new Figure();
const pad = new Pad(canvas("pad"), {
  hint: words.padHint,
  onBegin: beginStroke,
  onInk: (strokes, time) => void read({ strokes }, time),
  onEnd: (strokes) => put({ strokes }),
  onPen: sayPen,
});
const picker = new ModelPicker(/** @type {HTMLSelectElement} */ (byId("model")), { onPick: pickModel });
new Shelf(byId("shelf"), EXAMPLES, { onPick: put, nameOf: words.example });
new Glossary(document.querySelectorAll("[data-term]"), byId("meaning"), (term) => words.meaning[/** @type {keyof typeof words.meaning} */ (term)]);
new PictureDrop(document.body, byId("picture"), input("picture-file"), {
  onPicture: (picture, data) => void takePicture(picture, data),
  onDrawing: (file) => void takeDrawing(file),
  onRefused: (name) => say(words.status.notAPicture(name), "error"),
});

const client = new Client({
  onReplaced: (reason) => {
    say(words.status.replaced(reason), "ready");
    refresh();
  },
  onLost: (reason) => say(words.status.lost(reason), "error"),
});

/** @type {Promise<Client> | undefined} the second worker, once a room has asked for it */
let second;

/** A second worker with the model that runs now: it starts when a room first has more to ask than one worker should do. */
async function spare() {
  if (navigator.hardwareConcurrency < 2) return client;
  second ??= startSecond();
  const started = await second;
  if (client.weights && started.weights !== client.weights) await started.load(client.weights);
  return started;
}

/** Where it stops it says nothing: what it was asked for comes to nothing, and is asked for again. */
async function startSecond() {
  const started = new Client({ onReplaced: () => {}, onLost: () => { second = undefined; } });
  await started.start(chooseTier(store.view.tier));
  return started;
}

/**
 * What a room sees and may do: the state of this file, as it is at the moment of asking.
 * @param {RoomName} name
 * @returns {import("./types.js").Desk}
 */
const deskFor = (name) => ({
  client,
  spare,
  get view() { return store.view; },
  get model() { return model; },
  get reading() { return reading; },
  get order() { return order; },
  get tints() { return tints(); },
  set: (settings, isPassing = false) => {
    const own = ownOf(name, settings);
    if (isPassing) store.pass({ own });
    else store.set({ own });
  },
  share: (shared) => store.set(shared),
  put,
  adopt,
  counted,
  fail,
});
const rooms = new Rooms(deskFor);

// ---------------------------------------------------------------------------------------------- first paint, then life

showWords();
showOwnLinks();
showControls(store.view);
showDrawing();
walk(store.view.room);
if (store.view.drawing === DEFAULT_VIEW.drawing && !store.view.model && store.view.isNormalised) void showBaked();
void live().then(judge);

/** A real example, computed before: there is something to look at while core and model are still on their way. */
async function showBaked() {
  const baked = await fetchBaked();
  if (!baked || model) return; // the model was faster
  const tinted = tintBaked(baked, paletteAt(document.body));
  order = baked.order;
  reading = tinted.reading;
  figure.show(reading, order);
  figure.showPictures(tinted.prior);
}

/** Core and model arrive side by side; from then on everything is computed here. */
async function live() {
  const tier = chooseTier(store.view.tier);
  const started = client.start(tier);
  const listed = fetchIndex();
  await Promise.all([
    started.then(({ tier: running }) => { byId("tier").textContent = words.tier[running]; }, () => {}), // onLost says it
    listed.then(async ({ models: all, default: first }) => {
      models = all;
      defaultModel = first;
      await useModel(modelFor(store.view), started);
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
 * The model that a view asks for: the one chosen, or the default, where its room can show that.
 * @param {View} view
 */
function modelFor({ model: name, room }) {
  const chosen = models.find((entry) => entry.name === name) ?? models.find((entry) => entry.name === defaultModel) ?? models[0];
  return fits(room, chosen) ? chosen : models.find((entry) => fits(room, entry)) ?? chosen;
}

/**
 * Fetches a model and hands it to the worker; whatever goes wrong, the one before it stays.
 * @param {ModelEntry} entry
 * @param {Promise<unknown>} [started]
 */
async function useModel(entry, started) {
  wanted = entry;
  picker.show(models, entry.name, (one) => fits(store.view.room, one));
  try {
    say(words.status.fetching(entry.title, 0, entry.bytes), "working");
    const weights = entry.weights ?? await fetchWeights(entry, (got, all) => say(words.status.fetching(entry.title, got, all), "working"));
    await started;
    if (wanted !== entry) return; // another was chosen meanwhile
    say(words.status.working(entry.title), "working");
    await load(entry, weights);
    const measured = entry.metrics?.test;
    caption("quality", measured && entry.name !== OWN ? words.quality(measured, hasFlow()) : "");
    say(words.status.ready, "ready");
    showPrior();
    await refresh();
  } catch (error) {
    if (wanted !== entry) return;
    const reason = error instanceof Error ? error.message : String(error);
    say(model ? words.status.modelKept(entry.title, reason, model.title) : words.status.noModel(entry.title, reason), "error");
    wanted = model;
    if (model) picker.choose(model.name);
  }
}

/**
 * @param {ModelEntry} entry
 * @param {ArrayBuffer} weights
 */
async function load(entry, weights) {
  const { latent } = await client.load(weights);
  model = { ...entry, latent };
  order = orderOf(latent, entry.metrics?.test?.kl_per_dim);
}

/**
 * A model that was made here: it stands beside those that ship, and where it runs already the new weights take the place
 * of the old ones without a word.
 * @param {ModelEntry & { weights: ArrayBuffer }} entry
 */
async function adopt(entry) {
  models = [...models.filter(({ name }) => name !== OWN), entry];
  if (wanted?.name !== OWN || model?.name !== OWN) {
    store.settle({ model: OWN });
    await loading;
    return;
  }
  wanted = entry;
  if (model.title !== entry.title) picker.show(models, OWN, (one) => fits(store.view.room, one));
  await load(entry, entry.weights);
  await read(store.view.drawing);
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
  return Promise.all([read(store.view.drawing), samplePrior()]);
}

/**
 * Sends a drawing on its way and shows what comes back, unless a newer one took its place.
 * @param {Drawing} drawing
 * @param {number} [time]  when the event happened that this answers
 */
async function read({ strokes, pixels }, time) {
  if (!model) return;
  const { isNormalised, zSeed, isMean } = store.view;
  try {
    const answer = await counted(client.draw({ strokes, pixels, isNormalised, zSeed, isMean, tints: tints() }));
    if (!answer || answer.mu.length !== order.length) return; // nothing new, or of the model before
    reading = answer;
    figure.show(answer, order, savedNats());
    rooms.show();
    byId("ms").textContent = words.ms(answer.ms);
    if (time !== undefined) performance.measure("ink→paint", { start: time, end: performance.now(), detail: answer.ms });
    else if (!performance.getEntriesByName("live").length) performance.mark("live");
  } catch (error) {
    fail(error);
  }
}

async function samplePrior() {
  if (!model) return;
  const { priorSeed: seed, isLearned } = store.view;
  try {
    const answer = await counted(client.prior({ seed, count: PriorRow.COUNT, isLearned, tints: tints() }));
    if (answer) figure.showSamples(answer, seed, hasFlow() && isLearned);
  } catch (error) {
    fail(error);
  }
}

/** The samples' prior, as model and view have it. */
function showPrior() {
  showPriorKind(hasFlow(), hasFlow() && store.view.isLearned);
}

/** By how many nats a learned prior makes KL smaller, on average over the test digits. */
function savedNats() {
  const measured = model?.metrics?.test;
  if (!measured?.kl_per_dim || !hasFlow()) return undefined;
  return measured.kl_per_dim.reduce((sum, nats) => sum + nats, -measured.kl);
}

const hasFlow = () => Boolean(model?.config?.latent?.gaussian?.flow);

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

function tints() {
  const palette = paletteAt(document.body);
  return { ink: asNumber(palette.ink), xHat: asNumber(palette["x-hat"]) };
}

// ---------------------------------------------------------------------------------------------- what a person does

/**
 * The view is another one: shows it, and asks for what depends on what has changed.
 * @param {View} view
 * @param {View} before
 */
function changed(view, before) {
  const differs = (/** @type {(keyof View)[]} */ ...names) => names.some((name) => view[name] !== before[name]);
  showControls(view);
  showPrior();
  showDrawing();
  if (differs("room")) walk(view.room);
  const entry = models.length ? modelFor(view) : undefined;
  if (entry && entry !== wanted) loading = counted(useModel(entry));
  else {
    if (differs("drawing", "zSeed", "isMean", "isNormalised")) void read(view.drawing);
    if (differs("priorSeed", "isLearned")) void samplePrior();
    if (entry && differs("room")) picker.show(models, entry.name, (one) => fits(view.room, one));
  }
  if (differs("own", "priorSeed", "isLearned")) rooms.show();
  clearTimeout(writing);
  writing = window.setTimeout(() => writeAddress(view), REST_MS);
}

/** @param {RoomName} name */
function walk(name) {
  counted(rooms.enter(name)).catch(fail);
}

/** An example or a picture gives way to the first stroke; the store still has it. */
function beginStroke() {
  const { isExample, pixels } = store.view.drawing;
  if (isExample || pixels) pad.show(EMPTY);
  caption("pad-caption", words.page.padTitle);
}

/**
 * Puts another drawing on the pad.
 * @param {Drawing} drawing
 */
function put(drawing) {
  store.set({ drawing });
}

/** The drawing, and what is said about it. */
function showDrawing() {
  pad.show(store.view.drawing);
  pad.describe(captionDrawing(store.view.drawing));
  byId("undo").toggleAttribute("disabled", !store.canUndo);
  byId("redo").toggleAttribute("disabled", !store.canRedo);
}

/**
 * A room's settings after a change.
 * @param {RoomName} room
 * @param {Record<string, string | undefined>} settings
 */
function ownOf(room, settings) {
  const own = { ...store.view.own };
  for (const [name, text] of Object.entries(settings)) {
    if (text === undefined) delete own[`${room}.${name}`];
    else own[`${room}.${name}`] = text;
  }
  return own;
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
    fail(error);
  }
}

/** A drawing that was kept as a file. @param {File} file */
async function takeDrawing(file) {
  try {
    const { readDrawing } = await counted(import("./rooms/drawing-file.js"));
    put(readDrawing(await file.text(), file.name));
    say(words.status.ready, "ready");
  } catch (error) {
    fail(error);
  }
}

async function keep() {
  try {
    const { openKeep } = await counted(import("./rooms/keep.js"));
    writeAddress(store.view);
    const isFigure = store.view.room === "draw";
    const own = rooms.room?.picture?.();
    const shown = figure.pictures().filter(({ name }) => isFigure || name !== "prior");
    await openKeep({ shown: own?.pictures.length ? [own, ...shown] : shown, drawing: store.view.drawing, link: location.href });
  } catch (error) {
    fail(error);
  }
}

async function chooseTestDigit() {
  try {
    const { openTestDigits } = await counted(import("./rooms/test-digits.js"));
    await openTestDigits(deskFor("draw"));
  } catch (error) {
    fail(error);
  }
}

/** @param {unknown} error */
function fail(error) {
  say(words.status.failed(error), "error");
}

/** @param {string} name */
function pickModel(name) {
  store.set({ model: name === defaultModel ? "" : name });
}

/** @param {MouseEvent} event  on a link */
const isForNewTab = ({ ctrlKey, metaKey, shiftKey }) => ctrlKey || metaKey || shiftKey;

/** The next seed: the one after, so that a series can be repeated and gone through. */
const after = (/** @type {number} */ seed) => (seed + 1) >>> 0;

byId("undo").addEventListener("click", () => store.undo());
byId("redo").addEventListener("click", () => store.redo());
byId("clear").addEventListener("click", () => isEmpty(store.view.drawing) || put(EMPTY));
byId("resample").addEventListener("click", () => {
  const { isMean, zSeed } = store.view;
  store.set({ zSeed: isMean ? zSeed : after(zSeed), isMean: false });
});
byId("mean").addEventListener("click", () => store.set({ isMean: !store.view.isMean }));
byId("new-samples").addEventListener("click", () => store.set({ priorSeed: after(store.view.priorSeed) }));
byId("keep").addEventListener("click", () => void keep());
byId("test-digits").addEventListener("click", () => void chooseTestDigit());
byId("theme").addEventListener("click", () => {
  const theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
});
byId("language").addEventListener("click", (event) => {
  localStorage.setItem("language", words.other.name);
  writeAddress(store.view); // with what the hand did a moment ago
  if (isForNewTab(event)) return;
  event.preventDefault();
  const { href } = /** @type {HTMLAnchorElement} */ (event.currentTarget);
  if (models.some(({ name }) => name === OWN)) window.open(href); // no link carries weights: what was trained here stays in this tab
  else location.replace(href); // there is no way back to a language
});
input("normalise").addEventListener("change", () => store.set({ isNormalised: input("normalise").checked }));
input("learned").addEventListener("change", () => store.set({ isLearned: input("learned").checked }));
onSeed("z-seed", (zSeed) => store.set({ zSeed, isMean: false }));
onSeed("prior-seed", (priorSeed) => store.set({ priorSeed }));

for (const link of document.querySelectorAll("[data-room-link]")) {
  link.addEventListener("click", (event) => {
    if (isForNewTab(/** @type {MouseEvent} */ (event))) return; // by the link's address
    event.preventDefault();
    const room = /** @type {RoomName} */ (link.getAttribute("data-room-link"));
    if (room === store.view.room) return;
    writeAddress(store.view);
    history.pushState(null, "", addressOf({ ...store.view, room }));
    store.settle({ room });
  });
}

document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLTextAreaElement || (event.target instanceof HTMLInputElement && event.target.type === "text");
  const isElsewhere = event.target instanceof Element && event.target.closest("dialog"); // the page lies behind it
  if (!(event.ctrlKey || event.metaKey) || isTyping || isElsewhere) return;
  const key = event.key.toLowerCase();
  if (key === "z" && !event.shiftKey) store.undo();
  else if (key === "y" || key === "z") store.redo();
  else return;
  event.preventDefault();
});

// The toggle and the system both end in this attribute.
new MutationObserver(() => {
  pad.repaint();
  figure.repaint();
  if (model) refresh();
  else if (reading) void showBaked();
  rooms.show();
}).observe(document.documentElement, { attributeFilter: ["data-theme"] });

// Somebody changed the address, or went back: that view it is.
window.addEventListener("popstate", () => {
  const view = readView(location);
  if (writeView(view) === writeView(store.view)) return;
  if (view.tier !== store.view.tier) {
    location.reload(); // another build of the core
    return;
  }
  // What a link cannot carry (the picture behind the pixels, that it is an example) stays while the drawing is the same.
  const isSame = toText(view.drawing) === toText(store.view.drawing);
  store.replace(isSame ? { ...view, drawing: store.view.drawing } : view);
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

// ---------------------------------------------------------------------------------------------- the address

/** @param {View} view */
function addressOf(view) {
  return writeView(view) || location.pathname + location.search;
}

/** The address of this view, and of the same view in the other rooms. @param {View} view */
function writeAddress(view) {
  clearTimeout(writing);
  history.replaceState(null, "", addressOf(view));
  showOwnLinks();
  for (const link of document.querySelectorAll("[data-room-link]")) {
    const room = /** @type {RoomName} */ (link.getAttribute("data-room-link"));
    link.setAttribute("href", addressOf({ ...view, room }));
  }
}

/** Where the switch of languages leads, and the way out of another site's page: to the same view. */
function showOwnLinks() {
  byId("language").setAttribute("href", inLanguage(location.href, words.other.name));
  byId("whole").setAttribute("href", inLesson(location.href));
}
