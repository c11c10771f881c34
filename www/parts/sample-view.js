// @ts-check
import { signed } from "../words/numbers.js";

/**
 * One z with the eps that made it, dimension by dimension, as numbers. The list of rows is laid out by the style sheet.
 */
export class SampleView {
  #list;
  /** @type {{ item: HTMLElement, eps: Text, z: Text }[]} */
  #rows = [];
  #marked = -1;

  /**
   * @param {HTMLElement} list  an empty <ol>
   * @param {object} callbacks
   * @param {(dimension: number) => void} callbacks.onPoint  a row is pointed at; -1 = none any more
   */
  constructor(list, { onPoint }) {
    this.#list = list;
    list.addEventListener("pointerover", (event) => onPoint(this.#rows.findIndex(({ item }) => item.contains(/** @type {Node} */ (event.target)))));
    list.addEventListener("pointerleave", () => onPoint(-1));
  }

  /**
   * @param {{ eps: Float32Array, z: Float32Array, isEmpty: boolean }} reading
   * @param {number[]} order  the dimensions in the order to list them
   */
  show({ eps, z, isEmpty }, order) {
    if (this.#rows.length !== z.length) this.#build(z.length);
    order.forEach((dimension, i) => {
      const row = this.#rows[dimension];
      if (row.item !== this.#list.children[i]) this.#list.insertBefore(row.item, this.#list.children[i] ?? null);
      write(row.eps, isEmpty ? "" : signed(eps[dimension]));
      write(row.z, isEmpty ? "0" : signed(z[dimension]));
    });
  }

  /** @param {number} dimension  -1 = none */
  mark(dimension) {
    if (dimension === this.#marked) return;
    this.#rows[this.#marked]?.item.classList.remove("is-marked");
    this.#rows[dimension]?.item.classList.add("is-marked");
    this.#marked = dimension;
  }

  /** @param {number} latent */
  #build(latent) {
    this.#marked = -1;
    this.#rows = Array.from({ length: latent }, () => {
      const item = document.createElement("li");
      const cell = (/** @type {string} */ name) => {
        const span = item.appendChild(document.createElement("span"));
        span.className = name;
        return span.appendChild(new Text());
      };
      return { item, eps: cell("eps"), z: cell("z") };
    });
    this.#list.replaceChildren(...this.#rows.map(({ item }) => item));
    this.#list.style.setProperty("--half", String(Math.ceil(latent / 2)));
    this.#list.style.setProperty("--quarter", String(Math.ceil(latent / 4)));
    this.#list.classList.toggle("is-short", latent <= 4);
    this.#list.classList.toggle("is-long", latent > 26);
  }
}

/**
 * Leaves the document alone where nothing changed.
 * @param {Text} node
 * @param {string} text
 */
function write(node, text) {
  if (node.data !== text) node.data = text;
}
