// @ts-check
/**
 * Writes docs/sheets/sharp-drawn.png: the page's drawn examples, upright and slanted either way, each as the network sees it above what the
 * default model makes of it (z = mu). Run it with the page served: `BASE_URL=http://127.0.0.1:8080 node tests/e2e/drawn.mjs`.
 */

import { writeFile } from "node:fs/promises";

import { BASE_URL, launch } from "./browser.mjs";

const browser = await launch();
const page = await browser.newPage();
await page.goto(BASE_URL);
const { png, right, all } = await page.evaluate(sheet);
await browser.close();
await writeFile(new URL("../../docs/sheets/sharp-drawn.png", import.meta.url), Buffer.from(png.split(",")[1], "base64"));
console.log(`${right} of ${all} reconstructions read as the digit that was drawn`);

/** Runs in the page. */
async function sheet() {
  const here = (/** @type {string} */ path) => new URL(path, location.href).href;
  const { EXAMPLES } = await import(here("examples.js"));
  const { flatten, PAD_SIDE } = await import(here("drawing.js"));
  const core = await import(here("pkg/simd128/latent_ink.js"));
  await core.default();
  const bytes = async (/** @type {string} */ name) => new Uint8Array(await (await fetch(here(`models/${name}.safetensors`))).arrayBuffer());
  const [model, judge] = [new core.Model(await bytes("sharp")), new core.Judge(await bytes("judge"))];

  const slants = [-0.35, 0, 0.35]; // px to the right for each px up: 19 degrees either way
  const size = 28;
  const gap = 4;
  const canvas = document.createElement("canvas");
  canvas.width = EXAMPLES.length * (size + gap) - gap;
  canvas.height = slants.length * 2 * (size + gap) - gap;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.fillStyle = "white";
  context.fillRect(0, 0, canvas.width, canvas.height);
  const put = (/** @type {Float32Array} */ ink, /** @type {number} */ column, /** @type {number} */ row) => {
    const picture = new ImageData(size, size);
    ink.forEach((value, i) => picture.data.set([255 * (1 - value), 255 * (1 - value), 255 * (1 - value), 255], 4 * i));
    context.putImageData(picture, column * (size + gap), row * (size + gap));
  };
  let right = 0;
  slants.forEach((slant, row) => EXAMPLES.forEach((/** @type {{ strokes: any }} */ { strokes }, /** @type {number} */ digit) => {
    const { points, lengths } = flatten(strokes);
    const slanted = points.map((/** @type {number} */ value, /** @type {number} */ i) =>
      (i % 2 ? value : value + slant * (PAD_SIDE / 2 - points[i + 1])));
    const x = core.inkFromStrokes(slanted, lengths, PAD_SIDE, true);
    const means = model.means(model.decode(model.encode(x).mu));
    put(x, digit, 2 * row);
    put(means, digit, 2 * row + 1);
    const read = judge.probabilities(means);
    if (read.indexOf(Math.max(...read)) === digit) right += 1;
  }));
  return { png: canvas.toDataURL("image/png"), right, all: slants.length * EXAMPLES.length };
}
