// @ts-check
/** A portion of long work takes about so long: a stroke that arrives meanwhile waits no longer. */
const GOAL_MS = 16;
const [LEAST, MOST] = [4, 512];

/** How many images the worker is given at once: fewer for a slow model or machine, more for a fast one. */
export class Portion {
  size = 16;

  /** @param {number} ms  that the last portion took */
  took(ms) {
    const factor = Math.min(2, Math.max(0.5, GOAL_MS / Math.max(ms, 0.1)));
    this.size = Math.round(Math.min(MOST, Math.max(LEAST, this.size * factor)));
  }
}
