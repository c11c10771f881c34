// @ts-check
/** How sure a glyph is of itself. */

/** A glyph that is doubted more is marked. */
export const SURE = 2;
/** What that is worth in fonts that no training has seen: the share that is marked, and that of all that a classifier reads rightly. tests/e2e/doubt.mjs printed it. */
export const WORTH = { marked: 0.019, read: 0.994 };

/**
 * How blurred the edges of a glyph are: its grey, counted by how far each pixel is from ink and paper, for each pixel's length of edge.
 * A sharp edge has a quarter of a pixel; where a stroke may lie here or there, both are grey. Grey alone says less, since thin
 * strokes are grey however sure they are.
 * @param {ArrayLike<number>} values  0…1, side x side
 * @param {number} side
 */
export function doubtOf(values, side) {
  let [grey, edge] = [0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const [value, isLast] = [values[i], i % side === side - 1];
    const [right, below] = [isLast ? value : values[i + 1], values[i + side] ?? value];
    grey += Math.min(value, 1 - value);
    edge += Math.hypot(right - value, below - value);
  }
  return edge ? grey / edge : 0;
}
