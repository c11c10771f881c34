// @ts-check
import { writeView } from "../../address.js";
import { styled } from "../../rooms.js";
import { words } from "../../words/rooms/story.js";
import { element } from "../dom.js";

/** @typedef {import("../../types.js").Desk} Desk */
/** @typedef {import("./article.js").Article} Article */
/** @typedef {import("./studio.js").Studio} Studio */

/** What the link says for the article as a whole; for a section it says its name. */
const WHOLE = "1";

/** The article's place under the scenes: it is fetched when the reader scrolls to it, follows its link or comes by one. */
export class ArticleDoor {
  element = element("section", { class: "article-door" });
  #desk;
  #studio;
  #link;
  /** @type {Promise<Article> | undefined} */
  #opening;
  /** @type {Article | undefined} */
  #article;
  /** Where the link led that was followed last. @type {string | undefined} */
  #section;

  /** @param {Desk} desk @param {Studio} studio */
  constructor(desk, studio) {
    this.#desk = desk;
    this.#studio = studio;
    this.#link = element("a", { id: "story-article", href: this.#hrefOf(WHOLE) }, words.article);
    this.#link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return; // by the link's address
      event.preventDefault();
      this.#go(WHOLE);
    });
    this.element.append(element("p", {}, this.#link, " ", element("span", { class: "note" }, words.articleAbout)));
    new IntersectionObserver(([{ isIntersecting }]) => {
      if (isIntersecting && scrollY > 0) void this.#open(); // a tall screen shows the link to whoever came for a scene
    }).observe(this.element);
  }

  /** Drawing, theme or address may be others now. */
  show() {
    this.#article?.show();
    const section = this.#desk.view.own["story.article"];
    if (section === this.#section) return;
    this.#section = section;
    if (section) void this.#lead(section);
  }

  /** @param {string} section */
  #go(section) {
    this.#section = section;
    this.#desk.set({ article: section }, true);
    void this.#lead(section);
  }

  /** @param {string} section */
  async #lead(section) {
    (await this.#open())?.goTo(section);
  }

  /** @returns {Promise<Article | undefined>} undefined where it could not be fetched, which is said */
  async #open() {
    try {
      this.#opening ??= this.#fetch();
      return await this.#desk.counted(this.#opening);
    } catch (error) {
      this.#opening = undefined;
      this.#desk.fail(error);
      return undefined;
    }
  }

  async #fetch() {
    const [{ Article: Opened }, entries] = await Promise.all([import("./article.js"), this.#studio.entries(), styled("article")]);
    const article = new Opened(this.#desk, this.#studio, entries, { hrefOf: (section) => this.#hrefOf(section), onGo: (section) => this.#go(section) });
    this.element.replaceChildren(article.element);
    this.#article = article;
    return article;
  }

  /** @param {string} section */
  #hrefOf(section) {
    return writeView({ ...this.#desk.view, own: { ...this.#desk.view.own, "story.article": section } });
  }
}
