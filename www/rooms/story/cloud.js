// @ts-check
import { svg } from "./marks.js";

/** @typedef {{ mu: ArrayLike<number>, sigma: ArrayLike<number>, z?: ArrayLike<number> }} Posterior */
/** @typedef {(z: ArrayLike<number>) => [number, number]} Place  px */

/**
 * The marks of one posterior in two dimensions: ellipses at one and two sigma, mu as a cross, and z.
 * @param {Posterior} posterior
 * @param {Place} place
 * @returns {Element[]}
 */
export function cloudMarks({ mu, sigma, z }, place) {
  const [x, y] = place(mu);
  const [right, top] = place([mu[0] + sigma[0], mu[1] + sigma[1]]);
  const [wide, high] = [right - x, y - top];
  return [
    ...[2, 1].map((times) => svg("ellipse", { class: "cloud", "data-symbol": "sigma log-var", cx: x, cy: y, rx: times * wide, ry: times * high })),
    svg("path", { class: "middle", "data-symbol": "mu", d: `M${x - 6} ${y}h12M${x} ${y - 6}v12` }),
    ...(z ? [svg("circle", { class: "at-z", "data-symbol": "z", cx: place(z)[0], cy: place(z)[1], r: 4 })] : []),
  ];
}

/** The lens magnifies by the largest of these that leaves room for so many sigma. */
const MAGNIFICATIONS = [200, 100, 50, 20, 10, 5, 2, 1];
const SIGMAS = 2.6;

/**
 * A square that shows one posterior as large as fits, and says how much larger than a plane it is.
 * @param {{ side: number, label: string }} how
 */
export function lens({ side, label }) {
  const marks = svg("g");
  const element = svg("svg", { class: "story-lens", viewBox: `0 0 ${side} ${side}`, width: side, height: side, role: "img", "aria-label": label }, marks);
  return {
    element,
    marks,
    /**
     * @param {Posterior} posterior
     * @param {number} unit  px of the plane that it magnifies
     */
    place({ mu, sigma }, unit) {
      const widest = Math.max(...Array.from(sigma), 1e-9);
      const times = MAGNIFICATIONS.find((n) => SIGMAS * widest * unit * n <= side / 2) ?? 1;
      /** @type {Place} */
      const place = (at) => [side / 2 + (at[0] - mu[0]) * unit * times, side / 2 - (at[1] - mu[1]) * unit * times];
      return { times, place };
    },
  };
}
