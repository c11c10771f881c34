// @ts-check
/** Numbers as text: a real minus, a fixed number of places, so that columns stand still. */

const MINUS = "\u2212";

/**
 * @param {number} value
 * @param {number} [places]
 * @returns {string}
 */
export function fixed(value, places = 2) {
  const text = value.toFixed(places);
  return Number(text) === 0 ? text.replace("-", "") : text.replace("-", MINUS);
}

/**
 * With a sign in front of positive numbers too.
 * @param {number} value
 * @param {number} [places]
 * @returns {string}
 */
export function signed(value, places = 2) {
  const text = fixed(value, places);
  return text.startsWith(MINUS) ? text : `+${text}`;
}
