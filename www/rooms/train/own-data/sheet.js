// @ts-check
/** A sheet of square tiles side by side, each an image: how large they are, and each of them. */

/** Sides that tiles are looked for at, px. */
const [LEAST, MOST] = [8, 512];
/** Fewer tiles are no set of images. */
const FEWEST = 20;
/** Lines of a sheet that are looked at, so that a large one takes no longer. */
const LINES = 512;
/** A line between tiles differs from others by this factor at least, in its differences of level, to be told from them. */
const CLEAR = 1.6;
/** Levels between the lightest and the darkest pixel of a tile that holds nothing. */
const BLANK = 2;

/**
 * The side of the tiles that a picture is made of; undefined where it looks like one picture.
 *
 * Along the lines between tiles levels differ otherwise than within: less where tiles have margins, more where pictures
 * touch. Of the sides that tell themselves apart about as well, the smallest is a tile, and the others are its multiples.
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 * @returns {number | undefined}
 */
export function guessTile(levels, width, height) {
  const sides = tileSides(width, height);
  const across = differences(levels, width, height, 1, width);
  const down = differences(levels, height, width, width, 1);
  const all = [...across.subarray(1), ...down.subarray(1)];
  const usual = all.reduce((sum, value) => sum + value, 0) / all.length;
  if (!(usual > 0)) return undefined;
  const clarity = sides.map((side) => {
    const lines = [...onGrid(across, side), ...onGrid(down, side)];
    const mean = lines.reduce((sum, value) => sum + value, 0) / lines.length;
    return Math.abs(Math.log((mean + 0.1) / (usual + 0.1)));
  });
  const best = Math.max(...clarity);
  return best < Math.log(CLEAR) ? undefined : sides[clarity.findIndex((one) => one > 0.8 * best)];
}

/**
 * The sides that divide a sheet into enough tiles, the smallest first.
 * @param {number} width
 * @param {number} height
 */
export function tileSides(width, height) {
  const sides = [];
  for (let side = LEAST; side <= MOST; side += 1) {
    if (width % side === 0 && height % side === 0 && (width / side) * (height / side) >= FEWEST) sides.push(side);
  }
  return sides;
}

/**
 * The mean difference between each line and the one before it.
 * @param {Uint8Array} levels
 * @param {number} count  of lines
 * @param {number} length  of a line
 * @param {number} step  from line to line
 * @param {number} along  from pixel to pixel
 */
function differences(levels, count, length, step, along) {
  const means = new Float64Array(count);
  const every = Math.max(1, Math.floor(length / LINES));
  for (let line = 1; line < count; line += 1) {
    let [sum, taken] = [0, 0];
    for (let i = 0; i < length; i += every, taken += 1) sum += Math.abs(levels[line * step + i * along] - levels[(line - 1) * step + i * along]);
    means[line] = sum / taken;
  }
  return means;
}

/**
 * @param {Float64Array} means
 * @param {number} side
 */
function* onGrid(means, side) {
  for (let at = side; at < means.length; at += side) yield means[at];
}

/**
 * Every tile of a sheet, row by row; what does not fill a tile at the right and below is left out.
 * @param {Uint8Array} levels
 * @param {number} width
 * @param {number} height
 * @param {number} side
 */
export function* tilesOf(levels, width, height, side) {
  for (let top = 0; top + side <= height; top += side) {
    for (let left = 0; left + side <= width; left += side) {
      const tile = new Uint8Array(side * side);
      for (let y = 0; y < side; y += 1) tile.set(levels.subarray((top + y) * width + left, (top + y) * width + left + side), y * side);
      yield tile;
    }
  }
}

/** Whether nothing is on a tile. @param {Uint8Array} levels */
export function isBlank(levels) {
  let [low, high] = [255, 0];
  for (const level of levels) [low, high] = [Math.min(low, level), Math.max(high, level)];
  return high - low <= BLANK;
}
