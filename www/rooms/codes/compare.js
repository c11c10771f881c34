// @ts-check
import { fetchWeights } from "../../models.js";
import { paletteAt } from "../../palette.js";
import { words } from "../../words/rooms/codes.js";
import { element } from "../dom.js";
import { paint } from "./paint.js";

/** @typedef {import("./types.js").Rival} Rival */

/** Of one size and trained alike: a point, a VAE, a beta-VAE. */
const RIVALS = ["ae", "vae", "beta-4"];
/** Bits of a number that nothing says the cost of: an f32. */
const FLOAT = 32;

/** One drawing through four models: what each spends on it, and how far it comes back from it. */
export class Compare {
  element;
  #desk;
  #client;
  #body = element("tbody", {});
  #table;
  #button = element("button", { type: "button", id: "codes-compare-all" }, words.compare);
  /** @type {Promise<Rival[]> | undefined} */
  #rivals;
  #turn = 0;

  /** @param {import("../../types.js").Desk} desk @param {import("./client.js").CodesClient} client */
  constructor(desk, client) {
    this.#desk = desk;
    this.#client = client;
    this.#table = element("table", { id: "codes-compare", hidden: true },
      element("thead", {}, element("tr", {}, ...words.columns.map((name) => element("th", { scope: "col" }, name)))), this.#body);
    this.element = element("section", { class: "codes-compare" },
      element("h3", {}, words.compareTitle), element("p", { class: "note" }, words.compareNote), this.#button, this.#table);
    this.#button.addEventListener("click", () => desk.set({ compare: "1" }));
  }

  /**
   * @param {Float32Array} x
   * @param {{ means: Float32Array, nats: number, plain: number }} own  what the codes make of it; `plain`: their nats were all as probable
   */
  async show(x, { means, nats, plain }) {
    const isOn = this.#desk.view.own["codes.compare"] === "1";
    this.#button.hidden = isOn;
    this.#table.hidden = !isOn;
    if (!isOn) return;
    const turn = ++this.#turn;
    this.#rivals ??= fetchRivals();
    const rivals = await this.#rivals.catch((error) => {
      this.#rivals = undefined; // the next attempt fetches them anew
      throw error;
    });
    const bits = nats / Math.LN2;
    const compared = await this.#desk.counted(this.#client.compare(x, rivals, bits));
    if (turn !== this.#turn) return;
    const error = means.reduce((sum, value, i) => sum + (value - x[i]) ** 2, 0);
    const ink = paletteAt(this.element)["x-hat"];
    this.#body.replaceChildren(
      ...compared.map(({ name, size, bits: own, error: theirs, means: made, within }) => row(words.models[/** @type {"ae"} */ (name)], own ?? FLOAT * size,
        own === undefined ? words.asFloats(size) : words.asKl(size), [theirs, within], made, ink)),
      row(words.models.codes, bits, words.asCodes(plain / Math.LN2), [error, error], means, ink),
    );
  }
}

/** @param {string} name @param {number} bits @param {string} how @param {number[]} errors @param {Float32Array} means @param {string} ink */
function row(name, bits, how, errors, means, ink) {
  const canvas = element("canvas", { class: "picture", role: "img", "aria-label": words.comesBack(name) });
  paint(canvas, means, ink);
  return element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, canvas),
    element("td", {}, element("b", {}, words.bits(bits)), element("span", { class: "note" }, how)), ...errors.map((error) => element("td", {}, words.error(error))));
}

/** @returns {Promise<Rival[]>} */
const fetchRivals = () => Promise.all(RIVALS.map(async (name) => ({ name, weights: await fetchWeights(named(name), () => {}) })));

/** @param {string} name @returns {import("../../types.js").ModelEntry} */
export const named = (name) => ({ name, title: name, file: `${name}.safetensors`, bytes: 0, latent: 0 });
