// @ts-check
/** A text set in characters that are all as wide, across or down: pure, tested in node. */

import { EM } from "../hand/trace.js";

/** @typedef {import("../hand/trace.js").Outline & { doubt: number }} Glyph */
/** @typedef {{ text: string, size: number, indent: number }} Line  `size` and `indent` in parts of EM */

/** From line to line, from character to character, and around the text, in parts of EM. */
const [PITCH, ADVANCE, MARGIN] = [1.4, 1.06, 0.6];
/** A longer line is broken: characters. */
const LONGEST = 14;
const SMALL = 0.72;

/** Marks of the text: nobody expects a model of characters to write them. */
const MARK = /[\p{P}\p{S}\p{Z}]/u;

/** @param {string} character */
export const isMark = (character) => MARK.test(character);

/**
 * A poem with its title, and below that or after it who wrote it.
 * @param {import("./poems.js").Poem} poem
 * @returns {Line[]}
 */
export const linesOfPoem = ({ title, author, lines }) => [
  { text: title, size: 1, indent: 1 },
  { text: author, size: SMALL, indent: 2.4 },
  ...lines.map((text) => ({ text, size: 1, indent: 0 })),
];

/**
 * Any text, its lines broken where they are too long.
 * @param {string} text
 * @returns {Line[]}
 */
export function linesOfText(text) {
  return text.split("\n").flatMap((line) => {
    const characters = [...line.trim()];
    const count = Math.max(1, Math.ceil(characters.length / LONGEST));
    return Array.from({ length: count }, (_, i) => ({ text: characters.slice(i * LONGEST, (i + 1) * LONGEST).join(""), size: 1, indent: 0 }));
  });
}

/**
 * A few characters below one another, with hardly any paper around.
 * @param {string} text
 * @param {(character: string) => Glyph | undefined} glyphOf
 * @returns {import("../hand/paper.js").Layout}
 */
export function column(text, glyphOf) {
  const all = [...text].map((character, i) => ({ character, glyph: glyphOf(character), box: { x: 0, y: i * ADVANCE * EM, size: EM } }));
  return {
    width: EM,
    height: Math.max(1, all.length) * ADVANCE * EM,
    glyphs: all.flatMap(({ glyph, box }) => (glyph ? [{ path: glyph.path, ...box }] : [])),
    plain: all.flatMap(({ character, glyph, box }) => (glyph ? [] : [{ text: character, ...box }])),
  };
}

/**
 * @param {Line[]} lines
 * @param {boolean} isDown  lines run down and follow one another to the left
 * @param {(character: string) => Glyph | undefined} glyphOf  undefined = in the system's font
 * @param {number} sure  what is doubted more is marked
 * @returns {import("../hand/paper.js").Layout}
 */
export function set(lines, isDown, glyphOf, sure) {
  const long = Math.max(1, ...lines.map(({ text, size, indent }) => indent + size * ADVANCE * [...text].length)) + 2 * MARGIN;
  const deep = lines.length * PITCH + 2 * MARGIN - (PITCH - 1);
  const [width, height] = isDown ? [deep * EM, long * EM] : [long * EM, deep * EM];
  /** @type {import("../hand/paper.js").Layout} */
  const layout = { width, height, glyphs: [], plain: [], marks: [], rules: [] };
  lines.forEach(({ text, size, indent }, i) => {
    const start = MARGIN + i * PITCH + (1 - size) / 2;
    [...text].forEach((character, j) => {
      const along = MARGIN + indent + j * size * ADVANCE;
      const [x, y] = isDown ? [width / EM - start - size, along] : [along, start];
      const box = { x: x * EM, y: y * EM, size: size * EM };
      const glyph = glyphOf(character);
      if (glyph) layout.glyphs.push({ path: glyph.path, ...box });
      else if (character.trim()) layout.plain?.push({ text: character, ...box });
      if (glyph && glyph.doubt > sure) layout.marks?.push(box);
    });
    if (i === 0) return;
    const between = (start - (1 - size) / 2 - (PITCH - 1) / 2) * EM;
    const [from, to] = [(MARGIN / 2) * EM, (long - MARGIN / 2) * EM];
    layout.rules?.push(isDown ? [width - between, from, width - between, to] : [from, between, to, between]);
  });
  return layout;
}
