// @ts-check
/**
 * The story: why a VAE, in seven scenes. This file turns the pages and holds what all scenes share: heading, text, the equation
 * with its code, and a worker with several models. A scene fills the figure, with one thing to do.
 */

import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/story.js";
import { element } from "./dom.js";
import { ArticleDoor } from "./story/article-door.js";
import { Equation } from "./story/equation.js";
import { Studio } from "./story/studio.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("./story/types.js").Scene} Scene */
/** @typedef {import("./story/types.js").Stage} Stage */
/** @typedef {keyof typeof words.scenes} Name */

/** In their order, each with whether it is about the drawing on the pad. @type {{ name: Name, usesPad: boolean }[]} */
const SCENES = [
  { name: "posterior", usesPad: true },
  { name: "noise", usesPad: true },
  { name: "alone", usesPad: false },
  { name: "price", usesPad: true },
  { name: "aggregate", usesPad: false },
  { name: "sampling", usesPad: false },
  { name: "onward", usesPad: true },
];

/** Keys that turn pages; where the page is presented, those of a clicker too. */
const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };
const CLICKS = { PageUp: -1, PageDown: 1 };
/** Arrows belong to these where they have the focus. */
const OWN_ARROWS = ["input", "select", "textarea", "canvas", "pre", "dialog"].join();

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  const room = new Story(body, desk);
  return { show: () => room.show(), leave: () => room.leave() };
}

class Story {
  #body;
  #desk;
  #studio;
  /** @type {Map<Name, Promise<Page>>} */
  #pages = new Map();
  /** @type {Page | undefined} the one that is open */
  #page;
  /** @type {Name | undefined} the one that is to be open */
  #name;
  #place = element("div", { class: "story-place" });
  #said = element("p", { class: "unseen", role: "status" });
  #article;
  #steps = SCENES.map(({ name }, i) => element("button", { type: "button", id: `story-step-${i + 1}` },
    element("span", { class: "number" }, String(i + 1)), " ", element("span", { class: "name" }, words.scenes[name].short)));
  #previous = element("button", { type: "button", id: "story-previous" }, words.previous);
  #next = element("button", { type: "button", id: "story-next" }, words.next);

  /** @param {HTMLElement} body @param {Desk} desk */
  constructor(body, desk) {
    this.#body = body;
    this.#desk = desk;
    this.#studio = new Studio(chooseTier(desk.view.tier));
    this.#article = new ArticleDoor(desk, this.#studio);
    this.#steps.forEach((button, i) => button.addEventListener("click", () => this.#go(i)));
    this.#previous.addEventListener("click", () => this.#go(this.#index - 1));
    this.#next.addEventListener("click", () => this.#go(this.#index + 1));
    document.addEventListener("keydown", (event) => this.#key(event));
    body.append(
      element("nav", { class: "story-nav", "aria-label": words.steps },
        element("ol", {}, ...this.#steps.map((button) => element("li", {}, button))),
        element("div", { class: "buttons" }, this.#previous, this.#next)),
      this.#place, this.#said, this.#article.element,
    );
  }

  show() {
    const { name, usesPad } = SCENES[this.#index];
    this.#body.dataset.scene = String(this.#index + 1);
    document.documentElement.toggleAttribute("data-padless", !usesPad);
    if (name !== this.#name) void this.#turn(name);
    else this.#page?.scene.show();
    this.#article.show();
  }

  leave() {
    this.#page?.scene.leave?.();
  }

  get #index() {
    const chosen = Number(this.#desk.view.own["story.scene"] ?? 1);
    return Number.isInteger(chosen) && chosen >= 1 && chosen <= SCENES.length ? chosen - 1 : 0;
  }

  /** @param {number} index */
  #go(index) {
    if (index < 0 || index >= SCENES.length || index === this.#index) return;
    this.#desk.set({ scene: index === 0 ? undefined : String(index + 1) });
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const { embed, present } = document.documentElement.dataset;
    if (embed !== undefined) return; // one scene is all that was embedded
    const clicked = present === undefined ? 0 : CLICKS[/** @type {keyof typeof CLICKS} */ (event.key)] ?? 0;
    const by = clicked || ARROWS[/** @type {keyof typeof ARROWS} */ (event.key)];
    const isElsewhere = event.target instanceof Element && event.target.closest(clicked ? "dialog" : OWN_ARROWS);
    if (!by || isElsewhere || this.#desk.view.room !== "story" || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    this.#go(this.#index + by);
  }

  /** @param {Name} name */
  async #turn(name) {
    this.#page?.scene.leave?.();
    this.#page = undefined;
    this.#name = name;
    const index = this.#index;
    this.#steps.forEach((button, i) => {
      if (i === index) button.setAttribute("aria-current", "step");
      else button.removeAttribute("aria-current");
    });
    this.#previous.disabled = index === 0;
    this.#next.disabled = index === SCENES.length - 1;
    const opened = this.#pages.get(name) ?? openPage(name, index, this.#desk, this.#studio);
    this.#pages.set(name, opened);
    try {
      const page = await opened;
      if (this.#name !== name) return;
      this.#page = page;
      this.#place.replaceChildren(page.element);
      this.#said.textContent = words.sceneOf(index + 1, words.scenes[name].title);
      page.scene.show();
    } catch (error) {
      this.#pages.delete(name);
      this.#name = undefined;
      this.#desk.fail(error);
    }
  }
}

/** @typedef {{ element: HTMLElement, scene: Scene }} Page */

/**
 * @param {Name} name
 * @param {number} index
 * @param {Desk} desk
 * @param {Studio} studio
 * @returns {Promise<Page>}
 */
async function openPage(name, index, desk, studio) {
  const { open: openScene } = await import(`./story/scene-${name}.js`);
  const { title, text, task } = words.scenes[name];
  const waiting = element("p", { class: "note story-waiting", role: "status" }, words.fetching);
  const figure = element("div", { class: "story-figure" }, waiting);
  const whole = element("article", { class: `story-scene story-${name}`, "aria-labelledby": `story-title-${name}` });
  const equation = new Equation(name, whole);
  whole.append(
    element("div", { class: "story-text" },
      element("h2", { id: `story-title-${name}` }, title),
      ...text.map((paragraph) => element("p", { class: "prose" }, paragraph)),
      element("p", { class: "story-task" }, element("b", {}, words.task), " ", task),
      equation.element),
    figure,
  );
  /** @type {Stage} */
  const stage = {
    desk, studio, figure,
    own: (setting) => desk.view.own[`story.${setting}`],
    set: desk.set,
    tell: (values) => {
      waiting.hidden = true;
      equation.tell(values);
    },
    lit: () => equation.refresh(),
    fail: (error) => desk.fail(error),
  };
  const scene = openScene(stage);
  equation.refresh();
  whole.dataset.index = String(index + 1);
  return { element: whole, scene };
}
