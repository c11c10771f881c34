// @ts-check
import { words } from "../../../words/rooms/article.js";
import { element } from "../../dom.js";
import { REFERENCES } from "./references.js";

/** Symbols that have a colour have it in prose too. @type {Record<string, string>} */
const COLOURS = { "μ²": "mu", μ: "mu", "σ²": "sigma", σ: "sigma", ε: "eps", z: "z", D: "x-hat" };
/** A citation, or a symbol that is no part of a word. */
const MARKS = /\{(\w+)\}|(?<![A-Za-z-])(μ²|μ|σ²|σ|ε|z|Z|β|X|D|k|p|q|N(?=\()|I(?=\)))(?![A-Za-z-])/gu;

/**
 * A paragraph. Citations are links to what they cite.
 * @param {string} text
 */
export function prose(text) {
  const paragraph = element("p");
  let end = 0;
  const held = text.replaceAll("log ", "log\u00a0"); // of what it is stays on its line
  for (const match of held.matchAll(MARKS)) {
    const [whole, cited, symbol] = match;
    paragraph.append(held.slice(end, match.index), cited ? citation(/** @type {keyof typeof REFERENCES} */ (cited)) : sign(symbol));
    end = match.index + whole.length;
  }
  paragraph.append(held.slice(end));
  return paragraph;
}

/** @param {keyof typeof REFERENCES} name */
const citation = (name) => element("a", { href: REFERENCES[name].href, rel: "external" }, words.cite[name]);

/** @param {string} symbol */
const sign = (symbol) => element("i", { class: `symbol ${COLOURS[symbol] ?? "x"}` }, symbol);
