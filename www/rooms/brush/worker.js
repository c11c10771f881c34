// @ts-check
/** The worker of characters in a person's hand: it has the trainer's wasm build, which knows styles. */

import { answerWith } from "../answering.js";
import { levelOf, trace } from "../hand/trace.js";
import { doubtOf } from "./doubt.js";

/** @typedef {import("./types.js").Drawn} Drawn */
/** @typedef {import("./types.js").Glyph} Glyph */
/** @typedef {import("./types.js").WebWriter} WebWriter */

/** @type {WebWriter} */
let writer;
/** Sigma on average after the first of some drawings, by their keys. @type {Map<string, number>} */
const widths = new Map();

answerWith({
  /** @param {{ tier: string, model: ArrayBuffer, strokes: ArrayBuffer }} request @returns {Promise<import("./types.js").Started>} */
  async start({ tier, model, strokes }) {
    /** @type {import("./types.js").WriterCore} */
    const core = await import(`../../pkg/trainer/${tier}/latent_ink.js`);
    await core.default();
    writer = new core.Writer(new Uint8Array(model), new Uint8Array(strokes));
    return { side: writer.side, size: writer.styleSize, characters: writer.characters, record: writer.record };
  },

  /** The strokes of a character, x and y interleaved, 0…1. @param {{ of: string }} request @returns {number[][]} */
  skeleton({ of }) {
    const points = writer.skeleton(of);
    /** @type {number[][]} */
    const strokes = [[]];
    for (let i = 0; i < points.length; i += 2) {
      if (Number.isNaN(points[i])) strokes.push([]);
      else strokes[strokes.length - 1].push(points[i], points[i + 1]);
    }
    return strokes;
  },

  /** @param {{ drawn: Drawn[], pen: number }} request @returns {import("./types.js").Style} */
  read({ drawn, pen }) {
    const glyphs = drawn.map(({ points, lengths }) => writer.draw(points, lengths, pen));
    const posterior = posteriorOf(glyphs, drawn);
    const key = (/** @type {number} */ count) => drawn.slice(0, count).map((each) => each.key).join(" ") + pen;
    const before = drawn.slice(1).map((_, i) => {
      const known = widths.get(key(i + 1)) ?? meanOf(posteriorOf(glyphs.slice(0, i + 1), drawn).sigma);
      widths.set(key(i + 1), known);
      return known;
    });
    return { ...posterior, widths: [1, ...before, meanOf(posterior.sigma)] };
  },

  /** @param {{ style: Float32Array, characters: string }} request  no character twice @returns {Glyph[]} */
  write({ style, characters }) {
    return glyphsOf(style, characters);
  },

  /**
   * What characters would tell of a style: they are written in it as far as it is known, and read again. An example multiplies
   * the posterior by a Gaussian, so it takes ½ Σ ln(1 + its precision / the posterior's) nats off its entropy.
   * @param {{ mu: Float32Array, sigma: Float32Array, characters: string }} request
   * @returns {number[]} nats
   */
  advise({ mu, sigma, characters }) {
    const all = writer.write(repeated(mu, [...characters].length), characters);
    const size = writer.side ** 2;
    return Array.from(characters, (of, i) => {
      const alone = writer.read(all.subarray(i * size, (i + 1) * size), of).slice(mu.length);
      return alone.reduce((sum, logVar, d) => sum + 0.5 * Math.log(1 + (Math.exp(-logVar) - 1) * sigma[d] ** 2), 0);
    });
  },
});

/** @param {Float32Array[]} glyphs @param {Drawn[]} drawn */
function posteriorOf(glyphs, drawn) {
  const posterior = writer.read(joined(glyphs), drawn.slice(0, glyphs.length).map(({ of }) => of).join(""));
  return { mu: posterior.slice(0, writer.styleSize), sigma: posterior.slice(writer.styleSize).map((logVar) => Math.exp(logVar / 2)) };
}

/** @param {Float32Array[]} glyphs */
function joined(glyphs) {
  const all = new Float32Array(glyphs.length * writer.side ** 2);
  glyphs.forEach((glyph, i) => all.set(glyph, i * glyph.length));
  return all;
}

/** @param {Float32Array} values */
const meanOf = (values) => values.reduce((sum, each) => sum + each, 0) / values.length;

/** @param {Float32Array} style @param {number} times */
const repeated = (style, times) => Float32Array.from({ length: times * style.length }, (_, i) => style[i % style.length]);

/** @param {Float32Array} style @param {string} characters @returns {Glyph[]} */
function glyphsOf(style, characters) {
  const all = writer.write(repeated(style, [...characters].length), characters);
  const size = writer.side ** 2;
  return Array.from(characters, (_, i) => {
    const own = all.subarray(i * size, (i + 1) * size);
    return { ...trace(own, writer.side, levelOf(own)), pixels: Uint8Array.from(own, (value) => Math.round(255 * value)), doubt: doubtOf(own, writer.side) };
  });
}
