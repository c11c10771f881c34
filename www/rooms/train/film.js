// @ts-check
/** A film of a run: the pictures of its checkpoints one after the other, recorded by the browser. */

import { inked, P, SIDE } from "../../picture.js";
import { asNumber } from "../../palette.js";
import { GRID, SAMPLES } from "./darkroom.js";
import { paintMeans } from "./unfolding.js";

/** @typedef {import("./darkroom.js").Pictures} Pictures */
/** @typedef {import("./unfolding.js").Style} Style */
/** @typedef {CanvasRenderingContext2D} Pen */

/**
 * @typedef {object} Frame
 * @property {Pictures} pictures
 * @property {string} title  on the left, above them
 * @property {string} cost  on the right
 * @property {number} done  0…1, of the run
 */

/** Slow enough to see what changes from one to the next. */
const FRAMES_PER_SECOND = 8;
/** The last one stays for a while. ms */
const LAST_MS = 1500;
/** Enough for images that are all edges. Bits per second */
const QUALITY = 6_000_000;
/** VP8 before VP9, which takes more time than a laptop that trains has. Safari knows MP4 alone in most versions. */
const KINDS = ["video/webm;codecs=vp8", "video/webm;codecs=vp9", "video/webm", "video/mp4"];

/** px */
const [MARGIN, HEAD, FOOT] = [24, 56, 32];
/** Samples are four times as large as they are, or, beside a plane, twice; a plane's decoded images are twice. */
const [TIMES, SMALL_TIMES] = [4, 2];
const COLUMNS = 6;
const PLANE = GRID * SIDE * SMALL_TIMES;
const MEANS = 364;

/** What this browser can record; undefined = nothing. */
export function kindOfFilm() {
  if (!("captureStream" in HTMLCanvasElement.prototype) || !("MediaRecorder" in globalThis)) return undefined;
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
}

/** @param {string} kind */
export const endingOf = (kind) => (kind.startsWith("video/mp4") ? "mp4" : "webm");

/**
 * Records frames as long as they are to be seen.
 * @param {Frame[]} frames  at least one
 * @param {object} how
 * @param {string} how.kind
 * @param {Uint8Array | undefined} how.labels  of the held-out images
 * @param {Style} how.style
 * @param {(frame: number) => void} how.onFrame  from 1
 * @param {AbortSignal} how.signal
 * @returns {Promise<Blob>}
 */
export async function record(frames, { kind, labels, style, onFrame, signal }) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, sizeOf(frames[0].pictures));
  const pen = /** @type {Pen} */ (canvas.getContext("2d"));
  const stream = canvas.captureStream(30);
  const recorder = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: QUALITY });
  /** @type {Blob[]} */
  const parts = [];
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const recorded = new Promise((resolve, reject) => {
    recorder.onstop = resolve;
    recorder.onerror = (event) => reject(/** @type {any} */ (event).error ?? new Error("the recorder failed"));
  });
  const paint = (/** @type {Frame} */ frame) => paintFrame(pen, frame, labels, style);
  try {
    paint(frames[0]);
    recorder.start();
    const began = performance.now();
    for (const [i, frame] of frames.entries()) {
      paint(frame);
      onFrame(i + 1);
      await until(began + ((i + 1) * 1000) / FRAMES_PER_SECOND, signal);
    }
    // A canvas that does not change is not recorded: without another picture at its end the film would end too early.
    await until(performance.now() + LAST_MS, signal);
    paint(frames[frames.length - 1]);
    await until(performance.now() + 100, signal);
  } finally {
    if (recorder.state !== "inactive") recorder.stop();
    await recorded;
    for (const track of stream.getTracks()) track.stop();
  }
  return new Blob(parts, { type: kind });
}

/**
 * @param {number} time  of `performance.now()`
 * @param {AbortSignal} signal
 */
function until(time, signal) {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    setTimeout(resolve, time - performance.now());
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Even numbers, as encoders want them. @param {Pictures} pictures */
function sizeOf({ manifold }) {
  const rows = SAMPLES / COLUMNS;
  return manifold
    ? { width: MARGIN + PLANE + MARGIN + MEANS + MARGIN, height: HEAD + PLANE + FOOT }
    : { width: MARGIN + COLUMNS * SIDE * TIMES + MARGIN, height: HEAD + rows * SIDE * TIMES + FOOT };
}

/**
 * @param {Pen} pen
 * @param {Frame} frame
 * @param {Uint8Array | undefined} labels
 * @param {Style} style
 */
function paintFrame(pen, { pictures: { manifold, mu, samples }, title, cost, done }, labels, style) {
  const { palette, family } = style;
  const { width, height } = pen.canvas;
  const colour = asNumber(palette["x-hat"]);
  pen.fillStyle = palette.sheet;
  pen.fillRect(0, 0, width, height);
  Object.assign(pen, { fillStyle: palette.ink, font: `20px ${family}`, textBaseline: "middle", textAlign: "left", imageSmoothingEnabled: false });
  pen.fillText(title, MARGIN, HEAD / 2);
  pen.textAlign = "right";
  pen.fillText(cost, width - MARGIN, HEAD / 2);
  pen.fillStyle = palette.hairline;
  pen.fillRect(MARGIN, height - FOOT / 2, width - 2 * MARGIN, 2);
  pen.fillStyle = palette.ink;
  pen.fillRect(MARGIN, height - FOOT / 2, (width - 2 * MARGIN) * done, 2);
  if (!manifold || !mu) {
    paintTiles(pen, samples, MARGIN, HEAD, TIMES, colour);
    return;
  }
  paintImage(pen, manifold, GRID * SIDE, MARGIN, HEAD, SMALL_TIMES, colour);
  const left = MARGIN + PLANE + MARGIN;
  pen.save();
  pen.translate(left, HEAD);
  paintMeans(pen, MEANS, mu, labels, style);
  pen.restore();
  const tiles = COLUMNS * SIDE * SMALL_TIMES;
  paintTiles(pen, samples, left + (MEANS - tiles) / 2, height - FOOT - (SAMPLES / COLUMNS) * SIDE * SMALL_TIMES, SMALL_TIMES, colour);
}

/**
 * @param {Pen} pen
 * @param {Uint8Array} images  values of ink, P for each
 * @param {number} left
 * @param {number} top
 * @param {number} times
 * @param {number} colour  0xRRGGBB
 */
function paintTiles(pen, images, left, top, times, colour) {
  const edge = SIDE * times;
  for (let i = 0; i < images.length / P; i += 1) {
    const image = images.subarray(i * P, (i + 1) * P);
    paintImage(pen, image, SIDE, left + (i % COLUMNS) * edge, top + Math.floor(i / COLUMNS) * edge, times, colour);
  }
}

/**
 * @param {Pen} pen
 * @param {Uint8Array} image
 * @param {number} side
 * @param {number} left
 * @param {number} top
 * @param {number} times
 * @param {number} colour
 */
function paintImage(pen, image, side, left, top, times, colour) {
  const tile = new OffscreenCanvas(side, side);
  const ink = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
  ink.putImageData(new ImageData(inked(image, colour), side, side), 0, 0);
  pen.drawImage(tile, left, top, side * times, side * times);
}
