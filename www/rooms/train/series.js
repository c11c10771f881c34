// @ts-check
/** What a run tells over its steps, in a memory that does not grow with them: pure, tested in node. */

/**
 * Points over the steps of a run, at most so many. Whenever there would be more, each two become their mean, and from then on
 * twice as many steps make a point: 50,000 steps are 1,562 points of 32.
 * @template {{ step: number } & Record<string, number>} T
 */
export class Series {
  /** In order, and always the same array. @type {T[]} */
  points = [];
  #most;
  /** Steps that make a point. */
  #stride = 1;
  /** @type {T[]} those that make none yet */
  #waiting = [];

  /** @param {number} most  even */
  constructor(most) {
    this.#most = most;
  }

  /** @param {T} point */
  push(point) {
    this.#waiting.push(point);
    if (this.#waiting.length < this.#stride) return;
    this.points.push(meanOf(this.#waiting));
    this.#waiting = [];
    if (this.points.length < this.#most) return;
    for (let i = 0; i < this.#most / 2; i += 1) this.points[i] = meanOf(this.points.slice(2 * i, 2 * i + 2));
    this.points.length = this.#most / 2;
    this.#stride *= 2;
  }
}

/**
 * The mean of points that follow one another, at the step of the last.
 * @template {{ step: number } & Record<string, number>} T
 * @param {T[]} points
 * @returns {T}
 */
function meanOf(points) {
  if (points.length === 1) return points[0];
  const names = Object.keys(points[0]);
  const mean = Object.fromEntries(names.map((name) => [name, points.reduce((sum, point) => sum + point[name], 0) / points.length]));
  return /** @type {T} */ ({ ...mean, step: points[points.length - 1].step });
}

/**
 * Adds what cannot be averaged; where there would be more than `most`, every second goes, but not the first and the newest.
 * @template T
 * @param {T[]} kept  in order; changed
 * @param {T} newest
 * @param {number} most
 */
export function keepSome(kept, newest, most) {
  kept.push(newest);
  if (kept.length > most) kept.splice(0, kept.length, ...kept.filter((_, i) => i % 2 === 0 || i === kept.length - 1));
}

/**
 * Several lists over steps as columns under one list of steps: null where a list has nothing at a step.
 * @param {{ step: number }[][]} lists  each in order of its steps
 * @param {{ of: number, value: (point: any) => number }[]} columns  of which list, and what of its points; NaN is null
 * @returns {{ steps: number[], columns: (number | null)[][] }}
 */
export function alignedBySteps(lists, columns) {
  const steps = [...new Set(lists.flatMap((list) => list.map(({ step }) => step)))].sort((a, b) => a - b);
  const places = new Map(steps.map((step, i) => [step, i]));
  return {
    steps,
    columns: columns.map(({ of, value }) => {
      /** @type {(number | null)[]} */
      const column = new Array(steps.length).fill(null);
      for (const point of lists[of]) {
        const number = value(point);
        if (Number.isFinite(number)) column[/** @type {number} */ (places.get(point.step))] = number;
      }
      return column;
    }),
  };
}
