// @ts-check
/** What the map keeps in the link, as text and as numbers. What is absent or unreadable takes its default. */

/** @typedef {import("./axis.js").Spacing} Spacing */
/** @typedef {{ x: number, y: number, zoom: number }} PlaneView  The z in the middle, and how many times the whole plane is magnified. */

/**
 * @typedef {object} Settings
 * @property {[number, number] | undefined} at  the z that was chosen; undefined = mu of the drawing
 * @property {number | undefined} digit  the test digit that was taken, 0…9999
 * @property {PlaneView} view
 * @property {number} grid  n of the manifold's n x n; 0 = off
 * @property {Spacing} spacing
 * @property {ReadonlySet<number>} hidden  classes
 */

/** The whole plane reaches this far from 0: of the 10,000 posterior means 99.8 % lie within. */
export const REACH = 4;
export const GRID = { from: 5, to: 40, usual: 20 };
/** Farthest out all outliers are in view; farthest in a posterior fills it. */
const ZOOM = { from: 0.5, to: 64 };
const FARTHEST = 6;
/** @type {readonly Spacing[]} */
const SPACINGS = ["scale", "prior"];
export const WHOLE = Object.freeze({ x: 0, y: 0, zoom: 1 });

/**
 * @param {Record<string, string>} own  of the page's view
 * @returns {Settings}
 */
export function readSettings(own) {
  const [x, y] = numbersIn(own["map.at"], 2) ?? [];
  const [viewX, viewY, zoom] = numbersIn(own["map.view"], 3) ?? [0, 0, 1];
  const grid = gridFrom(own["map.grid"]);
  const digit = numbersIn(own["map.digit"], 1)?.[0];
  return {
    at: x === undefined ? undefined : [within(x, -FARTHEST, FARTHEST), within(y, -FARTHEST, FARTHEST)],
    digit: digit !== undefined && Number.isInteger(digit) && digit >= 0 && digit < 10_000 ? digit : undefined,
    view: clampView({ x: viewX, y: viewY, zoom }),
    grid,
    spacing: SPACINGS.find((one) => one === own["map.axes"]) ?? usualSpacing(grid),
    hidden: new Set([...(own["map.hide"] ?? "")].filter((c) => c >= "0" && c <= "9").map(Number)),
  };
}

/** @param {string | undefined} text */
function gridFrom(text) {
  if (text === "off") return 0;
  const [n] = numbersIn(text, 1) ?? [GRID.usual];
  return Math.round(within(n, GRID.from, GRID.to));
}

/** A view as the link can carry it, so that nothing moves when it is kept. @param {PlaneView} view */
export function clampView({ x, y, zoom }) {
  return {
    x: rounded(within(x, -FARTHEST, FARTHEST)), y: rounded(within(y, -FARTHEST, FARTHEST)), zoom: rounded(within(zoom, ZOOM.from, ZOOM.to)),
  };
}

/** @param {readonly number[]} z */
export function clampZ([x, y]) {
  return /** @type {[number, number]} */ ([x, y].map((value) => rounded(within(value, -FARTHEST, FARTHEST))));
}

/** @param {readonly number[]} at */
export const atText = (at) => at.map(rounded).join();

/** @param {PlaneView} view @returns {string | undefined} */
export function viewText({ x, y, zoom }) {
  const text = [x, y, zoom].map(rounded).join();
  return text === "0,0,1" ? undefined : text;
}

/** @param {number} n  0 = off @returns {string | undefined} */
export const gridText = (n) => (n === GRID.usual ? undefined : n ? String(n) : "off");

/** @param {Spacing} spacing @param {number} grid @returns {string | undefined} */
export const spacingText = (spacing, grid) => (spacing === usualSpacing(grid) ? undefined : spacing);

/** @param {Iterable<number>} hidden @returns {string | undefined} */
export const hiddenText = (hidden) => [...hidden].sort().join("") || undefined;

/**
 * The manifold comes with axes on which its cells are equal; what lies on the plane without it is shown to scale.
 * @param {number} grid
 * @returns {Spacing}
 */
const usualSpacing = (grid) => (grid ? "prior" : "scale");

/** So much of a unit is less than a tenth of a pixel, however far in. @param {number} value */
const rounded = (value) => Number(value.toFixed(5)) || 0;

/**
 * @param {string | undefined} text  numbers with commas between
 * @param {number} count
 * @returns {number[] | undefined} undefined where it is anything else
 */
function numbersIn(text, count) {
  const numbers = text?.split(",").map((part) => (part.trim() ? Number(part) : NaN));
  return numbers?.length === count && numbers.every(Number.isFinite) ? numbers : undefined;
}

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
const within = (value, low, high) => Math.min(high, Math.max(low, value));
