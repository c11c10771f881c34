// @ts-check
/** Codes that were put in another's place, as a link has them: `place.code`, joined by commas, places counted from 1. */

/**
 * What is not a place of the map or a code of the book is left out.
 * @param {string} text
 * @param {number} places
 * @param {number} count
 * @returns {Map<number, number>}
 */
export function readSwaps(text, places, count) {
  const pairs = text.split(",").map((pair) => /^(\d+)\.(\d+)$/.exec(pair)).filter((match) => match !== null);
  return new Map(pairs.map(([, place, code]) => /** @type {[number, number]} */ ([Number(place) - 1, Number(code)]))
    .filter(([place, code]) => place >= 0 && place < places && code < count));
}

/** @param {Map<number, number>} swaps @returns {string | undefined}  nothing for none */
export function writeSwaps(swaps) {
  const pairs = [...swaps].sort(([a], [b]) => a - b).map(([place, code]) => `${place + 1}.${code}`);
  return pairs.join(",") || undefined;
}
