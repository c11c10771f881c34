// @ts-check
import { paletteAt } from "../../palette.js";
import { styled } from "../../rooms.js";

/** @typedef {import("uplot")} UPlot */
/** @typedef {typeof import("uplot")} Library */
/** @typedef {import("../../palette.js").Palette} Palette */
/** @typedef {(number | null)[]} Column */

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {keyof Palette} colour
 * @property {number} [width]  px
 * @property {readonly number[]} [dash]
 * @property {boolean} [isDots]  each point by itself, faint
 */

/**
 * @typedef {object} Plan
 * @property {readonly Line[]} lines
 * @property {boolean} [isLog]  the numbers go over several powers of ten
 * @property {boolean} [isSmall]
 * @property {(chart: UPlot, palette: Palette) => void} [under]  paints what lies under the lines
 * @property {(step: number) => void} [onChoose]  a person pressed at this step
 * @property {(index: number | undefined) => void} [onPoint]  a hand is at this place of the columns, or at none
 */

/** px to the left, right and beneath of what is plotted. The scrub bar lies under it and has the same (train.css). */
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 8, 24];

/** @type {Promise<Library> | undefined} */
let library;

/** uPlot, fetched when the first chart is made; where that fails, the next attempt fetches it anew. */
function fetchLibrary() {
  // Under styles/rooms/ there is none of its kind: it comes with the library.
  const fetched = Promise.all([import(new URL("../../vendor/uplot.js", import.meta.url).href), styled("../../vendor/uplot")]);
  library ??= fetched.then(([{ default: uPlot }]) => uPlot, (error) => {
    library = undefined;
    throw error;
  });
  return library;
}

/** Lines over the steps of a run: uPlot in the colours of the page. */
export class Chart {
  #place;
  #plan;
  /** @type {Palette} */
  #palette;
  /** @type {UPlot | undefined} */
  #plot;
  /** @type {[number, number]} */
  #range;
  #lastStep = 1;
  #playhead = document.createElement("i");

  /**
   * @param {HTMLElement} place  its size is the chart's
   * @param {Plan} plan
   */
  constructor(place, plan) {
    this.#place = place;
    this.#plan = plan;
    this.#range = plan.isLog ? [1, 100] : [0, 1];
    this.#palette = paletteAt(place);
    this.#playhead.className = "train-playhead";
    this.#playhead.hidden = true;
    new ResizeObserver(() => this.#plot?.setSize(this.#size)).observe(place);
  }

  /** Fetches the library and makes the chart. */
  async begin() {
    const { lines, isSmall, isLog, under } = this.#plan;
    const uPlot = await fetchLibrary();
    const muted = () => this.#palette.muted;
    const axis = /** @type {import("uplot").Axis} */ ({
      stroke: muted, font: `11px ${getComputedStyle(this.#place).fontFamily}`,
      grid: { stroke: () => this.#palette.hairline, width: 1 }, ticks: { show: false },
    });
    this.#plot = new uPlot({
      ...this.#size,
      padding: [TOP, RIGHT, 0, 0],
      legend: { show: false },
      // Otherwise it takes a click that follows a move for the end of a drag, and lets nobody else have it.
      cursor: { y: false, drag: { setScale: false, x: false, y: false, click: () => {} }, points: { size: 6 }, show: !isSmall },
      scales: {
        x: { time: false, range: () => [0, this.#lastStep] },
        y: { range: () => this.#range, ...(isLog && { distr: 3 }) },
      },
      axes: [
        { ...axis, size: BOTTOM, gap: 4, grid: { show: false }, values: (_, steps) => steps.map((step) => (Number.isInteger(step) ? step.toLocaleString("en") : "")) },
        { ...axis, size: LEFT, gap: 6, space: isSmall ? 24 : 32, ...(isLog && { filter: powersOf, grid: { ...axis.grid, filter: powersOf } }) },
      ],
      series: [{}, ...lines.map((line) => this.#seriesOf(line))],
      hooks: {
        drawAxes: under ? [(chart) => under(chart, this.#palette)] : [],
        setCursor: [({ cursor: { idx } }) => this.#plan.onPoint?.(idx ?? undefined)],
      },
    }, [[], ...lines.map(() => [])], this.#place);
    this.#plot.over.append(this.#playhead);
    const { onChoose } = this.#plan;
    if (onChoose) this.#plot.over.addEventListener("click", ({ offsetX }) => this.#plot && onChoose(this.#plot.posToVal(offsetX, "x")));
  }

  /**
   * @param {number[]} steps
   * @param {Column[]} columns  one for each line
   * @param {{ range: [number, number], lastStep: number, isShown: boolean[], chosen: number | undefined }} how
   *   `chosen`: a step that is marked
   */
  show(steps, columns, { range, lastStep, isShown, chosen }) {
    if (!this.#plot) return;
    this.#palette = paletteAt(this.#place);
    [this.#range, this.#lastStep] = [range, lastStep];
    this.#plot.batch((/** @type {UPlot} */ plot) => {
      isShown.forEach((show, i) => plot.series[i + 1].show !== show && plot.setSeries(i + 1, { show }));
      plot.setData([steps, ...columns]);
    });
    this.#playhead.hidden = chosen === undefined;
    if (chosen !== undefined) this.#playhead.style.left = `${(100 * chosen) / lastStep}%`;
  }

  get #size() {
    return { width: this.#place.clientWidth, height: this.#place.clientHeight };
  }

  /** @param {Line} line @returns {import("uplot").Series} */
  #seriesOf({ colour, width = 2, dash, isDots }) {
    const stroke = () => this.#palette[colour];
    if (!isDots) return { stroke, width, dash: dash && [...dash], spanGaps: true, points: { show: false } };
    return { fill: () => `${this.#palette[colour]}59`, paths: dotsOf, points: { show: false } };
  }
}

/**
 * A square for each point: uPlot's own are circles, which take ten times as long.
 * @type {import("uplot").Series.PathBuilder}
 */
function dotsOf(chart, index, from, to) {
  const fill = new Path2D();
  const side = 1.5 * devicePixelRatio;
  const column = chart.data[index];
  for (let i = from; i <= to; i += 1) {
    const number = column[i];
    if (number == null) continue;
    fill.rect(chart.valToPos(chart.data[0][i], "x", true) - side / 2, chart.valToPos(number, "y", true) - side / 2, side, side);
  }
  return { stroke: null, fill };
}

/** Of a logarithmic axis only the powers of ten are ruled and named. @type {import("uplot").Axis.Filter} */
const powersOf = (_, numbers) => numbers.map((number) => (Math.log10(number) % 1 === 0 ? number : null));
