// @ts-check
/** A distance beside a yardstick, on one line: the bar holds eight in ten of the yardstick, the tick is its middle. */

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 400;
const HEIGHT = 16;
/** The line ends at so many times the bar's upper end. */
const REACH = 1.6;

export class Strip {
  element = document.createElementNS(SVG, "svg");

  constructor() {
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("class", "strip");
    this.element.setAttribute("role", "img");
    this.element.setAttribute("preserveAspectRatio", "none");
  }

  /**
   * @param {number} value
   * @param {readonly number[]} yardstick  of a hundred, the 10th, the 50th and the 90th
   * @param {string} text
   */
  show(value, [low, middle, high], text) {
    const at = (/** @type {number} */ distance) => Math.min(1, distance / (high * REACH)) * (WIDTH - 8) + 4;
    this.element.setAttribute("aria-label", text);
    this.element.replaceChildren(
      rect("line", 0, HEIGHT / 2, WIDTH, 1),
      rect("band", at(low), 5, at(high) - at(low), 7),
      rect("middle", at(middle) - 0.5, 2, 1, 13),
      rect("value", at(value) - 1.5, 0, 3, HEIGHT),
    );
  }
}

/**
 * @param {string} name
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {number} height
 */
function rect(name, x, y, width, height) {
  const made = document.createElementNS(SVG, "rect");
  for (const [key, value] of Object.entries({ class: name, x, y, width, height })) made.setAttribute(key, String(value));
  return made;
}
