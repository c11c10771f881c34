// @ts-check
/**
 * Drawings with what they are of, as the text of a link: items joined by dots, each a character and its drawing.
 *
 *     7A…     a drawing, as drawing.js writes it (always an A first)
 *     7k12    one too long for a link: this tab alone has it
 */

import { fromText, toText } from "../../drawing.js";

/** @typedef {import("../../types.js").Drawing} Drawing */
/** @typedef {{ text: string, of: string, drawing: Drawing }} Example  `text` names it in the link */

/**
 * By names that no other tab gives: there the same link names nothing, rather than a drawing of that tab's.
 * @type {Map<string, Drawing>}
 */
const tabs = new Map();

/**
 * @param {string | undefined} text
 * @param {RegExp} known  a whole character that may be drawn
 * @returns {Example[]}
 */
export function readExamples(text, known) {
  return (text ?? "").split(".").flatMap((item) => {
    const [of] = item;
    const rest = item.slice(of?.length);
    if (!of || !known.test(of)) return [];
    const drawing = /^A[\w-]*$/.test(rest) ? fromText(rest) : tabs.get(rest);
    return drawing ? [{ text: item, of, drawing }] : [];
  });
}

/** @param {Example[]} examples */
export const writeExamples = (examples) => examples.map(({ text }) => text).join(".") || undefined;

/**
 * @param {string} of
 * @param {Drawing} drawing
 * @param {Example[]} others
 * @param {number} budget  characters that all of them may take in a link
 * @returns {Example}
 */
export function exampleOf(of, drawing, others, budget) {
  const text = toText(drawing);
  const taken = others.reduce((sum, each) => sum + each.text.length + 1, 0);
  if (taken + text.length < budget) return { text: of + text, of, drawing };
  const name = `k${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  tabs.set(name, drawing);
  return { text: of + name, of, drawing };
}

/** The same drawing as another character. @param {Example} example @param {string} of @returns {Example} */
export const renamed = ({ text, of: before, drawing }, of) => ({ text: of + text.slice(before.length), of, drawing });

/** Whether a link carries it. @param {Example} example */
export const isInLink = ({ text, of }) => text[of.length] === "A";
