// @ts-check
import { words } from "../../../words/rooms/article.js";
import { element } from "../../dom.js";
import { prose } from "./prose.js";

/** @typedef {import("../../../types.js").Desk} Desk */
/** @typedef {import("../../../types.js").ModelEntry} ModelEntry */
/** @typedef {import("../studio.js").Studio} Studio */

/**
 * What figure-NAME.js gets to work with; its `open(easel)` returns what draws the figure, as often as theme or drawing are others.
 * @typedef {object} Easel
 * @property {Desk} desk
 * @property {Studio} studio
 * @property {ModelEntry[]} entries
 * @property {HTMLElement} place  to be filled
 * @property {(text: string) => void} explain  the caption, once the numbers in it are there
 * @property {(text: string) => void} progress
 */

/** How far from the screen a figure begins to be computed. */
const AHEAD = "240px";

/** A figure of the article: nothing of it is fetched or computed before it comes near the screen. */
export class Figure {
  element;
  #name;
  #tools;
  #place = element("div", { class: "article-drawn" });
  #said = element("p", { class: "note", role: "status" }, words.computing);
  #text = element("span");
  /** @type {Promise<() => Promise<void>> | undefined} */
  #draw;
  #isNear = false;
  /** Of which theme and drawing it is. @type {unknown[]} */
  #drawn = [];

  /**
   * @param {keyof typeof words.figures} name
   * @param {number} number
   * @param {{ desk: Desk, studio: Studio, entries: ModelEntry[], isOfTheDrawing: boolean }} tools
   */
  constructor(name, number, tools) {
    this.#name = name;
    this.#tools = tools;
    this.element = element("figure", { class: `article-figure article-of-${name}`, id: `article-figure-${name}`, "data-state": "waiting" },
      this.#place, this.#said, element("figcaption", {}, element("b", {}, words.figure(number)), " ", this.#text));
    new IntersectionObserver(([{ isIntersecting }]) => {
      this.#isNear = isIntersecting;
      this.show();
    }, { rootMargin: AHEAD }).observe(this.element);
  }

  /** Draws it where it is near the screen and not yet of this theme and drawing. */
  show() {
    if (!this.#isNear) return;
    const { desk, studio, isOfTheDrawing } = this.#tools;
    const wanted = [document.documentElement.dataset.theme, isOfTheDrawing && desk.reading?.seen];
    if (wanted.every((each, i) => each === this.#drawn[i]) && this.#drawn.length) return;
    this.#drawn = wanted;
    void studio.newest(`article ${this.#name}`, () => this.#make());
  }

  async #make() {
    const { desk, studio, entries } = this.#tools;
    try {
      this.#draw ??= import(`./figure-${this.#name}.js`).then(({ open }) => open(/** @type {Easel} */ ({
        desk, studio, entries, place: this.#place,
        explain: (text) => this.#text.replaceChildren(...prose(text).childNodes),
        progress: (text) => { this.#said.textContent = text; },
      })));
      await (await this.#draw)();
      this.#said.textContent = "";
      this.element.dataset.state = "drawn";
    } catch (error) {
      this.#draw = undefined;
      this.#drawn = [];
      this.element.dataset.state = "failed";
      const again = element("button", { type: "button", class: "quiet" }, words.again);
      again.addEventListener("click", () => this.show());
      this.#said.replaceChildren(words.failed(error instanceof Error ? error.message : String(error)), again);
    }
  }
}
