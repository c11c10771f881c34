// @ts-check
/**
 * Prints what the mark of doubt is worth (www/rooms/brush/doubt.js): fonts that no training has seen are continued from five of
 * their characters, characters that no training has seen are written, and a classifier reads them. For each bound: the share
 * that is marked, and how many of the marked and of the others are read rightly. After `cargo xtask build` and `cargo xtask glyphs`:
 *
 *     node tests/e2e/doubt.mjs www/models/style.safetensors READER [TIER]
 */

import { readFile } from "node:fs/promises";

import { doubtOf } from "../../www/rooms/brush/doubt.js";

const EXAMPLES = 5;
/** Draws of examples for each font. */
const DRAWS = 2;
const BOUNDS = [1.5, 2, 2.25, 2.5, 2.75, 3, 3.5, 4];

const [model, reader, tier = "simd128"] = process.argv.slice(2);
const root = new URL("../../", import.meta.url);
const bytes = async (/** @type {string} */ path) => new Uint8Array(await readFile(new URL(path, root)));
const core = await import(new URL(`pkg/trainer/${tier}/latent_ink.js`, root).href);
core.initSync({ module: await bytes(`pkg/trainer/${tier}/latent_ink_bg.wasm`) });
const writer = new core.Writer(await bytes(model), await bytes("www/models/strokes.bin"));
const judge = new core.Judge(await bytes(reader));

const { characters, heldOut, fonts, side } = JSON.parse(await readFile(new URL("data/glyphs/glyphs.json", root), "utf8"));
const levels = await bytes("data/glyphs/glyphs.bin");
const [names, size] = [[...characters], side * side];
const glyphOf = (/** @type {number} */ font, /** @type {number} */ character) =>
  Float32Array.from(levels.subarray((font * names.length + character) * size, (font * names.length + character + 1) * size), (level) => level / 255);
const isDrawn = (/** @type {Float32Array} */ glyph) => glyph.some((value) => value > 0);

/** @type {{ doubt: number, isRight: boolean }[]} */
const all = [];
let state = 1;
const chance = (/** @type {number} */ end) => Math.floor(((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32) * end);
for (const [font, { split }] of fonts.entries()) {
  if (split !== "test") continue;
  const has = (/** @type {number} */ i) => isDrawn(glyphOf(font, i));
  const seen = names.map((_, i) => i).filter((i) => !heldOut.includes(names[i]) && has(i));
  const unseen = names.map((_, i) => i).filter((i) => heldOut.includes(names[i]) && has(i));
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const examples = Array.from({ length: EXAMPLES }, () => seen[chance(seen.length)]);
    const glyphs = new Float32Array(EXAMPLES * size);
    examples.forEach((character, i) => glyphs.set(glyphOf(font, character), i * size));
    const style = writer.read(glyphs, examples.map((i) => names[i]).join("")).slice(0, writer.styleSize);
    for (const character of unseen) {
      const glyph = writer.write(style, names[character]);
      const read = judge.probabilities(glyph);
      all.push({ doubt: doubtOf(glyph, side), isRight: read.indexOf(Math.max(...read)) === character });
    }
  }
}
const share = (/** @type {typeof all} */ some) => (some.length ? `${((100 * some.filter(({ isRight }) => isRight).length) / some.length).toFixed(1)} %` : "–");
console.log(`${all.length} glyphs, read rightly: ${share(all)}`);
for (const bound of BOUNDS) {
  const [marked, others] = [all.filter(({ doubt }) => doubt > bound), all.filter(({ doubt }) => doubt <= bound)];
  console.log(`over ${bound.toFixed(2)}: ${((100 * marked.length) / all.length).toFixed(1)} % marked; read rightly: marked ${share(marked)}, others ${share(others)}`);
}
