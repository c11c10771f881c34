// @ts-check
import { fixed, signed } from "../words/numbers.js";

/** @typedef {{ mu: Float32Array, sigma: Float32Array, eps: Float32Array, z: Float32Array, isEmpty: boolean }} Sample */
/** @typedef {{ item: HTMLElement, cells: Record<string, Text> }} Row */

/** With so few dimensions there is room to write each equation out. */
const FEW = 4;
/** With more than this many the rows move closer together. */
const MANY = 26;

/** One z with the eps that made it, dimension by dimension, as numbers. The style sheet lays the rows out. */
export class SampleView {
  #list;
  /** @type {Row[]} one per dimension */
  #rows = [];
  #marked = -1;

  /**
   * @param {HTMLElement} list  an empty <ol>
   * @param {object} callbacks
   * @param {(dimension: number) => void} callbacks.onPoint  a row is pointed at; -1 = none any more
   */
  constructor(list, { onPoint }) {
    this.#list = list;
    list.addEventListener("pointerover", ({ target }) => onPoint(this.#rows.findIndex(({ item }) => item.contains(/** @type {Node} */ (target)))));
    list.addEventListener("pointerleave", () => onPoint(-1));
  }

  /**
   * @param {Sample} sample
   * @param {readonly number[]} order  the dimensions in the order to list them
   */
  show({ mu, sigma, eps, z, isEmpty }, order) {
    if (this.#rows.length !== z.length) this.#build(z.length);
    this.#list.classList.toggle("is-empty", isEmpty);
    order.forEach((dimension, i) => {
      const { item, cells } = this.#rows[dimension];
      if (item !== this.#list.children[i]) this.#list.insertBefore(item, this.#list.children[i] ?? null);
      write(cells.eps, isEmpty ? "–" : this.#isFew ? fixed(eps[dimension]) : signed(eps[dimension]));
      write(cells.z, isEmpty ? "0" : this.#isFew ? fixed(z[dimension]) : signed(z[dimension]));
      if (!this.#isFew) return;
      write(cells.mu, fixed(mu[dimension]));
      write(cells.sigma, fixed(sigma[dimension]));
    });
  }

  /** @param {number} dimension  -1 = none */
  mark(dimension) {
    if (dimension === this.#marked) return;
    this.#rows[this.#marked]?.item.classList.remove("is-marked");
    this.#rows[dimension]?.item.classList.add("is-marked");
    this.#marked = dimension;
  }

  get #isFew() {
    return this.#rows.length <= FEW;
  }

  /** @param {number} latent */
  #build(latent) {
    this.#marked = -1;
    this.#rows = Array.from({ length: latent }, (_, d) => (latent <= FEW ? equationRow(d) : pairRow()));
    this.#list.replaceChildren(...this.#rows.map(({ item }) => item));
    this.#list.style.setProperty("--half", String(Math.ceil(latent / 2)));
    this.#list.style.setProperty("--quarter", String(Math.ceil(latent / 4)));
    this.#list.classList.toggle("is-short", latent <= FEW);
    this.#list.classList.toggle("is-long", latent > MANY);
  }
}

/** @returns {Row} eps and z side by side */
function pairRow() {
  const item = document.createElement("li");
  return { item, cells: { eps: cell(item, "eps"), z: cell(item, "z") } };
}

/**
 * z = mu + sigma x eps, written out over two lines.
 * @param {number} d
 * @returns {Row}
 */
function equationRow(d) {
  const item = document.createElement("li");
  const name = item.appendChild(document.createElement("i"));
  name.className = "symbol z";
  name.textContent = "z";
  item.appendChild(document.createElement("sub")).textContent = String(d + 1);
  item.append(" = ");
  const rest = item.appendChild(document.createElement("span"));
  rest.className = "rest";
  const mu = cell(rest, "mu");
  rest.append(" + ");
  const sigma = cell(rest, "sigma");
  rest.append(" × ");
  const eps = cell(rest, "eps");
  rest.append(document.createElement("br"), " = ");
  return { item, cells: { mu, sigma, eps, z: cell(item, "z") } };
}

/**
 * @param {HTMLElement} item
 * @param {string} name
 */
function cell(item, name) {
  const span = item.appendChild(document.createElement("span"));
  span.className = name;
  return span.appendChild(new Text());
}

/**
 * Leaves the document alone where nothing changed.
 * @param {Text} node
 * @param {string} text
 */
function write(node, text) {
  if (node.data !== text) node.data = text;
}
