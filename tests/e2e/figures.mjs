// @ts-check
/** What the scripts that measure the page share. */

/** The number after an option of the command line. @param {string} name @param {number} otherwise */
export function option(name, otherwise) {
  const at = process.argv.indexOf(name);
  return at < 0 ? otherwise : Number(process.argv[at + 1]);
}

export const isJson = process.argv.includes("--json");

/** @param {number} value  to a tenth */
export const rounded = (value) => Math.round(value * 10) / 10;

/** @param {number[]} values */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ part) => rounded(sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]);
  return { n: sorted.length, median: at(0.5), p95: at(0.95), max: at(1) };
}

/** Begins to note the time of every frame. @param {import("playwright-core").Page} page */
export const noteFrames = (page) => page.evaluate(() => {
  const kept = /** @type {any} */ (window);
  kept.frames = [];
  const note = (/** @type {number} */ time) => {
    kept.frames.push(time);
    kept.request = requestAnimationFrame(note);
  };
  kept.request = requestAnimationFrame(note);
});

/** The times noted since, ms. @param {import("playwright-core").Page} page @returns {Promise<number[]>} */
export const takeFrames = (page) => page.evaluate(() => {
  cancelAnimationFrame(/** @type {any} */ (window).request);
  return /** @type {any} */ (window).frames;
});

/** @param {number[]} times  ms */
export const framesPerSecond = (times) => rounded((1000 * (times.length - 1)) / (times[times.length - 1] - times[0]));
