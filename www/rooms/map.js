// @ts-check
/**
 * The map: the plane of a two-dimensional model, with the test digits where the encoder puts them, the posterior of the
 * drawing, a manifold of decoded digits beneath, and beside it the digit that any place decodes to.
 */

import { PixelGrid } from "../parts/pixel-grid.js";
import { P, SIDE, inked } from "../picture.js";
import { words } from "../words/rooms/map.js";
import { centreWith } from "./map/axis.js";
import { Gestures } from "./map/gestures.js";
import { Layout } from "./map/layout.js";
import { Plane } from "./map/plane.js";
import { atText, clampView, clampZ, gridText, hiddenText, REACH, readSettings, spacingText, viewText, WHOLE } from "./map/settings.js";
import { TestPoints } from "./map/test-points.js";
import { keyOf } from "./model-key.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("../types.js").Verdict} Verdict */
/** @typedef {[number, number]} Z */

/** Steps of keys and wheel that follow each other so fast are one change. ms */
const REST_MS = 300;
/** Texts for those who do not see follow once the hand rests this long. ms */
const SAY_MS = 400;
const ZOOM_STEP = 1.5;
/** Enter takes the point that z stands on: within so many px. */
const UNDER = 7;
/** z is led back into view before it comes nearer to the edge than this. px */
const MARGIN = 12;

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const layout = new Layout(body);
  const points = new TestPoints();
  const plane = new Plane(layout.map, { onPaint: measure, onResize: () => void showManifold() });
  const pictures = {
    decoded: new PixelGrid(layout.decoded),
    original: new PixelGrid(layout.original),
    reconstruction: new PixelGrid(layout.reconstruction),
  };

  let settings = readSettings(desk.view.own);
  /** What is in view: while a hand moves the plane, ahead of the settings. */
  let { view } = settings;
  let isMoving = false;
  /** @type {Z | undefined} where the hand is; undefined = z is where it was left */
  let hand;
  /** @type {Verdict | undefined} */
  let reads;
  /** @type {Uint8ClampedArray} as it is shown */
  let decoded = new Uint8ClampedArray(4 * P);
  let theme = "";
  /** Of what the manifold is, or will be. */
  let manifoldOf = "";
  let isAsking = false;
  let isLoading = false;
  let hasFailed = false;
  /** How far the test digits were when it was last said. */
  let said = "";
  /** Of what the pictures of the test digit are. */
  let takenOf = "";
  /** @type {{ name: string, start: number }[]} what the next frame answers */
  let waiting = [];
  const timers = { step: 0, view: 0, say: 0 };

  const modelKey = () => (desk.model ? keyOf(desk.model) : "");
  const isFitting = () => desk.model?.latent === 2;
  const posterior = () => (isFitting() && desk.reading?.mu.length === 2 ? desk.reading : undefined);
  /** Where z was left: as chosen, or at the mean of the drawing. @returns {Z} */
  const left = () => settings.at ?? /** @type {Z} */ ([...posterior()?.mu ?? [0, 0]]);
  const current = () => hand ?? left();
  const fail = (/** @type {unknown} */ error) => isFitting() && desk.fail(error); // another model has come: it was asked for nothing

  // ------------------------------------------------------------------------------------------ showing

  function show() {
    settings = readSettings(desk.view.own);
    if (!isMoving) view = settings.view;
    if (theme !== document.documentElement.dataset.theme) plane.recolour();
    theme = document.documentElement.dataset.theme ?? "";
    layout.show(settings, view);
    layout.wait(isFitting() ? "" : words.waiting);
    if (isFitting()) points.placeBy(modelKey());
    showPlane();
    if (!isFitting()) return;
    void decode();
    void showManifold();
    void showTaken();
    sayProgress();
    if (!hasFailed) void load();
  }

  function showPlane() {
    const reading = posterior();
    const { digit, spacing, hidden, grid } = settings;
    plane.show({
      view, spacing, points, grid, hidden,
      posterior: reading?.isEmpty ? undefined : reading,
      digit: digit !== undefined && digit < points.count ? { mu: points.muOf(digit), sigma: points.sigmaOf(digit) } : undefined,
      z: current(),
      left: hand && left(),
    });
    saySoon();
  }

  /**
   * The picture at z.
   * @param {number} [start]  when the event happened that this answers
   */
  async function decode(start) {
    const z = current();
    layout.sayZ(z);
    try {
      const answer = await desk.counted(desk.client.decode("map", { z: Float32Array.from(z), colour: desk.tints.xHat, isJudged: true }));
      if (!answer) return;
      [decoded] = answer.pictures;
      pictures.decoded.show(decoded);
      if (start !== undefined) performance.measure("z→paint", { start, end: performance.now(), detail: answer.ms });
      reads = answer.reads?.[0];
      layout.sayReads(reads);
      saySoon();
    } catch (error) {
      fail(error);
    }
  }

  /** The manifold of what is in view; one that is under way is finished first, and then the latest view counts. */
  async function showManifold() {
    const n = settings.grid;
    const colour = desk.tints.xHat;
    const key = [modelKey(), n, view.x, view.y, view.zoom, colour].join();
    if (!n || isAsking || key === manifoldOf || !isFitting() || !plane.isLaidOut) return;
    isAsking = true;
    manifoldOf = key;
    const start = performance.now();
    const { across, down } = plane.axes;
    let isWhole = false;
    try {
      // Both take turns; with one core they are the same, whose newest request would push out the other.
      const clients = new Set([desk.client, await desk.spare()]);
      const decoders = [...clients].map((client) => (/** @type {Float32Array} */ z, /** @type {number} */ columns) => client.decode("manifold", { z, colour, columns }));
      isWhole = await desk.counted(plane.manifold.ask(n, across, down, decoders));
    } catch (error) {
      fail(error);
    }
    isAsking = false;
    if (!isWhole) {
      manifoldOf = "";
      return;
    }
    waiting.push({ name: "manifold", start });
    plane.renew(true);
    void showManifold();
  }

  /** The test digits come once; a model that left meanwhile finds its way on when it comes back. */
  async function load() {
    if (isLoading || points.isWhole) return;
    isLoading = true;
    hasFailed = false;
    try {
      await desk.counted(points.load({
        encode: (pixels) => desk.client.encode(pixels),
        isWanted: isFitting,
        onBytes: (got, all) => layout.sayProgress(words.fetching(got, all)),
        onPoints: () => {
          plane.renew();
          sayProgress();
          if (settings.digit !== undefined && takenOf !== takenKey()) show();
        },
      }));
    } catch (error) {
      hasFailed = isFitting();
      said = "";
      if (hasFailed) layout.sayProgress(words.failed(error instanceof Error ? error.message : String(error)), true);
    }
    isLoading = false;
    if (isFitting() && !hasFailed) void load(); // a model that came meanwhile has none of its own yet
  }

  function sayProgress() {
    const progress = [points.count, hiddenText(settings.hidden)].join();
    if (!points.isFetched || hasFailed || progress === said) return;
    said = progress;
    const shown = points.labels.reduce((sum, label) => sum + (settings.hidden.has(label) ? 0 : 1), 0);
    layout.sayProgress(points.isWhole ? words.placed(shown, points.all) : words.placing(points.count, points.all));
    if (points.isWhole) saySoon();
  }

  /** Which test digit is shown, in which colours, and whether it has been placed. */
  const takenKey = () => [modelKey(), settings.digit, (settings.digit ?? 0) < points.count, desk.tints.ink].join();

  async function showTaken() {
    const { digit: i } = settings;
    if (i === undefined || !points.isFetched) {
      takenOf = "";
      layout.showTaken(undefined);
      return;
    }
    if (takenOf === takenKey()) return;
    takenOf = takenKey();
    const label = points.labels[i];
    const isPlaced = i < points.count;
    layout.showTaken({ i, label, ...(isPlaced ? { mu: points.muOf(i), sigma: points.sigmaOf(i) } : {}) });
    pictures.original.show(inked(points.digit(i), desk.tints.ink));
    pictures.reconstruction.show(new Uint8ClampedArray(4 * P));
    if (!isPlaced) return;
    try {
      const answer = await desk.counted(desk.client.decode("map digit", { z: Float32Array.from(points.muOf(i)), colour: desk.tints.xHat }));
      if (answer) pictures.reconstruction.show(answer.pictures[0]);
      else takenOf = "";
    } catch (error) {
      fail(error);
    }
  }

  function saySoon() {
    clearTimeout(timers.say);
    timers.say = window.setTimeout(() => {
      const { digit, grid } = settings;
      layout.say([
        words.said(current(), reads),
        ...(digit !== undefined && points.isFetched && !hand ? [words.saidDigit(points.labels[digit])] : []),
      ].join(" "), words.saidPlane(plane.shown, grid, view.zoom));
    }, SAY_MS);
  }

  /** What a person waited for ends with the frame that shows it. */
  function measure() {
    const end = performance.now();
    for (const { name, start } of waiting) performance.measure(name, { start, end });
    waiting = [];
  }

  // ------------------------------------------------------------------------------------------ z

  const gestures = new Gestures(layout.map, {
    onPoint: (at, time) => {
      hand = clampZ(plane.zAt(...at));
      showPlane();
      void decode(time);
    },
    onLeave: letGo,
    onChoose: choose,
    zAt: (at) => plane.zAt(...at),
    zoom: () => view.zoom,
    onHold: hold,
    onRelease: keepView,
    onStep: step,
    onSlide: slide,
    onCommand: (command) => commands[command](),
  });

  /** The hand chose nothing: z is again where it was left. */
  function letGo() {
    if (!hand) return;
    hand = undefined;
    showPlane();
    void decode();
  }

  /**
   * z stays here, or at the point that was meant.
   * @param {[number, number]} at  px
   * @param {number} [reach]  px
   */
  function choose(at, reach) {
    const near = reach === undefined ? undefined : nearest(at);
    if (near && near.distance <= (reach ?? 0)) take(near.i);
    else keep(clampZ(plane.zAt(...at)));
  }

  /** @param {[number, number]} at  px */
  function nearest([x, y]) {
    return points.nearest((mu) => {
      const [px, py] = plane.place(mu);
      return Math.hypot(px - x, py - y);
    }, settings.hidden);
  }

  /** @param {number} i  of a test digit */
  function take(i) {
    keep(clampZ(points.muOf(i)), i);
  }

  /** @param {Z} z @param {number} [digit] */
  function keep(z, digit) {
    clearTimeout(timers.step);
    hand = undefined;
    desk.set({ at: atText(z), digit: digit === undefined ? undefined : String(digit) });
  }

  /** @param {number} across  px @param {number} up */
  function step(across, up) {
    const [x, y] = plane.place(current());
    const z = clampZ(plane.zAt(x + across, y - up));
    hand = undefined;
    desk.set({ at: atText(z), digit: undefined }, true);
    follow();
    clearTimeout(timers.step);
    timers.step = window.setTimeout(() => keep(left()), REST_MS);
  }

  /** Moves the plane as little as brings z into view. */
  function follow() {
    const [x, y] = plane.place(left());
    const { across, down } = plane.axes;
    const by = (/** @type {number} */ px, /** @type {number} */ end) => Math.max(MARGIN - px, 0) + Math.min(end - MARGIN - px, 0);
    const [right, lower] = [by(x, across.length), by(y, down.length)];
    if (right || lower) slide(right, -lower);
  }

  // ------------------------------------------------------------------------------------------ the view

  /**
   * A z shall be at a place of the screen, so much magnified.
   * @param {Z} z
   * @param {[number, number]} at  px
   * @param {number} times
   * @param {number} [start]  when the event happened that this answers
   */
  function hold(z, [x, y], times, start) {
    const before = view.zoom;
    const { zoom } = clampView({ ...view, zoom: times });
    const { across, down } = plane.axes;
    const centre = (/** @type {number} */ value, /** @type {number} */ px, /** @type {number} */ length) =>
      centreWith(value, px, REACH / zoom, length, settings.spacing);
    view = clampView({ x: centre(z[0], x, across.length), y: centre(z[1], down.length - y, down.length), zoom });
    isMoving = true;
    layout.showZoom(view);
    showPlane();
    if (start !== undefined) waiting.push({ name: "pan", start });
    if (zoom !== before) void showManifold(); // a plane that only moves takes its manifold along until it rests
  }

  function keepView() {
    clearTimeout(timers.view);
    timers.view = window.setTimeout(() => {
      isMoving = false;
      desk.set({ view: viewText(view) });
    }, REST_MS);
  }

  /** @param {number} across  px @param {number} up */
  function slide(across, up) {
    const { across: x, down: y } = plane.axes;
    const middle = /** @type {[number, number]} */ ([x.length / 2, y.length / 2]);
    hold(plane.zAt(...middle), [middle[0] + across, middle[1] - up], view.zoom);
    keepView();
  }

  /** About z, where that is in view. @param {number} times */
  function zoom(times) {
    const { across, down } = plane.axes;
    const [x, y] = plane.place(current());
    const isInView = x >= 0 && y >= 0 && x <= across.length && y <= down.length;
    const at = /** @type {[number, number]} */ (isInView ? [x, y] : [across.length / 2, down.length / 2]);
    hold(plane.zAt(...at), at, view.zoom * times);
    keepView();
  }

  function showWhole() {
    clearTimeout(timers.view);
    isMoving = false;
    view = WHOLE;
    desk.set({ view: undefined });
  }

  /** @type {Record<import("./map/gestures.js").Command, () => void>} */
  const commands = {
    choose: () => choose(plane.place(current()), UNDER),
    home: () => {
      clearTimeout(timers.step);
      hand = undefined;
      desk.set({ at: undefined, digit: undefined });
    },
    nearest: () => {
      const near = nearest(plane.place(current()));
      if (near) take(near.i);
    },
    in: () => zoom(ZOOM_STEP),
    out: () => zoom(1 / ZOOM_STEP),
    whole: showWhole,
  };

  // ------------------------------------------------------------------------------------------ controls

  layout.zoomIn.addEventListener("click", commands.in);
  layout.zoomOut.addEventListener("click", commands.out);
  layout.whole.addEventListener("click", showWhole);
  layout.pan.addEventListener("click", () => {
    gestures.isPanning = !gestures.isPanning;
    layout.pan.setAttribute("aria-pressed", String(gestures.isPanning));
    layout.map.classList.toggle("is-panned", gestures.isPanning);
  });
  layout.classes.forEach((button, label) => button.addEventListener("click", () => {
    const hidden = new Set(settings.hidden);
    if (!hidden.delete(label)) hidden.add(label);
    desk.set({ hide: hiddenText(hidden) });
  }));
  layout.all.addEventListener("click", () => desk.set({ hide: settings.hidden.size ? undefined : "0123456789" }));
  layout.again.addEventListener("click", () => void load());
  layout.manifold.addEventListener("change", () => desk.set({ grid: gridText(layout.manifold.checked ? Number(layout.grid.value) : 0) }));
  layout.grid.addEventListener("input", () => desk.set({ grid: gridText(layout.grid.valueAsNumber) }, true));
  layout.grid.addEventListener("change", () => desk.set({ grid: gridText(layout.grid.valueAsNumber) }));
  layout.axes.addEventListener("change", () => desk.set({ axes: spacingText(layout.axes.checked ? "scale" : "prior", settings.grid) }));
  layout.put.addEventListener("click", () => settings.digit !== undefined && desk.put({ strokes: [], pixels: points.digit(settings.digit) }));

  return {
    show,
    picture: () => {
      const { picture } = plane.manifold;
      if (settings.grid && picture) return { name: "manifold", pictures: [picture.rgba], side: picture.side, columns: 1 };
      return { name: "decoded", pictures: [decoded], side: SIDE, columns: 1 };
    },
  };
}
