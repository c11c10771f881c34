// @ts-check
import { fixed } from "../words/numbers.js";

/** What a drawing costs: `recon + KL = sum`, in nats, as numbers and as two stretches of one bar drawn to scale. */
export class CostLine {
  #slots;
  #bar;

  /** @param {HTMLElement} element  holds a `[data-slot]` for recon, kl and sum, and a `.bar` of two children */
  constructor(element) {
    const slot = (/** @type {string} */ name) => /** @type {HTMLElement} */ (element.querySelector(`[data-slot="${name}"]`));
    this.#slots = { recon: slot("recon"), kl: slot("kl"), sum: slot("sum") };
    this.#bar = /** @type {HTMLElement[]} */ ([...element.querySelectorAll(".bar > *")]);
  }

  /**
   * @param {number} recon  nats
   * @param {number | undefined} kl  nats; undefined where the model has none
   */
  show(recon, kl) {
    this.#write(fixed(recon, 1), kl === undefined ? "0" : fixed(kl, 1), fixed(recon + (kl ?? 0), 1));
    this.#scale(recon, kl ?? 0);
  }

  /** Nothing was drawn, so nothing is to be paid. */
  showNothing() {
    this.#write("–", "–", "–");
    this.#scale(0, 0);
  }

  /**
   * @param {string} recon
   * @param {string} kl
   * @param {string} sum
   */
  #write(recon, kl, sum) {
    for (const [slot, text] of /** @type {const} */ ([["recon", recon], ["kl", kl], ["sum", sum]])) {
      if (this.#slots[slot].textContent !== text) this.#slots[slot].textContent = text;
    }
  }

  /**
   * @param {number} recon
   * @param {number} kl
   */
  #scale(recon, kl) {
    const full = 200; // nats at the end of the bar: a drawing that costs more fills it
    const shrink = Math.min(1, full / Math.max(full, recon + kl));
    [recon, kl].forEach((nats, i) => { this.#bar[i].style.width = `${((nats * shrink) / full) * 100}%`; });
  }
}
