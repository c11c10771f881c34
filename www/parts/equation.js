// @ts-check
import { fixed } from "../words/numbers.js";

/** A line of words, or the one equation of a VAE with the numbers of one dimension in it. */
export class Equation {
  #element;
  #costOf;
  #text = "";

  /**
   * @param {HTMLElement} element
   * @param {object} callbacks
   * @param {(kl: number) => string} callbacks.costOf  a dimension's KL in words
   */
  constructor(element, { costOf }) {
    this.#element = element;
    this.#costOf = costOf;
  }

  /** @param {string} text */
  say(text) {
    if (text === this.#text) return;
    this.#text = text;
    this.#element.textContent = text;
  }

  /**
   * z = mu + sigma * eps in dimension `d`, and what the dimension costs.
   * @param {number} d
   * @param {{ mu: Float32Array, sigma: Float32Array, eps: Float32Array, z: Float32Array, kl: Float32Array }} reading
   */
  show(d, { mu, sigma, eps, z, kl }) {
    const number = (/** @type {string} */ name, /** @type {string} */ text) => {
      const span = document.createElement("span");
      span.className = name;
      span.textContent = text;
      return span;
    };
    const index = document.createElement("sub");
    index.textContent = String(d + 1);
    this.#text = "\u0000";
    this.#element.replaceChildren(
      number("z symbol", "z"), index, " = ",
      number("mu", fixed(mu[d])), " + ", number("sigma", fixed(sigma[d])), " × ", number("eps", fixed(eps[d])),
      " = ", number("z", fixed(z[d])), ...(kl.length ? [number("aside", this.#costOf(kl[d]))] : []),
    );
  }
}
