// @ts-check
/** The article under the story: the argument in prose, equations, and figures that the studio computes when they come into view. */

import { words } from "../../words/rooms/article.js";
import { element } from "../dom.js";
import { equation } from "./article/equations.js";
import { factsOf } from "./article/facts.js";
import { Figure } from "./article/figure.js";
import { prose } from "./article/prose.js";
import { REFERENCES } from "./article/references.js";

/** @typedef {keyof typeof words.sections} SectionName */
/** @typedef {keyof typeof words.figures} FigureName */
/** @typedef {number | { equation: Parameters<typeof equation>[0] } | { figure: FigureName }} Part  a number is a paragraph's */

/** Every section in its order, and what it holds in its. @type {Record<SectionName, Part[]>} */
const SECTIONS = {
  holes: [0, 1, 2, { figure: "holes" }],
  gaussian: [0, { equation: "posterior" }, 1, 2, { figure: "plane" }],
  noise: [0, { equation: "noise" }, 1],
  alone: [0, 1, { figure: "widths" }],
  price: [0, { equation: "price" }, 1, 2],
  aggregate: [0, { equation: "aggregate" }, 1, 2, { figure: "aggregate" }],
  samples: [0, { figure: "samples" }],
  beta: [0, 1, { figure: "ladder" }],
  bound: [0, { equation: "elbo" }, 1, 2, { equation: "onward" }, 3],
  onward: [0, 1],
};

/** Figures of the drawing on the pad: another drawing makes them anew. @type {FigureName[]} */
const OF_THE_DRAWING = ["plane", "ladder"];

const idOf = (/** @type {string} */ name) => `article-${name}`;

export class Article {
  element = element("article", { class: "article", "aria-labelledby": "article-title" });
  /** @type {Figure[]} */
  #figures = [];

  /**
   * @param {import("../../types.js").Desk} desk
   * @param {import("./studio.js").Studio} studio
   * @param {import("../../types.js").ModelEntry[]} entries  all models that ship
   * @param {{ hrefOf: (section: string) => string, onGo: (section: string) => void }} ways
   */
  constructor(desk, studio, entries, { hrefOf, onGo }) {
    const facts = factsOf(entries);
    const contents = Object.entries(words.sections).map(([name, { title }]) => {
      const link = element("a", { href: hrefOf(name) }, title);
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // by the link's address
        event.preventDefault();
        onGo(name);
      });
      return element("li", {}, link);
    });
    const figureOf = (/** @type {FigureName} */ name) => {
      const figure = new Figure(name, this.#figures.length + 1, { desk, studio, entries, isOfTheDrawing: OF_THE_DRAWING.includes(name) });
      this.#figures.push(figure);
      return figure.element;
    };
    const sections = Object.entries(SECTIONS).map(([name, parts]) => {
      const { title, text } = words.sections[/** @type {SectionName} */ (name)];
      return element("section", { id: idOf(name), "aria-labelledby": `${idOf(name)}-title` },
        element("h3", { id: `${idOf(name)}-title`, tabindex: -1 }, title),
        ...parts.map((part) => (typeof part === "number" ? prose(text[part](facts)) : "figure" in part ? figureOf(part.figure) : equation(part.equation))));
    });
    this.element.append(
      element("header", {}, element("h2", { id: "article-title", tabindex: -1 }, words.title), element("p", { class: "article-standfirst" }, words.standfirst)),
      element("nav", { class: "article-contents", "aria-label": words.contents }, element("ol", {}, ...contents)),
      ...sections,
      element("section", { id: idOf("references"), "aria-labelledby": "article-references-title" },
        element("h3", { id: "article-references-title" }, words.references), references()),
    );
  }

  /** Drawing or theme may be others now. */
  show() {
    for (const figure of this.#figures) figure.show();
  }

  /** Goes to a section; to the title where there is none of that name. @param {string} section */
  goTo(section) {
    const heading = this.element.querySelector(`#${CSS.escape(idOf(section))} h3`) ?? this.element.querySelector("h2");
    heading?.scrollIntoView();
    /** @type {HTMLElement | null} */ (heading)?.focus({ preventScroll: true });
  }
}

function references() {
  return element("ul", {}, ...Object.values(REFERENCES).map(({ authors, year, title, venue, href, name }) =>
    element("li", { lang: "en" }, `${authors} (${year}). `, element("cite", {}, title), `. ${venue}. `, element("a", { href, rel: "external" }, name), ".")));
}
