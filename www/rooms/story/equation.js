// @ts-check
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";
import { excerptOf } from "./excerpts.js";
import { CHOICES, FORMULAE, SYMBOLS } from "./formulae.js";
import { math } from "./marks.js";

/**
 * Equation, number, code: a scene's equation, a button for each of its symbols with what it is now, and the lines of Rust that
 * compute the one that is chosen. Pointing at a symbol, here or in the equation, lights up its parts everywhere in the scene.
 */
export class Equation {
  element;
  #scene;
  #lines = element("div", { class: "story-formula" });
  #choices = element("div", { class: "story-symbols", role: "group", "aria-label": words.symbols });
  #place = element("figcaption", {});
  #code = element("code", {});
  /** @type {Map<string, { button: HTMLButtonElement, value: HTMLElement }>} */
  #buttons = new Map();
  #chosen;
  #shown = "";

  /**
   * @param {keyof typeof words.scenes} name
   * @param {HTMLElement} scene  in which parts with this `data-symbol` light up
   */
  constructor(name, scene) {
    this.#scene = scene;
    this.#lines.append(...FORMULAE[name]().map((line) => element("p", {}, math("math", { displaystyle: "true" }, ...line))));
    this.#chosen = CHOICES[name][0];
    const meanings = /** @type {Record<string, string>} */ (words.scenes[name].symbols);
    for (const each of CHOICES[name]) this.#addChoice(each, meanings[each]);
    for (const part of this.#lines.querySelectorAll("[data-symbol]")) this.#listen(part, part.getAttribute("data-symbol") ?? "");
    this.element = element("section", { class: "story-equation", "aria-label": words.equation }, this.#lines, this.#choices,
      element("figure", { class: "story-code" }, this.#place, element("pre", { tabindex: 0, lang: "en", "aria-label": words.code }, this.#code)));
    this.#choose(this.#chosen);
  }

  /** What the symbols are now. @param {Record<string, string>} values */
  tell(values) {
    for (const [name, text] of Object.entries(values)) {
      const value = this.#buttons.get(name)?.value;
      if (value && value.textContent !== text) value.textContent = text;
    }
  }

  /** Parts that have come since are lit as the others are. */
  refresh() {
    this.#light(this.#shown);
  }

  /** @param {string} name @param {string} meaning */
  #addChoice(name, meaning) {
    const { sign, colour } = SYMBOLS[name];
    const value = element("span", { class: "value" });
    const button = element("button", { type: "button", "data-choice": name, "aria-pressed": "false" },
      element("i", { class: `symbol ${colour}` }, sign), " ", element("span", { class: "meaning-of" }, meaning), " ", value);
    this.#buttons.set(name, { button, value });
    this.#listen(button, name);
    button.addEventListener("focus", () => button.matches(":focus-visible") && this.#show(name));
    button.addEventListener("blur", () => this.#show(this.#chosen));
    this.#choices.append(button);
  }

  /** @param {Element} part @param {string} name */
  #listen(part, name) {
    part.addEventListener("pointerenter", (event) => /** @type {PointerEvent} */ (event).pointerType === "mouse" && this.#show(name));
    part.addEventListener("pointerleave", (event) => /** @type {PointerEvent} */ (event).pointerType === "mouse" && this.#show(this.#chosen));
    part.addEventListener("click", () => this.#choose(name));
  }

  /** @param {string} name */
  #choose(name) {
    if (!this.#buttons.has(name)) return;
    this.#chosen = name;
    for (const [each, { button }] of this.#buttons) button.ariaPressed = String(each === name);
    this.#show(name);
  }

  /** @param {string} name */
  #show(name) {
    if (name === this.#shown || !this.#buttons.has(name)) return;
    this.#shown = name;
    this.#light(name);
    void this.#showCode(name);
  }

  /** @param {string} name */
  #light(name) {
    document.getElementById("pad")?.classList.toggle("is-lit", name === "x");
    for (const part of this.#scene.querySelectorAll("[data-symbol]")) {
      part.classList.toggle("is-lit", part.getAttribute("data-symbol")?.split(" ").includes(name));
    }
  }

  /** @param {string} name */
  async #showCode(name) {
    try {
      const { file, line, lines, address } = await excerptOf(SYMBOLS[name].region);
      if (name !== this.#shown) return;
      const where = `${file}:${line}`;
      this.#place.replaceChildren(address ? element("a", { href: address }, where) : where);
      this.#code.textContent = lines.join("\n");
    } catch (error) {
      if (name !== this.#shown) return;
      this.#place.textContent = words.noCode(error instanceof Error ? error.message : String(error));
      this.#code.textContent = "";
    }
  }
}
