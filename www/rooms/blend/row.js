// @ts-check
import { PixelGrid } from "../../parts/pixel-grid.js";
import { words } from "../../words/rooms/blend.js";
import { element } from "../dom.js";
import { FEWEST, MOST } from "./items.js";

/** @typedef {import("../../types.js").Verdict} Verdict */
/** @typedef {"take" | "follow" | "put" | "left" | "right" | "remove" | "add"} Deed */
/** @typedef {{ seen: PixelGrid, reconstruction: PixelGrid, name: HTMLButtonElement, place: HTMLElement }} Slot */

/** The row of slots, and the tools for the one that is chosen. It shows and says what was pressed. */
export class Row {
  #list = element("ol", { class: "blend-slots", id: "blend-slots", "aria-label": words.slots });
  #tools = element("div", { class: "buttons blend-tools", role: "group" });
  /** @type {Slot[]} */
  #slots = [];
  #chosen = 0;
  #callbacks;
  #digit = element("select", { id: "blend-digit" }, new Option(words.none, ""), ...Array.from({ length: 10 }, (_, digit) => new Option(String(digit))));
  #follow = element("input", { type: "checkbox", role: "switch", id: "blend-follow" });
  /** @type {Record<string, HTMLButtonElement>} */
  #buttons;

  /**
   * @param {object} callbacks
   * @param {(deed: Deed, slot: number) => void} callbacks.onDeed
   * @param {(slot: number, digit: number) => void} callbacks.onDigit  a test digit of this class
   * @param {(slot: number, step: 1 | -1) => void} callbacks.onTurn  the next one, or the one before
   * @param {() => void} callbacks.onChoose
   */
  constructor(callbacks) {
    this.#callbacks = callbacks;
    const button = (/** @type {string} */ id, /** @type {string} */ text, /** @type {string} */ label, /** @type {() => void} */ act) => {
      const made = element("button", { type: "button", id: `blend-${id}`, "aria-label": label }, text);
      made.addEventListener("click", act);
      return made;
    };
    const deed = (/** @type {Deed} */ name, text = words[name]) => button(name, text, words[name], () => callbacks.onDeed(name, this.#chosen));
    this.#buttons = {
      take: deed("take"), put: deed("put"),
      previous: button("previous", "‹", words.previousTest, () => callbacks.onTurn(this.#chosen, -1)),
      next: button("next", "›", words.nextTest, () => callbacks.onTurn(this.#chosen, 1)),
      left: deed("left", "←"), right: deed("right", "→"), remove: deed("remove"), add: deed("add"),
    };
    const { take, put, previous, next, left, right, remove, add } = this.#buttons;
    this.#follow.addEventListener("change", () => callbacks.onDeed("follow", this.#chosen));
    this.#digit.addEventListener("change", () => {
      if (this.#digit.value) callbacks.onDigit(this.#chosen, Number(this.#digit.value));
    });
    this.#tools.append(
      element("label", { class: "switch" }, this.#follow, " ", words.follow), take, put,
      element("span", { class: "blend-group" }, element("label", { class: "field" }, words.testDigit, " ", this.#digit), previous, next),
      element("span", { class: "blend-group" }, left, right, remove), add);
  }

  get elements() {
    return [this.#list, this.#tools];
  }

  /** @param {number} slot */
  choose(slot) {
    this.#chosen = slot;
  }

  /**
   * @param {string[]} items
   * @param {string[]} names
   * @param {number | undefined} digit  class of the chosen one, where it is a test digit
   */
  show(items, names, digit) {
    while (this.#slots.length < items.length) this.#slots.push(this.#make(this.#slots.length));
    while (this.#slots.length > items.length) this.#slots.pop()?.place.remove();
    this.#chosen = Math.min(this.#chosen, items.length - 1);
    const [at, buttons] = [this.#chosen, this.#buttons];
    this.#slots.forEach(({ name, place }, i) => {
      name.ariaPressed = String(i === at);
      place.classList.toggle("is-chosen", i === at);
      if (name.textContent !== words.slot(i, names[i])) name.textContent = words.slot(i, names[i]);
    });
    const isPad = items[at] === "pad";
    this.#tools.ariaLabel = words.chosen(at);
    this.#follow.checked = isPad;
    buttons.put.disabled = isPad || names[at] === words.names.missing;
    buttons.take.disabled = isPad;
    buttons.left.disabled = at === 0;
    buttons.right.disabled = at === items.length - 1;
    buttons.remove.disabled = items.length <= FEWEST;
    buttons.add.disabled = items.length >= MOST;
    buttons.previous.disabled = buttons.next.disabled = digit === undefined;
    this.#digit.value = digit === undefined ? "" : String(digit);
  }

  /** The class that the chosen slot is, for the next of it. */
  get digit() {
    return Number(this.#digit.value);
  }

  get chosen() {
    return this.#chosen;
  }

  /**
   * @param {number} slot
   * @param {Uint8ClampedArray} seen
   * @param {Uint8ClampedArray} reconstruction
   */
  paint(slot, seen, reconstruction) {
    this.#slots[slot]?.seen.show(seen);
    this.#slots[slot]?.reconstruction.show(reconstruction);
  }

  /**
   * @param {number} slot
   * @param {string} seen
   * @param {string} reconstruction
   */
  describe(slot, seen, reconstruction) {
    this.#slots[slot]?.seen.describe(seen);
    this.#slots[slot]?.reconstruction.describe(reconstruction);
  }

  /** @param {number} i */
  #make(i) {
    const canvas = (/** @type {string} */ part, /** @type {string} */ label) =>
      element("canvas", { class: "picture", role: "img", id: `blend-${part}-${i + 1}`, "aria-label": label });
    const [seen, reconstruction] = [canvas("seen", words.chosen(i)), canvas("slot", words.said.reconstruction(i, undefined))];
    const name = element("button", { type: "button", class: "blend-name", "aria-pressed": "false" });
    const place = element("li", { class: "blend-slot" }, element("div", {}, seen, reconstruction), name);
    name.addEventListener("click", () => {
      this.#chosen = i;
      this.#callbacks.onChoose();
    });
    this.#list.append(place);
    return { seen: new PixelGrid(seen), reconstruction: new PixelGrid(reconstruction), name, place };
  }
}
