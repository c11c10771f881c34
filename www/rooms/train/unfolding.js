// @ts-check
import { paletteAt } from "../../palette.js";
import { Sheet } from "../../parts/sheet.js";
import { inked, SIDE } from "../../picture.js";
import { element } from "../dom.js";
import { Axis } from "../map/axis.js";
import { REACH } from "../map/settings.js";
import { GRID } from "./darkroom.js";

/** @typedef {import("../../palette.js").Palette} Palette */
/** @typedef {import("./darkroom.js").Pictures} Pictures */
/** @typedef {import("./types.js").DataSet} DataSet */
/** @typedef {typeof import("../../words/rooms/train.en.js").words} Words */
/** @typedef {CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D} Pen */

/** Of the prior, sigmas that a ring stands for. */
const RINGS = [1, 2];
/** Height of the numerals that stand for held-out digits, on a plane of 308 px. */
const NUMERAL = 10 / 308;

/**
 * A plane of z that unfolds: what is decoded from it, and where the encoder puts the held-out digits, each written in the
 * colour of its class. Both have the map's axes of equal probability, so that a cell of one is a cell of the other.
 */
export class Unfolding {
  element = element("div", { class: "train-plane", hidden: true });
  #manifold = element("canvas", { class: "manifold", id: "train-manifold", role: "img", width: GRID * SIDE, height: GRID * SIDE });
  #means = element("canvas", { class: "means", id: "train-means", role: "img" });
  /** What the numerals stand for, where that is not digits. */
  #key = element("p", { class: "note" });
  #pen = /** @type {CanvasRenderingContext2D} */ (this.#manifold.getContext("2d", { willReadFrequently: true }));
  #sheet;
  /** @type {() => void} */
  #repaint = () => {};

  /** @param {Words} words */
  constructor(words) {
    this.#manifold.setAttribute("aria-label", words.saidManifold(GRID));
    this.#means.setAttribute("aria-label", words.saidMeans);
    this.element.append(
      element("section", {}, element("h3", {}, words.manifold), this.#manifold),
      element("section", {}, element("h3", {}, words.means), this.#means, this.#key));
    this.#sheet = new Sheet(this.#means, () => this.#repaint());
  }

  /** There is no plane to unfold. */
  hide() {
    this.element.hidden = true;
    this.#repaint = () => {};
  }

  /**
   * @param {Pictures} pictures
   * @param {Pick<DataSet, "heldOut" | "hasLabels" | "classes">} data
   * @param {ArrayLike<number> | undefined} drawing  mu of what is on the pad
   * @param {number} colour  0xRRGGBB of what is decoded
   */
  show({ manifold, mu }, { heldOut, hasLabels, classes }, drawing, colour) {
    this.element.hidden = !manifold || !mu;
    if (!manifold || !mu) return;
    this.#pen.putImageData(new ImageData(inked(manifold, colour), GRID * SIDE, GRID * SIDE), 0, 0);
    this.#key.textContent = hasLabels && classes ? classes.map((name, label) => `${label} ${name}`).join(" \u00b7 ") : "";
    this.#repaint = () => {
      this.#sheet.wipe();
      const style = styleAt(this.#means);
      paintMeans(this.#sheet.ctx, this.#sheet.width, mu, hasLabels ? heldOut.labels : undefined, style);
      if (drawing?.length === 2) paintRing(this.#sheet.ctx, this.#sheet.width, drawing, style.palette.mu);
    };
    this.#repaint();
  }
}

/** @typedef {{ palette: Palette, classes: string[], family: string }} Style */

/** The colours that hold at an element, those of the ten classes among them. @param {Element} place @returns {Style} */
export function styleAt(place) {
  const style = getComputedStyle(place);
  return {
    palette: paletteAt(place), family: style.fontFamily,
    classes: Array.from({ length: 10 }, (_, label) => style.getPropertyValue(`--class-${label}`).trim()),
  };
}

/**
 * Held-out digits where their posteriors' means are, over the prior's rings at one and two sigma.
 * @param {Pen} ctx
 * @param {number} side  of the square that is painted, px
 * @param {Float32Array} mu  two for each
 * @param {Uint8Array | undefined} labels  undefined = they have none
 * @param {Style} style
 */
export function paintMeans(ctx, side, mu, labels, { palette: { hairline, ink }, classes, family }) {
  const axis = new Axis(-REACH, REACH, side, "prior");
  Object.assign(ctx, { strokeStyle: hairline, lineWidth: 1 });
  for (const sigmas of RINGS) {
    ctx.beginPath();
    for (let i = 0; i <= 64; i += 1) {
      const turn = (i / 64) * 2 * Math.PI;
      ctx.lineTo(axis.px(sigmas * Math.cos(turn)), side - axis.px(sigmas * Math.sin(turn)));
    }
    ctx.stroke();
  }
  Object.assign(ctx, { font: `600 ${Math.max(9, NUMERAL * side)}px ${family}`, textAlign: "center", textBaseline: "middle" });
  const edge = (NUMERAL * side) / 2; // one that lies beyond the plane stands at its edge, whole
  const within = (/** @type {number} */ px) => Math.min(side - edge, Math.max(edge, px));
  for (let i = 0; i < mu.length / 2; i += 1) {
    ctx.fillStyle = labels ? classes[labels[i] % classes.length] : ink; // a person's own images may have more
    ctx.fillText(labels ? String(labels[i]) : "\u2022", within(axis.px(mu[2 * i])), within(side - axis.px(mu[2 * i + 1])));
  }
}

/**
 * @param {Pen} ctx
 * @param {number} side
 * @param {ArrayLike<number>} mu
 * @param {string} colour
 */
function paintRing(ctx, side, mu, colour) {
  const axis = new Axis(-REACH, REACH, side, "prior");
  Object.assign(ctx, { strokeStyle: colour, lineWidth: 2 });
  ctx.beginPath();
  ctx.arc(axis.px(mu[0]), side - axis.px(mu[1]), 8, 0, 2 * Math.PI);
  ctx.stroke();
}
