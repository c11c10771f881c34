// @ts-check
/** Space between a term and what is said about it, and to the edge of the window, in px. */
const GAP = 8;

/**
 * Explains the terms of the page: pointing at one, focusing or tapping it shows what it means beside it; Escape, leaving
 * or tapping elsewhere puts that away.
 */
export class Glossary {
  #slip;
  #meaningOf;
  /** @type {HTMLElement | undefined} */
  #term;

  /**
   * @param {Iterable<HTMLElement>} terms  buttons with a `data-term`
   * @param {HTMLElement} slip  where the meaning is shown: a popover
   * @param {(term: string) => string} meaningOf
   */
  constructor(terms, slip, meaningOf) {
    this.#slip = slip;
    this.#meaningOf = meaningOf;
    for (const term of terms) {
      term.addEventListener("pointerenter", ({ pointerType }) => pointerType === "mouse" && this.#show(term));
      term.addEventListener("pointerleave", ({ pointerType }) => pointerType === "mouse" && this.#hide());
      term.addEventListener("click", () => this.#show(term));
      term.addEventListener("focus", () => term.matches(":focus-visible") && this.#show(term));
      term.addEventListener("blur", () => this.#hide());
    }
    addEventListener("keydown", ({ key }) => key === "Escape" && this.#hide());
    addEventListener("pointerdown", ({ target }) => this.#term && !this.#term.contains(/** @type {Node} */ (target)) && this.#hide());
    addEventListener("scroll", () => this.#hide(), { passive: true });
  }

  /** @param {HTMLElement} term */
  #show(term) {
    if (term === this.#term) return;
    this.#hide();
    this.#term = term;
    term.setAttribute("aria-describedby", this.#slip.id);
    this.#slip.textContent = this.#meaningOf(term.dataset.term ?? "");
    this.#slip.showPopover();
    const [at, size] = [term.getBoundingClientRect(), this.#slip.getBoundingClientRect()];
    const left = Math.max(GAP, Math.min(at.left, document.documentElement.clientWidth - size.width - GAP));
    const top = at.bottom + GAP + size.height > innerHeight ? at.top - GAP - size.height : at.bottom + GAP;
    Object.assign(this.#slip.style, { left: `${left}px`, top: `${top}px` });
  }

  #hide() {
    if (!this.#term) return;
    this.#term.removeAttribute("aria-describedby");
    this.#term = undefined;
    this.#slip.hidePopover();
  }
}
