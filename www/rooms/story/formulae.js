// @ts-check
/** The equation of each scene in MathML, and its symbols: what they are called, their colour, and the Rust that computes them. */

import { math } from "./marks.js";

/** @typedef {import("./types.js").Symbol} Symbol */

/** Every symbol of the story, by its name. `region` is a name in src/, taken from there by `cargo xtask`. @type {Record<string, Symbol>} */
export const SYMBOLS = {
  x: { name: "x", sign: "X", colour: "x", region: "encoder" },
  mu: { name: "mu", sign: "μ", colour: "mu", region: "mu" },
  "log-var": { name: "log-var", sign: "log σ²", colour: "sigma", region: "log-var" },
  sigma: { name: "sigma", sign: "σ", colour: "sigma", region: "sigma" },
  eps: { name: "eps", sign: "ε", colour: "eps", region: "noise" },
  z: { name: "z", sign: "z", colour: "z", region: "sample" },
  gradient: { name: "gradient", sign: "∂D", colour: "x-hat", region: "gradient" },
  recon: { name: "recon", sign: "D", colour: "x-hat", region: "reconstruction" },
  beta: { name: "beta", sign: "β", colour: "x", region: "step" },
  kl: { name: "kl", sign: "KL", colour: "kl", region: "kl" },
  mixture: { name: "mixture", sign: "p(Z)", colour: "z", region: "mixture" },
  moments: { name: "moments", sign: "C", colour: "sigma", region: "aggregate-moments" },
  distance: { name: "distance", sign: "KL", colour: "kl", region: "aggregate-kl" },
  "x-hat": { name: "x-hat", sign: "x̂", colour: "x-hat", region: "decoder" },
  judge: { name: "judge", sign: "p", colour: "x", region: "softmax" },
  weight: { name: "weight", sign: "w", colour: "z", region: "importance-weight" },
  bound: { name: "bound", sign: "L", colour: "x-hat", region: "log-sum-exp" },
};

const mo = (/** @type {string} */ text) => math("mo", {}, text);
const mn = (/** @type {string} */ text) => math("mn", {}, text);
const mi = (/** @type {string} */ text) => math("mi", {}, text);
/** A word, upright. */
const word = (/** @type {string} */ text) => math("mi", { class: "word" }, text);
/** The name of a function, before what it is of. */
const name = (/** @type {string} */ text) => row(word(text), math("mspace", { width: "0.17em" }));
const row = (/** @type {(Node | string)[]} */ ...children) => math("mrow", {}, ...children);
const sub = (/** @type {Node} */ base, /** @type {Node} */ index) => math("msub", {}, base, index);
const squared = (/** @type {Node} */ base) => math("msup", {}, base, mn("2"));
const over = (/** @type {Node} */ above, /** @type {Node} */ below) => math("mfrac", {}, above, below);
const sum = (/** @type {string} */ index) => math("munder", {}, mo("∑"), mi(index));
const normal = (/** @type {Node} */ mean, /** @type {Node} */ variance) => row(mi("N"), mo("("), mean, mo(","), variance, mo(")"));

/** A symbol of the equation: `name` is that of its parts in the figure. @param {string} name @param {string | Node} [content] */
function symbol(name, content) {
  const { sign, colour } = SYMBOLS[name];
  const attributes = { "data-symbol": name, class: colour };
  return typeof content === "object" ? math("mrow", attributes, content) : math("mi", attributes, content ?? sign);
}

const logVar = () => symbol("log-var", row(name("log"), squared(math("mi", { class: "sigma" }, "σ"))));
const hat = () => symbol("x-hat", math("mover", { accent: "true" }, math("mi", {}, "x"), math("mo", { stretchy: "false" }, "ˆ")));

/** The lines of a scene's equation. @type {Record<string, () => Node[][]>} */
export const FORMULAE = {
  posterior: () => [
    [mi("p"), mo("("), mi("Z"), mo("|"), symbol("x"), mo(")"), mo("="), normal(symbol("mu"), squared(symbol("sigma")))],
    [symbol("mu"), mo("="), sub(mi("f"), mn("1")), mo("("), symbol("x"), mo(")"), mo(","), math("mspace", { width: "0.6em" }),
      logVar(), mo("="), sub(mi("f"), mn("2")), mo("("), symbol("x"), mo(")")],
  ],
  noise: () => [
    [symbol("z"), mo("="), symbol("mu"), mo("+"), symbol("sigma"), symbol("eps"), mo(","), math("mspace", { width: "0.6em" }),
      symbol("eps"), mo("~"), normal(mn("0"), mi("I"))],
    [over(symbol("gradient"), row(mo("∂"), symbol("mu"))), mo("="), over(symbol("gradient"), row(mo("∂"), symbol("z"))), mo(","),
      math("mspace", { width: "0.6em" }),
      over(symbol("gradient"), row(mo("∂"), symbol("sigma"))), mo("="), over(symbol("gradient"), row(mo("∂"), symbol("z"))), symbol("eps")],
  ],
  alone: () => [
    [word("loss"), mo("="), symbol("recon"), mo("+"), symbol("beta"), mo("·"), symbol("kl"), mo("("), normal(mi("μ"), squared(symbol("sigma"))), mo("‖"), normal(mn("0"), mi("I")), mo(")")],
  ],
  price: () => [
    [symbol("kl"), mo("="), sum("d"), over(mn("1"), mn("2")), mo("("), squared(symbol("mu")), mo("+"), squared(symbol("sigma")), mo("−"), mn("1"), mo("−"), logVar(), mo(")")],
    [word("loss"), mo("="), symbol("recon"), mo("+"), symbol("beta"), mo("·"), symbol("kl")],
  ],
  aggregate: () => [
    [symbol("mixture"), mo("="), sum("k"), mi("p"), mo("("), mi("Z"), mo("|"), sub(mi("X"), mi("k")), mo(")"), mi("p"), mo("("), sub(mi("X"), mi("k")), mo(")"), mo("≈"), normal(mn("0"), mi("I"))],
    [symbol("distance"), mo("≥"), over(mn("1"), mn("2")), mo("("), name("tr"), symbol("moments"), mo("+"), squared(mi("m")), mo("−"), word("dim"), mo("−"), name("log"), name("det"), symbol("moments"), mo(")")],
  ],
  sampling: () => [
    [hat(), mo("="), mi("g"), mo("("), symbol("eps"), mo(")"), mo(","), math("mspace", { width: "0.6em" }), symbol("eps"), mo("~"), normal(mn("0"), mi("I"))],
    [name("max"), symbol("judge"), mo("("), word("digit"), mo("|"), hat(), mo(")"), mo(">"), mn("0.9")],
  ],
  onward: () => [
    [sub(symbol("bound"), mi("k")), mo("="), name("log"), over(mn("1"), mi("k")), math("munderover", {}, mo("∑"), row(mi("i"), mo("="), mn("1")), mi("k")), sub(symbol("weight"), mi("i")), mo(","),
      math("mspace", { width: "0.6em" }), sub(symbol("weight"), mi("i")), mo("="), over(row(mi("p"), mo("("), mi("x"), mo(","), sub(symbol("z"), mi("i")), mo(")")), row(mi("q"), mo("("), sub(symbol("z"), mi("i")), mo("|"), mi("x"), mo(")")))],
  ],
};

/** The symbols that can be chosen, in the order of the equation; the first is chosen where nobody has. @type {Record<string, string[]>} */
export const CHOICES = {
  posterior: ["mu", "log-var", "sigma", "x"],
  noise: ["z", "mu", "sigma", "eps", "gradient"],
  alone: ["sigma", "recon", "beta", "kl"],
  price: ["kl", "mu", "sigma", "recon", "beta"],
  aggregate: ["distance", "mixture", "moments"],
  sampling: ["x-hat", "eps", "judge"],
  onward: ["bound", "weight", "z"],
};
