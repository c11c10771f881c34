// @ts-check
/**
 * Measures training in the page as a person has it. With the page served:
 *
 *     BASE_URL=http://127.0.0.1:8080 node tests/e2e/train-figures.mjs [--images 60000] [--seconds 60] [--workers 1] [--megabits 20] [--json]
 *
 * From the click on Train: when the first step is there (with `--megabits` over a line of so many Mbit/s), when half of the prior's samples are read as digits of at least four kinds with over 90 %, how many nats the held-out
 * digits cost at each quarter of the time, images a second, the longest task of the page's main thread, frames a second while
 * somebody draws, and what the browser's processes hold in memory after a quarter of the time and at its end.
 */

import { readFile } from "node:fs/promises";

import { BASE_URL, inkOn, launch, newPage, ready } from "./browser.mjs";
import { framesPerSecond, isJson, noteFrames, option, rounded, takeFrames } from "./figures.mjs";

const [images, seconds, workers] = [option("--images", 60_000), option("--seconds", 60), option("--workers", 0)];
const SAMPLES = 12;
/** Blurs of random weights can all be read as the same digit. */
const KINDS = 4;

const judge = await loadJudge();
const browser = await launch();
const { page, complaints } = await newPage(browser);
const settings = [images === 10_000 ? "" : `&train.data=${images}`, workers ? `&train.workers=${workers}` : ""].join("");
await page.goto(`${BASE_URL}#room=train${settings}&train.epochs=${option("--epochs", images === 10_000 ? 60 : 12)}`);
await ready(page);
await page.waitForSelector("#train-play");
await page.evaluate(() => {
  const kept = /** @type {any} */ (window);
  kept.tasks = [];
  document.getElementById("train-play")?.addEventListener("click", () => {
    const began = performance.now();
    const look = () => {
      if (Number(/step (\d+)/.exec(document.getElementById("train-progress")?.textContent ?? "")?.[1]) >= 1) kept.firstStep = performance.now() - began;
      else requestAnimationFrame(look);
    };
    look();
  }, { once: true });
  new PerformanceObserver((list) => kept.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: "longtask" });
});
const megabits = option("--megabits", 0);
if (megabits) {
  const line = await page.context().newCDPSession(page);
  await line.send("Network.emulateNetworkConditions", { offline: false, latency: 40, downloadThroughput: megabits * 125_000, uploadThroughput: megabits * 125_000 });
}
const began = performance.now();
const elapsed = () => (performance.now() - began) / 1000;
await page.click("#train-play");

let digitsAfter = NaN;
while (Number.isNaN(digitsAfter) && elapsed() < seconds) {
  const read = await readSamples();
  if (read.length >= SAMPLES / 2 && new Set(read).size >= KINDS) digitsAfter = rounded(elapsed());
  await page.waitForTimeout(100);
}

const frames = await drawFor(5);
const quarters = [];
let memory = 0;
for (let i = 1; i <= 4; i += 1) {
  await page.waitForTimeout(Math.max(0, (i * seconds) / 4 - elapsed()) * 1000);
  quarters.push({ seconds: rounded(elapsed()), nats: await measured() });
  if (i === 1) memory = await residentMb();
}
const progress = await page.innerText("#train-progress");
const result = {
  address: BASE_URL,
  images,
  tier: await page.innerText("#tier"),
  progress,
  imagesPerSecond: Number(/([\d,]+) images\/s/.exec(progress)?.[1].replace(",", "")),
  firstStepAfterS: rounded(await page.evaluate(() => /** @type {any} */ (window).firstStep) / 1000),
  digitsAfterS: digitsAfter,
  heldOutNats: quarters,
  longestTaskMs: Math.max(0, ...await page.evaluate(() => /** @type {any} */ (window).tasks)),
  framesPerSecondDrawing: framesPerSecond(frames),
  memoryMb: [memory, await residentMb()],
  complaints,
};
await browser.close();
console.log(isJson ? JSON.stringify(result, null, 2) : result);

/** Nats that a held-out digit costs now. */
async function measured() {
  return Number(/[\d.]+/.exec(await page.innerText("#train-measured"))?.[0]);
}

/** The digits that are read with over 90 % in the second row's samples. */
async function readSamples() {
  const canvases = await page.locator("#train-samples canvas").evaluateAll((all) => all.map((canvas, i) => (canvas.id ||= `train-sample-${i}`)));
  const read = [];
  for (const id of canvases.slice(0, SAMPLES)) {
    const { alpha, sum } = await inkOn(page, id);
    const shares = Array.from(judge.probabilities(Float32Array.from(alpha, (value) => value / 255)));
    const share = Math.max(...shares);
    if (sum > 0 && share > 0.9) read.push(shares.indexOf(share));
  }
  return read;
}

/** A hand that draws circles, and the frames that the page makes meanwhile. @param {number} time  seconds */
async function drawFor(time) {
  const pad = /** @type {{ x: number, y: number, width: number }} */ (await page.locator("#pad").boundingBox());
  await page.mouse.move(pad.x + pad.width / 2, pad.y + pad.width / 4);
  await page.mouse.down();
  await noteFrames(page);
  const until = performance.now() + time * 1000;
  for (let turn = 0; performance.now() < until; turn += 0.05) {
    await page.mouse.move(pad.x + pad.width * (0.5 + 0.25 * Math.sin(turn)), pad.y + pad.width * (0.5 - 0.25 * Math.cos(turn)));
    await page.waitForTimeout(8);
  }
  const times = await takeFrames(page);
  await page.mouse.up();
  return times;
}

/** Resident memory of the browser's renderers, MB; 0 where the system has no /proc. */
async function residentMb() {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  const sizes = await Promise.all(processInfo.filter(({ type }) => type === "renderer").map(async ({ id }) => {
    const status = await readFile(`/proc/${id}/status`, "utf8").catch(() => "");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0);
  }));
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1024);
}

/** The page's judge, here, so that it takes no time there. */
async function loadJudge() {
  const core = await import(new URL("../../pkg/simd128/latent_ink.js", import.meta.url).href);
  await core.default({ module_or_path: await readFile(new URL("../../pkg/simd128/latent_ink_bg.wasm", import.meta.url)) });
  return new core.Judge(await readFile(new URL("../../www/models/judge.safetensors", import.meta.url)));
}
