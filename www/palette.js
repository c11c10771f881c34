// @ts-check
/** The colours of the style sheet as scripts need them: one name per meaning, the same in both themes. */

const NAMES = /** @type {const} */ (["paper", "sheet", "ink", "muted", "hairline", "mark", "mu", "sigma", "eps", "z", "x-hat"]);

/** @typedef {Record<typeof NAMES[number], string>} Palette */

/**
 * Reads the colours that hold at an element.
 * @param {Element} element
 * @returns {Palette}
 */
export function paletteAt(element) {
  const style = getComputedStyle(element);
  return /** @type {Palette} */ (Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()])));
}

/**
 * `#rrggbb` as the number that the core wants.
 * @param {string} colour
 * @returns {number} 0xRRGGBB
 */
export function asNumber(colour) {
  return parseInt(colour.slice(1), 16);
}
