// @ts-check
/** Lines of equal density on a grid: pure, tested in node. */

/**
 * The densities above which so much of the grid's mass lies.
 * @param {Float32Array} density
 * @param {readonly number[]} shares  0…1
 * @returns {number[]}
 */
export function levelsOf(density, shares) {
  const sorted = density.slice().sort().reverse();
  const total = sorted.reduce((sum, each) => sum + each, 0);
  return shares.map((share) => {
    let sum = 0;
    return sorted.find((each) => (sum += each) >= share * total) ?? 0;
  });
}

/**
 * The line at one level, as pieces between the grid's points  (marching squares; Lorensen & Cline 1987, in two dimensions).
 * @param {Float32Array} density  row by row
 * @param {number} side  points in a row
 * @param {number} level
 * @returns {number[]} x, y, x, y of each piece, in points of the grid
 */
export function contour(density, side, level) {
  /** @type {number[]} */
  const pieces = [];
  for (let y = 0; y + 1 < side; y += 1) {
    for (let x = 0; x + 1 < side; x += 1) {
      const corners = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1]];
      const values = corners.map(([cx, cy]) => density[cy * side + cx] - level);
      /** @type {number[]} where the line crosses the cell's four sides, in their order */
      const crossings = [];
      for (let i = 0; i < 4; i += 1) {
        const [a, b] = [values[i], values[(i + 1) % 4]];
        if (a >= 0 === b >= 0) continue;
        const [[ax, ay], [bx, by]] = [corners[i], corners[(i + 1) % 4]];
        const part = a / (a - b);
        crossings.push(ax + part * (bx - ax), ay + part * (by - ay));
      }
      pieces.push(...crossings); // two crossings are a piece; of four, each two neighbours
    }
  }
  return pieces;
}
