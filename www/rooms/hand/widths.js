// @ts-check
import { words } from "../../words/rooms/hand.js";
import { element } from "../dom.js";
import { svg } from "./svg.js";

/** z is shown from minus to plus one of these: the first that holds mu. */
const REACHES = [2.5, 5, 10];
const HIGH = 100;
/** From dimension to dimension. */
const STEP = 28;
/** Across all dimensions, where they are many. */
const WIDEST = 320;
/** Across all steps of sigma, and across one while there are few. */
const [WIDE, STAIR] = [180, 28];

/** How well a hand is known: its posterior against the prior, and how sigma became smaller from drawing to drawing. */
export class Widths {
  element;
  #posterior = svg("svg", { role: "img" });
  #shrinking = svg("svg", { role: "img" });
  #said = element("p", { class: "note", role: "status" });

  /** @param {string} id */
  constructor(id) {
    this.#posterior.id = `${id}-posterior`;
    this.#shrinking.id = `${id}-shrinking`;
    this.#said.id = `${id}-known`;
    const figure = (/** @type {SVGElement} */ drawing, /** @type {string} */ caption) => element("figure", {}, drawing, element("figcaption", { class: "muted" }, caption));
    this.element = element("div", { class: "hand-widths", hidden: true }, figure(this.#posterior, words.zOf), figure(this.#shrinking, words.sigmas), this.#said);
  }

  /** @param {import("./types.js").Style} style */
  show({ mu, sigma, widths }) {
    this.element.hidden = false;
    const step = Math.min(STEP, WIDEST / mu.length);
    const reach = REACHES.find((each) => mu.every((middle) => Math.abs(middle) < each)) ?? REACHES[REACHES.length - 1];
    const y = (/** @type {number} */ z) => (HIGH / 2) * (1 - Math.min(1, Math.max(-1, z / reach)));
    this.#posterior.setAttribute("viewBox", `0 0 ${mu.length * step} ${HIGH}`);
    this.#posterior.setAttribute("aria-label", words.said.posterior(mu.length));
    this.#posterior.replaceChildren(
      svg("rect", { class: "standard", x: 0, y: y(1), width: mu.length * step, height: y(-1) - y(1) }),
      svg("line", { class: "zero", x1: 0, x2: mu.length * step, y1: y(0), y2: y(0) }),
      ...Array.from(mu, (middle, d) => svg("g", { transform: `translate(${(d + 0.5) * step} 0)` },
        svg("rect", { class: "sigma", x: -step / 7, width: (2 * step) / 7, y: y(middle + sigma[d]), height: y(middle - sigma[d]) - y(middle + sigma[d]) }),
        svg("rect", { class: "mu", x: -step / 3, width: (2 * step) / 3, y: y(middle) - 1, height: 2 }))));
    const wide = Math.min(STAIR, WIDE / widths.length);
    this.#shrinking.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    this.#shrinking.setAttribute("aria-label", words.said.widths(widths));
    this.#shrinking.replaceChildren(
      svg("line", { class: "zero", x1: 0, x2: WIDE, y1: HIGH - 0.5, y2: HIGH - 0.5 }),
      ...widths.map((width, i) => svg("rect", { class: i === widths.length - 1 ? "sigma is-now" : "sigma", x: i * wide + 1, width: wide - 2, y: HIGH * (1 - width * 0.9), height: HIGH * width * 0.9 })));
    this.#said.textContent = words.known(widths.length - 1, widths[widths.length - 1]);
  }
}
