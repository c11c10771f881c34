// @ts-check
/** What the tests and the scripts beside them share: the browser, the page when it is ready, and what they do on it. */

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import { chromium } from "playwright-core";

/** Where the page is served; `cargo xtask test` and `cargo xtask serve` say. */
export const BASE_URL = (process.env.BASE_URL ?? "http://127.0.0.1:8080").replace(/\/?$/, "/");

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").Browser} Browser */

/** With what `CHROMIUM_FLAGS` adds, for example `--js-flags=--wasm-revectorize`. @returns {Promise<Browser>} */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: [
      "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
      "--no-first-run", ...(process.env.CHROMIUM_FLAGS?.split(" ") ?? []),
    ],
  });
}

/**
 * A page of its own, with everything it complains about written down.
 * @param {Browser} browser
 * @param {import("playwright-core").BrowserContextOptions} [options]
 */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const requests = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  return { page, complaints, requests };
}

/**
 * Opens the page and waits until it computes for itself.
 * @param {Page} page
 * @param {string} [address]  the search and hash
 */
export async function open(page, address = "") {
  await page.goto(BASE_URL + address);
  await ready(page);
}

/** @param {Page} page */
export async function ready(page) {
  await page.waitForFunction(() => document.getElementById("status")?.dataset.mood === "ready");
  await settled(page);
}

/**
 * Waits until the worker owes nothing and two frames have passed.
 * @param {Page} page
 */
export async function settled(page) {
  const twoFrames = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await twoFrames();
  await page.waitForFunction(() => !("pending" in document.documentElement.dataset));
  await twoFrames();
}

/**
 * Waits until the judge has come and read the drawing.
 * @param {Page} page
 */
export async function judged(page) {
  await page.waitForFunction(() => !document.getElementById("reads")?.classList.contains("is-waiting"));
  await settled(page);
}

/**
 * What axe finds that is serious or worse.
 * @param {Page} page
 * @returns {Promise<string[]>}
 */
export async function seriousFindings(page) {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    // Preloading, it would copy imported style sheets into the page, which the page's policy refuses.
    const { violations } = await /** @type {any} */ (window).axe.run({ preload: false });
    return violations
      .filter((/** @type {any} */ { impact }) => impact === "serious" || impact === "critical")
      .flatMap((/** @type {any} */ { id, nodes }) => nodes.map((/** @type {any} */ { target, failureSummary }) => `${id} at ${target}: ${failureSummary}`));
  });
}

/**
 * The alpha of every pixel of a canvas, and their sum.
 * @param {Page} page
 * @param {string} id
 * @returns {Promise<{ alpha: Uint8Array, sum: number }>}
 */
export async function inkOn(page, id) {
  const text = await page.evaluate((name) => {
    const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById(name));
    const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
    let bytes = "";
    for (let i = 3; i < data.length; i += 4) bytes += String.fromCharCode(data[i]);
    return btoa(bytes);
  }, id);
  const alpha = new Uint8Array(Buffer.from(text, "base64"));
  return { alpha, sum: alpha.reduce((sum, value) => sum + value, 0) };
}

/** Pictures are compared by it, so that a failure does not print them. @param {string | Uint8Array} data */
export const hashOf = (data) => createHash("sha256").update(data).digest("hex");

/**
 * Waits until the link, decoded, matches.
 * @param {Page} page
 * @param {RegExp} pattern
 */
export const linked = (page, pattern) => page.waitForFunction((source) => new RegExp(source).test(decodeURIComponent(location.hash)), pattern.source);

/**
 * Mean difference between two pictures, in parts of full ink.
 * @param {{ alpha: ArrayLike<number> }} a
 * @param {{ alpha: ArrayLike<number> }} b
 */
export function difference({ alpha: a }, { alpha: b }) {
  return Array.from(a).reduce((sum, value, i) => sum + Math.abs(value - b[i]), 0) / a.length / 255;
}

/** Strokes as parts of the pad's side: a 2, a 7, and a 4 of two strokes. */
export const DIGITS = {
  two: [[[0.3, 0.3], [0.4, 0.18], [0.55, 0.15], [0.66, 0.28], [0.6, 0.46], [0.45, 0.66], [0.29, 0.84], [0.5, 0.82], [0.74, 0.83]]],
  seven: [[[0.3, 0.2], [0.5, 0.2], [0.7, 0.18], [0.62, 0.38], [0.53, 0.6], [0.46, 0.88]]],
  four: [[[0.41, 0.15], [0.35, 0.35], [0.29, 0.54], [0.5, 0.55], [0.74, 0.52]], [[0.64, 0.2], [0.6, 0.5], [0.55, 0.88]]],
};

/**
 * Draws with the mouse.
 * @param {Page} page
 * @param {number[][][]} strokes
 * @param {number} [steps]  moves between two points
 */
export async function draw(page, strokes, steps = 6) {
  const pad = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#pad").boundingBox());
  for (const [[x, y], ...rest] of strokes) {
    await page.mouse.move(pad.x + x * pad.width, pad.y + y * pad.height);
    await page.mouse.down();
    for (const [toX, toY] of rest) await page.mouse.move(pad.x + toX * pad.width, pad.y + toY * pad.height, { steps });
    await page.mouse.up();
  }
  await settled(page);
}

/**
 * The numbers of the sample, as shown.
 * @param {Page} page
 * @param {"eps" | "z"} name
 */
export function shownNumbers(page, name) {
  return page.locator(`#sample .${name}:not(.symbol)`).allTextContents()
    .then((texts) => texts.map((text) => Number(text.replace("\u2212", "-"))));
}
