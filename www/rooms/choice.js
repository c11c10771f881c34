// @ts-check
/** Which of many are shown: some of each class, or those with the most. */

/**
 * The next of a row of numbers in 0…1 that a seed begins (mulberry32).
 * @param {number} seed
 */
function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * For each class so many places where it stands, none twice.
 * @param {ArrayLike<number>} labels  0…classes
 * @param {number} classes
 * @param {number} count
 * @param {number} seed
 * @returns {number[][]}
 */
export function someOfEach(labels, classes, count, seed) {
  const next = random(seed);
  return Array.from({ length: classes }, (_, label) => {
    const places = Array.from(labels, (_, i) => i).filter((i) => labels[i] === label);
    for (let i = 0; i < Math.min(count, places.length); i += 1) {
      const j = i + Math.floor(next() * (places.length - i));
      [places[i], places[j]] = [places[j], places[i]];
    }
    return places.slice(0, count);
  });
}

/**
 * The places of the largest values, the largest first.
 * @param {ArrayLike<number>} values
 * @param {number} count
 * @returns {number[]}
 */
export function largest(values, count) {
  return Array.from(values, (_, i) => i).sort((a, b) => values[b] - values[a]).slice(0, count);
}
