// @ts-check
import { element } from "../dom.js";

/** A dimension that says less is not in use. */
export const ACTIVE_NATS = 0.01;
/** Where the axis ends at least; above, at the next even number, so that it seldom moves. nats */
const LEAST_END = 2;

/** KL of each dimension as a bar, the most used first, over lines at every nat or two. */
export class Bars {
  element = element("div", { class: "train-bars", id: "train-bars", role: "img" });
  #bars = element("div", { class: "bars" });
  #lines = element("div", { class: "lines", "aria-hidden": "true" });
  #name;
  #end = 0;

  /** @param {(klPerDim: number[]) => string} name  what they say */
  constructor(name) {
    this.#name = name;
    this.element.append(this.#lines, this.#bars);
  }

  /** @param {ArrayLike<number>} klPerDim  nats */
  show(klPerDim) {
    const sorted = Array.from(klPerDim).sort((a, b) => b - a);
    const end = Math.max(LEAST_END, 2 * Math.ceil((sorted[0] ?? 0) / 2));
    this.element.setAttribute("aria-label", this.#name(sorted));
    this.#rule(end);
    while (this.#bars.childElementCount > sorted.length) this.#bars.lastElementChild?.remove();
    while (this.#bars.childElementCount < sorted.length) this.#bars.append(element("i"));
    sorted.forEach((nats, d) => {
      const bar = /** @type {HTMLElement} */ (this.#bars.children[d]);
      bar.style.transform = `scaleY(${(nats / end).toFixed(4)})`;
      bar.classList.toggle("is-idle", nats < ACTIVE_NATS);
    });
  }

  /** @param {number} end  nats */
  #rule(end) {
    if (end === this.#end) return;
    this.#end = end;
    const spacing = end > 24 ? 10 : end > 8 ? 4 : end > 2 ? 2 : 1;
    const at = Array.from({ length: Math.floor(end / spacing) + 1 }, (_, i) => i * spacing);
    this.#lines.replaceChildren(...at.map((nats) => {
      const line = element("span", { "data-nats": nats });
      line.style.bottom = `${(100 * nats) / end}%`;
      return line;
    }));
  }
}
