// @ts-check
/** Outlines of grey glyphs: pure, tested in node. */

/** Units along the side of a glyph's square. */
export const EM = 1000;

/** @typedef {{ path: string, left: number, right: number }} Outline  The path of an SVG, and how far its ink reaches across, in units of EM. */

/** Sides of a cell: top, right, bottom, left. */
const [TOP, RIGHT, BOTTOM, LEFT] = [0, 1, 2, 3];

/**
 * Where the outline enters and leaves a cell, ink on its right, by the corners that are ink: 8 upper left, 4 upper right, 2 lower
 * right, 1 lower left  (marching squares; Lorensen & Cline 1987, in two dimensions).
 */
const CROSSINGS = [
  [], [LEFT, BOTTOM], [BOTTOM, RIGHT], [LEFT, RIGHT], [RIGHT, TOP], [], [BOTTOM, TOP], [LEFT, TOP],
  [TOP, LEFT], [TOP, BOTTOM], [], [TOP, RIGHT], [RIGHT, LEFT], [RIGHT, BOTTOM], [BOTTOM, LEFT], [],
];
/** Of two opposite corners: with the middle as ink, and without. */
const SADDLES = /** @type {Record<number, [number[], number[]]>} */ ({
  5: [[LEFT, TOP, RIGHT, BOTTOM], [LEFT, BOTTOM, RIGHT, TOP]],
  10: [[BOTTOM, LEFT, TOP, RIGHT], [TOP, LEFT, BOTTOM, RIGHT]],
});

/** A loop of fewer crossings is a speck. */
const SPECK = 6;

/**
 * The outline of what is darker than a level, smooth at any size: crossings between the middles of pixels, joined by a curve.
 * Loops run around ink to the right and around holes to the left, so that both ways to fill them agree.
 * @param {ArrayLike<number>} values  row by row, 0…1
 * @param {number} side
 * @param {number} level
 * @returns {Outline}
 */
export function trace(values, side, level) {
  const wide = side + 2; // paper all around, so that every loop closes
  const at = (/** @type {number} */ x, /** @type {number} */ y) => (x < 1 || y < 1 || x > side || y > side ? 0 : values[(y - 1) * side + x - 1]);
  /** From crossing to crossing. An edge's number is twice that of its upper left point, one more where it goes down. */
  const next = new Int32Array(2 * wide * wide).fill(-1);
  for (let y = 0; y + 1 < wide; y += 1) {
    for (let x = 0; x + 1 < wide; x += 1) {
      const [a, b, c, d] = [at(x, y), at(x + 1, y), at(x + 1, y + 1), at(x, y + 1)];
      const kind = (a > level ? 8 : 0) + (b > level ? 4 : 0) + (c > level ? 2 : 0) + (d > level ? 1 : 0);
      const crossings = SADDLES[kind]?.[a + b + c + d > 4 * level ? 0 : 1] ?? CROSSINGS[kind];
      const point = y * wide + x;
      const edges = [2 * point, 2 * point + 3, 2 * (point + wide), 2 * point + 1];
      for (let i = 0; i < crossings.length; i += 2) next[edges[crossings[i]]] = edges[crossings[i + 1]];
    }
  }
  /** @param {number} edge @returns {[number, number]} */
  const place = (edge) => {
    const point = edge >> 1;
    const [x, y, isDown] = [point % wide, Math.floor(point / wide), edge & 1];
    const [from, to] = [at(x, y), isDown ? at(x, y + 1) : at(x + 1, y)];
    const part = (level - from) / (to - from);
    return [((x - 0.5 + (isDown ? 0 : part)) * EM) / side, ((y - 0.5 + (isDown ? part : 0)) * EM) / side];
  };
  let path = "";
  let [left, right] = [EM, 0];
  for (let first = 0; first < next.length; first += 1) {
    /** @type {[number, number][]} */
    const loop = [];
    for (let edge = first; next[edge] >= 0;) {
      loop.push(place(edge));
      const after = next[edge];
      next[edge] = -1;
      edge = after;
    }
    if (loop.length < SPECK) continue;
    for (const [x] of loop) [left, right] = [Math.min(left, x), Math.max(right, x)];
    path += smooth(loop);
  }
  return { path, left: Math.min(left, right), right };
}

/** Where a level is sought: below is paper's grain, above are cores of ink. */
const [PALEST, DARKEST] = [0.2, 0.7];

/**
 * The level whose outline holds as much ink as there is: as many pixels are darker as all of them have ink together. Of a sharp
 * glyph any level does; strokes that the writer is unsure of would vanish at one half.
 * @param {Float32Array} values  0…1
 */
export function levelOf(values) {
  const sorted = values.slice().sort();
  const ink = values.reduce((sum, value) => sum + value, 0);
  const place = Math.min(values.length - 1, Math.floor(values.length - ink));
  return Math.min(DARKEST, Math.max(PALEST, sorted[place]));
}

/**
 * A closed curve through the middles between points, which pull it: a quadratic B-spline.
 * @param {[number, number][]} loop
 */
function smooth(loop) {
  const between = (/** @type {[number, number]} */ a, /** @type {[number, number]} */ b) => `${Math.round((a[0] + b[0]) / 2)} ${Math.round((a[1] + b[1]) / 2)}`;
  let path = `M${between(loop[loop.length - 1], loop[0])}`;
  loop.forEach((point, i) => {
    path += `Q${Math.round(point[0])} ${Math.round(point[1])} ${between(point, loop[(i + 1) % loop.length])}`;
  });
  return `${path}Z`;
}
