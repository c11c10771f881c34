// @ts-check
import { element } from "../../dom.js";
import { FORMULAE } from "../formulae.js";
import { math } from "../marks.js";

const mi = (/** @type {string} */ text, colour = "") => math("mi", colour ? { class: colour } : {}, text);
const mo = (/** @type {string} */ text) => math("mo", {}, text);
const log = () => [math("mi", { class: "word" }, "log"), math("mspace", { width: "0.17em" })];
const given = (/** @type {string} */ name, /** @type {Element[]} */ ...of) => [mi(name), mo("("), ...of, mo(")")];

/** The evidence lower bound. */
const elbo = () => [[
  ...log(), ...given("p", mi("X")), mo("≥"),
  math("msub", {}, mi("E"), math("mrow", {}, ...given("q", mi("z", "z"), mo("|"), mi("X")))), mo("["), ...log(), ...given("p", mi("X"), mo("|"), mi("z", "z")), mo("]"),
  mo("−"), mi("KL", "word kl"), mo("("), ...given("q", mi("z", "z"), mo("|"), mi("X")), mo("‖"), ...given("p", mi("z", "z")), mo(")"),
], [
  mo("="), mo("−"), mo("("), mi("D", "x-hat"), mo("+"), mi("KL", "word kl"), mo(")"),
]];

/** Which lines of a scene's equation the article sets; all of them where it says nothing. @type {Record<string, number>} */
const LINES = { price: 1, aggregate: 1 };

/**
 * An equation on lines of its own: the bound's, or a scene's.
 * @param {"posterior" | "noise" | "price" | "aggregate" | "onward" | "elbo"} name
 */
export function equation(name) {
  const lines = name === "elbo" ? elbo() : FORMULAE[name]();
  return element("div", { class: "article-equation" }, ...lines.slice(0, LINES[name]).map((line) => element("p", {}, math("math", { display: "block" }, ...line))));
}
