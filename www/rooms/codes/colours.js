// @ts-check
/** @typedef {import("./types.js").Book} Book */

/** The colour of a code: hues go around with what codes look like, and paper has none. @param {Book} book @param {number} code */
export function colourOf({ order, blank, count }, code) {
  if (code === blank) return "var(--sheet)";
  const turn = (order.indexOf(code) - 1) / (count - 1);
  return `oklch(var(--code-light) 0.1 ${Math.round(360 * turn)})`;
}
