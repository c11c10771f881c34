// @ts-check
/** What the tests of the room for training have in common. Every wait is for a condition: other runs share the machine. */

import { BASE_URL, ready, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const PATIENCE = { timeout: 120_000 };

/** One worker and a small network: a run is the same everywhere, and quick. */
export const SMALL = "train.workers=1&train.network=200";

/** @param {Page} page @param {string} [settings]  as in a link */
export async function enter(page, settings = SMALL) {
  await page.goto(`${BASE_URL}#room=train&${settings}`);
  await ready(page);
  await page.waitForSelector("#train-play");
}

/** The step that the run is at; -1 where there is none. @param {Page} page @returns {Promise<number>} */
export const stepOf = (page) => page.evaluate(() => Number(/step (\d+)/.exec(document.getElementById("train-progress")?.textContent ?? "")?.[1] ?? -1));

/** @param {Page} page @param {number} least  step */
export const reached = (page, least) => page.waitForFunction((step) =>
  Number(/step (\d+)/.exec(document.getElementById("train-progress")?.textContent ?? "")?.[1] ?? -1) >= step, least, PATIENCE);

/** Waits until the page's model is the one after a step, or a later one, and its pictures are there. @param {Page} page @param {number} least */
export async function shown(page, least) {
  await page.waitForFunction((step) => Number(document.getElementById("train-pictures")?.dataset.step ?? -1) >= step, least, PATIENCE);
  await settled(page);
}

/** Waits until the browser keeps the run as it was after a step, or a later one. @param {Page} page @param {number} least */
export const kept = (page, least) => page.waitForFunction((step) =>
  Number(document.getElementById("train-kept")?.dataset.step ?? -1) >= step, least, PATIENCE);

/** Presses One step so many times, each after the step before. @param {Page} page @param {number} count @param {number} [from] */
export async function takeSteps(page, count, from = 0) {
  for (let step = from + 1; step <= from + count; step += 1) {
    await page.click("#train-step");
    await reached(page, step);
  }
  await shown(page, from + count);
}

/** Waits until an element says something. @param {Page} page @param {string} id @param {RegExp} pattern */
export const says = (page, id, pattern) => page.waitForFunction(([name, source]) => {
  const element = document.getElementById(name);
  return element?.checkVisibility() && new RegExp(source).test(element.textContent ?? "");
}, [id, pattern.source], PATIENCE);

/** @param {Page} page @param {string} id */
export const isAway = (page, id) => page.waitForFunction((name) => !document.getElementById(name)?.checkVisibility(), id, PATIENCE);

/** Waits until the address says something. @param {Page} page @param {RegExp} pattern */
export const linked = (page, pattern) => page.waitForFunction((source) => new RegExp(source).test(decodeURIComponent(location.hash)), pattern.source, PATIENCE);

/** Presses a button that saves. @param {Page} page @param {string} id @returns {Promise<{ name: string, bytes: Buffer }>} */
export async function saved(page, id) {
  const [download] = await Promise.all([page.waitForEvent("download", PATIENCE), page.click(id)]);
  /** @type {Buffer[]} */
  const parts = [];
  for await (const part of await download.createReadStream()) parts.push(part);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(parts) };
}

/** The log of the run, by its columns; numbers where there are any. @param {Page} page @returns {Promise<Record<string, number>[]>} */
export async function logOf(page) {
  const { bytes } = await saved(page, "#train-save-log");
  const [head, ...lines] = bytes.toString().trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((text, i) => [names[i], text === "" ? NaN : Number(text)])));
}

/**
 * The longest task of the page's main thread while something is done, in ms of the processor: what else runs on a machine, or stops the
 * browser for a while, does not count.
 * @param {Page} page
 * @param {() => Promise<unknown>} act
 */
export async function longestTask(page, act) {
  const browser = /** @type {import("playwright-core").Browser} */ (page.context().browser());
  await browser.startTracing(page, { categories: ["__metadata", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await act();
  /** @type {{ traceEvents: { name: string, ph: string, pid: number, tid: number, tdur?: number, args: { name?: string } }[] }} */
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const place = (/** @type {{ pid: number, tid: number }} */ { pid, tid }) => `${pid}/${tid}`;
  const mains = new Set(traceEvents.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(place));
  const tasks = traceEvents.filter((event) => event.name === "RunTask" && event.ph === "X" && mains.has(place(event)));
  return Math.max(0, ...tasks.map(({ tdur = 0 }) => tdur / 1000));
}
