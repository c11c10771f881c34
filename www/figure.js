// @ts-check
/** The figure: a drawing on its way to its reconstruction, and the samples beneath. It shows; it asks nobody. */

import { byId, caption, showReads, showScore } from "./captions.js";
import { inkBox } from "./describe.js";
import { CostLine } from "./parts/cost-line.js";
import { Equation } from "./parts/equation.js";
import { PixelGrid } from "./parts/pixel-grid.js";
import { PlaneView } from "./parts/plane-view.js";
import { PosteriorView } from "./parts/posterior-view.js";
import { PriorRow } from "./parts/prior-row.js";
import { SampleView } from "./parts/sample-view.js";
import { words } from "./words/main.js";

/** @typedef {import("./types.js").PriorSamples} PriorSamples */
/** @typedef {import("./types.js").Reading} Reading */

/** Texts for those who do not see follow once the hand rests this long. */
const REST_MS = 400;

const canvas = (/** @type {string} */ id) => /** @type {HTMLCanvasElement} */ (byId(id));
const total = (/** @type {Iterable<number>} */ nats) => [...nats].reduce((sum, each) => sum + each, 0);

export class Figure {
  #seen = new PixelGrid(canvas("seen"));
  #reconstruction = new PixelGrid(canvas("reconstruction"));
  #posterior = new PosteriorView(canvas("posterior"), { onPoint: (d) => this.#mark(d) });
  #plane = new PlaneView(canvas("posterior"));
  #equation = new Equation(byId("posterior-note"), { costOf: words.markedKl });
  #sample = new SampleView(byId("sample"), { onPoint: (d) => this.#mark(d) });
  #cost = new CostLine(byId("cost"));
  #prior = new PriorRow(canvas("prior"), { onFit: () => this.#describePrior() });

  /** @type {Reading | undefined} */
  #reading;
  /** @type {readonly number[]} */
  #order = [];
  /** The dimension that is pointed at; -1 = none. */
  #marked = -1;
  #hasGaussian = true;
  /** @type {{ answer: PriorSamples, seed: number, isLearned: boolean } | undefined} */
  #samples;
  #describing = 0;

  /**
   * @param {Reading} reading
   * @param {readonly number[]} order  its dimensions, the most used first
   * @param {number} [saved]  nats of KL that a learned prior saves on average, where the model has one
   */
  show(reading, order, saved) {
    const { isEmpty, mu, recon, kl } = reading;
    if (order !== this.#order) this.#marked = -1;
    this.#reading = reading;
    this.#order = order;
    this.#hasGaussian = isEmpty ? this.#hasGaussian : kl.length > 0;
    this.#seen.show(reading.seen);
    this.#reconstruction.show(reading.reconstruction);
    byId("posterior-stage").classList.toggle("is-plane", mu.length === 2);
    if (mu.length === 2) {
      this.#posterior.rest();
      this.#plane.show(reading);
    } else {
      this.#plane.rest();
      this.#posterior.show(reading, order);
    }
    this.#sample.show(reading, order);
    this.#showMarked();
    if (isEmpty) this.#cost.showNothing();
    else this.#cost.show(recon, this.#hasGaussian ? total(kl) : undefined);
    // KL is to N(0, I), whatever the model's prior.
    const price = saved === undefined ? words.page.cost : words.costLearned(saved);
    caption("cost-note", isEmpty ? words.costOfNothing : this.#hasGaussian ? price : words.costPlain);
    showReads(reading);
    caption("reconstruction-caption", isEmpty ? words.priorMean : words.page.reconstructionTitle);
    clearTimeout(this.#describing);
    this.#describing = window.setTimeout(() => this.#describe(), REST_MS);
  }

  /** @param {Uint8ClampedArray[]} pictures  samples of the prior that nobody has read yet */
  showPictures(pictures) {
    this.#prior.show(pictures);
  }

  /**
   * @param {PriorSamples} answer
   * @param {number} seed
   * @param {boolean} isLearned
   */
  showSamples(answer, seed, isLearned) {
    this.#samples = { answer, seed, isLearned };
    this.#prior.show(answer.pictures);
    this.#describePrior();
  }

  /**
   * What a person would want to keep of it.
   * @returns {import("./types.js").Shown[]}
   */
  pictures() {
    if (!this.#reading) return [];
    const { isEmpty, reconstruction, seen } = this.#reading;
    const shown = [{ name: "reconstruction", pictures: [reconstruction], side: 28, columns: 1 }];
    if (!isEmpty) shown.push({ name: "seen", pictures: [seen], side: 28, columns: 1 });
    const samples = this.#prior.columns ? this.#samples?.answer.pictures.slice(0, this.#prior.shown) : undefined;
    return samples ? [...shown, { name: "prior", pictures: samples, side: 28, columns: this.#prior.columns }] : shown;
  }

  /** Draws again, in the colours of the theme that holds now. */
  repaint() {
    this.#posterior.repaint();
    this.#plane.repaint();
  }

  /** @param {number} dimension  -1 = none */
  #mark(dimension) {
    if (dimension === this.#marked) return;
    this.#marked = dimension;
    this.#showMarked();
  }

  /** The dimension that is pointed at, in all three places, or what the chart means. */
  #showMarked() {
    this.#posterior.mark(this.#marked);
    this.#sample.mark(this.#marked);
    const reading = this.#reading;
    if (!reading) return;
    if (this.#marked >= 0 && this.#marked < reading.mu.length && !reading.isEmpty) this.#equation.show(this.#marked, reading);
    else if (!this.#hasGaussian) this.#equation.say(words.plainLegend);
    else this.#equation.say(reading.mu.length === 2 ? words.planeLegend(this.#plane.scale) : words.legend);
  }

  #describe() {
    if (!this.#reading) return;
    const { isEmpty, seen, reconstruction, recon, kl, reads } = this.#reading;
    this.#seen.describe(words.said.seen(isEmpty ? undefined : inkBox(seen)));
    this.#reconstruction.describe(words.said.reconstruction(inkBox(reconstruction), isEmpty, reads));
    canvas("posterior").ariaLabel = isEmpty ? words.said.posteriorEmpty : words.said.posterior(this.#reading, this.#order);
    caption("summary", isEmpty ? words.priorMean : words.said.summary(recon, this.#hasGaussian ? total(kl) : undefined));
  }

  /** What is said of the samples, for as many as there is room for. */
  #describePrior() {
    if (!this.#samples) return;
    const { answer, seed, isLearned } = this.#samples;
    const { shown } = this.#prior;
    this.#prior.describe(words.said.prior(shown, seed, isLearned, showScore(answer, shown)));
  }
}
