// @ts-check
/** Glyphs set on paper: on the page as an SVG, and the same as a file or on a canvas. */

import { svg } from "./svg.js";
import { EM } from "./trace.js";

/**
 * What stands where. All lengths are in one unit, which is the SVG's own.
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {Placed[]} glyphs
 * @property {Plain[]} [plain]
 * @property {{ x: number, y: number, size: number }[]} [marks]  squares of glyphs that are doubted: on the page alone, as the rules
 * @property {[number, number, number, number][]} [rules]  hairlines of the paper, x, y, x, y
 */

/** @typedef {{ path: string, x: number, y: number, size: number }} Placed  upper left corner and side of its square */
/** @typedef {{ text: string, x: number, y: number, size: number }} Plain  a character of the system's font, in its square */

/** Where the baseline of a Chinese character is in its square, from above. */
const BASELINE = 0.86;
const FONTS = "'Songti SC','Source Han Serif SC','Noto Serif CJK SC','Noto Sans CJK SC',SimSun,serif";

/** Keeps its nodes, so that a hand that is still writing changes outlines and nothing else. */
export class Paper {
  element = svg("svg", { class: "paper" });
  #rules = svg("g", { class: "rules" });
  #glyphs = svg("g", {});
  #plain = svg("g", { class: "plain" });
  #marks = svg("g", { class: "marks" });
  /** @type {Layout} */
  layout = { width: 1, height: 1, glyphs: [] };

  /** @param {string} id */
  constructor(id) {
    this.element.id = id;
    this.element.append(this.#rules, this.#marks, this.#glyphs, this.#plain);
  }

  /** @param {Layout} layout @param {string} text  what it says, for those who do not see it */
  show(layout, text) {
    this.layout = layout;
    const { width, height, glyphs, plain = [], marks = [], rules = [] } = layout;
    set(this.element, { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": text });
    fill(this.#rules, "line", rules.map(([x1, y1, x2, y2]) => ({ x1, y1, x2, y2 })));
    fill(this.#glyphs, "path", glyphs.map((glyph) => ({ d: glyph.path, transform: placeOf(glyph) })));
    fill(this.#marks, "line", marks.map(({ x, y, size }) => ({ x1: x + 0.2 * size, y1: y + size, x2: x + 0.8 * size, y2: y + size })));
    fill(this.#plain, "text", plain.map(({ x, y, size }) => ({ x: x + size / 2, y: y + BASELINE * size, "font-size": size })));
    plain.forEach(({ text: character }, i) => {
      if (this.#plain.children[i].textContent !== character) this.#plain.children[i].textContent = character;
    });
  }
}

/** @param {Placed} glyph */
const placeOf = ({ x, y, size }) => `translate(${round(x)} ${round(y)}) scale(${round(size / EM, 5)})`;

/** @param {number} value @param {number} [places] */
const round = (value, places = 2) => Number(value.toFixed(places));

/** @param {Element} node @param {Record<string, string | number>} attributes */
function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
  }
}

/** @param {Element} group @param {"line" | "path" | "text"} tag @param {Record<string, string | number>[]} items */
function fill(group, tag, items) {
  while (group.children.length > items.length) group.lastElementChild?.remove();
  while (group.children.length < items.length) group.append(svg(tag));
  items.forEach((item, i) => set(group.children[i], item));
}

/**
 * The file of an SVG.
 * @param {Layout} layout
 * @param {string} ink
 */
export function svgFile({ width, height, glyphs, plain = [] }, ink) {
  const paths = glyphs.map((glyph) => `<path transform="${placeOf(glyph)}" d="${glyph.path}"/>`);
  const texts = plain.map(({ text, x, y, size }) =>
    `<text x="${round(x + size / 2)}" y="${round(y + BASELINE * size)}" font-size="${round(size)}">${text.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)}</text>`);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" fill="${ink}">\n${
    paths.join("\n")}\n<g font-family="${FONTS}" text-anchor="middle">${texts.join("")}</g>\n</svg>\n`;
}

/**
 * The same on a canvas.
 * @param {Layout} layout
 * @param {{ width: number, ink: string, ground: string }} how  px across
 */
export function canvasOf(layout, { width, ink, ground }) {
  const canvas = document.createElement("canvas");
  const scale = width / layout.width;
  Object.assign(canvas, { width, height: Math.round(layout.height * scale) });
  const ctx = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  ctx.fillStyle = ground;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = ink;
  for (const { path, x, y, size } of layout.glyphs) {
    ctx.setTransform((scale * size) / EM, 0, 0, (scale * size) / EM, scale * x, scale * y);
    ctx.fill(new Path2D(path));
  }
  ctx.setTransform(scale, 0, 0, scale, 0, 0);
  ctx.textAlign = "center";
  for (const { text, x, y, size } of layout.plain ?? []) {
    ctx.font = `${size}px ${FONTS}`;
    ctx.fillText(text, x + size / 2, y + BASELINE * size);
  }
  return canvas;
}
