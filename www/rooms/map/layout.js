// @ts-check
/** What stands in the room: its elements, made once, and the words on them as the settings have them. */

import { words } from "../../words/rooms/map.js";
import { element } from "../dom.js";
import { GRID } from "./settings.js";

/** @typedef {import("../../types.js").Verdict} Verdict */
/** @typedef {import("./settings.js").PlaneView} PlaneView */
/** @typedef {import("./settings.js").Settings} Settings */

const LABELS = Array.from({ length: 10 }, (_, label) => label);

/** A symbol of the paper in its colour. @param {string} name @param {string} text */
const symbol = (name, text) => element("i", { class: `symbol ${name}` }, text);

/** @param {string} id @param {string} text @param {Record<string, string>} [more] */
const button = (id, text, more) => element("button", { type: "button", id, ...more }, text);

/** @param {string} name @param {string} label @param {string} [id] */
const picture = (name, label, id) => element("canvas", { class: `picture ${name}`, role: "img", "aria-label": label, ...(id ? { id } : {}) });

/** Leaves the document alone where nothing changed. @param {HTMLElement} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}

export class Layout {
  map = element("canvas", {
    id: "map", tabindex: 0, role: "application", "aria-roledescription": words.planeKind, "aria-label": words.plane,
    "aria-describedby": "map-says map-keys",
  });
  #says = element("p", { id: "map-says", class: "unseen", "aria-live": "polite" });
  zoomIn = button("map-in", "+", { "aria-label": words.zoomIn });
  zoomOut = button("map-out", "\u2212", { "aria-label": words.zoomOut });
  whole = button("map-whole", words.whole);
  pan = button("map-pan", words.pan, { "aria-pressed": "false" });
  #zoom = element("span", { class: "zoom" });

  decoded = picture("decoded", words.decoded, "map-decoded");
  #z = element("b", { class: "z", id: "map-z" });
  #reads = element("span", { id: "map-reads" }, words.noReads);

  classes = LABELS.map((label) => element("button", { type: "button", class: "class", "data-class": label, "aria-label": words.classLabel(label) },
    element("i", { class: "dot", "aria-hidden": "true" }), String(label)));
  all = button("map-all", words.hideAll);
  #progress = element("p", { class: "progress", id: "map-progress" });
  again = element("button", { type: "button", hidden: true }, words.again);

  manifold = element("input", { type: "checkbox", role: "switch", id: "map-manifold" });
  grid = element("input", { type: "range", id: "map-grid", min: GRID.from, max: GRID.to, step: 1, value: GRID.usual, "aria-label": words.size });
  #gridSays = element("output", { for: "map-grid" });
  axes = element("input", { type: "checkbox", role: "switch", id: "map-axes" });
  #manifoldNote = element("p", { class: "note" });

  original = picture("small", "");
  reconstruction = picture("small", words.reconstruction);
  put = button("map-put", words.put);
  #taken = element("div", { class: "taken", hidden: true });
  #takenTitle = element("p");
  #mu = element("span", { class: "mu" });
  #sigma = element("span", { class: "sigma" });
  #nothingTaken = element("p", { class: "note" }, words.nothingTaken);
  #wait = element("p", { class: "note", hidden: true });

  /** @param {HTMLElement} body */
  constructor(body) {
    const mark = (/** @type {string} */ name, /** @type {string} */ text) => element("span", { class: name }, symbol(name, text));
    this.#taken.append(
      this.original, this.reconstruction,
      element("div", {}, this.#takenTitle,
        element("p", { class: "numbers" }, symbol("mu", "μ"), " = ", this.#mu, element("br"), symbol("sigma", "σ"), " = ", this.#sigma),
        this.put),
    );
    body.append(
      element("h2", {}, words.title),
      element("p", { class: "lead" }, words.lead),
      this.#wait,
      element("div", { class: "map-room" },
        element("div", { class: "map-plane" },
          this.map, element("p", { id: "map-keys", class: "unseen" }, words.keys), this.#says,
          element("div", { class: "buttons" }, this.zoomOut, this.#zoom, this.zoomIn, this.whole, this.pan),
          element("p", { class: "hint for-mouse" }, words.hintMouse), element("p", { class: "hint for-touch" }, words.hintTouch),
        ),
        element("section", { class: "map-decoded", "aria-label": words.decodedTitle },
          this.decoded,
          element("div", {},
            element("p", { class: "at" }, symbol("x-hat", "x\u0302"), " = ", element("i", { class: "symbol" }, "g"), "(", symbol("z", "z"), ")"),
            element("p", { class: "caption" }, words.decodedTitle),
            element("p", { class: "numbers" }, symbol("z", "z"), " = ", this.#z),
            element("p", { class: "numbers" }, `${words.reads} `, this.#reads),
            element("p", { class: "key" }, words.keyDrawing, mark("mu", "μ"), element("span", { class: "sigma" }, "±", symbol("sigma", "σ"), ", ±2", symbol("sigma", "σ")), mark("z", "z"))),
        ),
        element("section", { class: "map-classes", "aria-labelledby": "map-classes-head" },
          element("div", { class: "head" }, element("h3", { id: "map-classes-head" }, words.classes), this.#progress, this.again),
          element("div", { class: "legend", role: "group", "aria-labelledby": "map-classes-head" }, ...this.classes, this.all)),
        element("section", { class: "map-manifold", "aria-labelledby": "map-manifold-head" },
          element("div", { class: "head" },
            element("label", { class: "switch" }, this.manifold, element("span", { id: "map-manifold-head" }, words.manifold)),
            this.grid, this.#gridSays,
            element("label", { class: "switch" }, this.axes, element("span", {}, words.toScale))),
          this.#manifoldNote),
        element("section", { class: "map-taken", "aria-labelledby": "map-taken-head" },
          element("h3", { id: "map-taken-head" }, words.taken), this.#nothingTaken, this.#taken),
      ),
    );
  }

  /** @param {Settings} settings @param {PlaneView} view */
  show({ grid, spacing, hidden }, view) {
    this.manifold.checked = grid > 0;
    if (grid) this.grid.value = String(grid);
    this.grid.disabled = !grid;
    write(this.#gridSays, words.grid(Number(this.grid.value)));
    this.axes.checked = spacing === "scale";
    write(this.#manifoldNote, spacing === "prior" ? words.byPrior : grid ? words.manifoldToScale : words.onlyToScale);
    for (const label of LABELS) this.classes[label].setAttribute("aria-pressed", String(!hidden.has(label)));
    write(this.all, hidden.size ? words.showAll : words.hideAll);
    this.showZoom(view);
  }

  /** @param {PlaneView} view */
  showZoom({ zoom }) {
    write(this.#zoom, words.zoomed(zoom));
  }

  /** @param {string} text  why there is nothing to see; empty where there is */
  wait(text) {
    write(this.#wait, text);
    this.#wait.hidden = !text;
  }

  /** @param {ArrayLike<number>} z */
  sayZ(z) {
    write(this.#z, words.z(z));
  }

  /** @param {Verdict | undefined} reads */
  sayReads(reads) {
    write(this.#reads, reads ? words.readsAs(reads) : words.noReads);
  }

  /** @param {string} z  where z is, announced @param {string} plane  what else is to be seen */
  say(z, plane) {
    write(this.#says, z);
    this.map.setAttribute("aria-label", `${words.plane}. ${plane}`);
  }

  /** @param {string} text @param {boolean} [isError] */
  sayProgress(text, isError = false) {
    write(this.#progress, text);
    this.#progress.classList.toggle("is-error", isError);
    this.again.hidden = !isError;
  }

  /**
   * The test digit that was taken.
   * @param {{ i: number, label: number, mu?: ArrayLike<number>, sigma?: ArrayLike<number> } | undefined} digit
   */
  showTaken(digit) {
    this.#nothingTaken.hidden = Boolean(digit);
    this.#taken.hidden = !digit;
    if (!digit) return;
    write(this.#takenTitle, words.digitTitle(digit.i, digit.label));
    write(this.#mu, digit.mu ? words.z(digit.mu) : words.unknown);
    write(this.#sigma, digit.sigma ? words.z(digit.sigma) : words.unknown);
    this.original.setAttribute("aria-label", words.original(digit.label));
  }
}
