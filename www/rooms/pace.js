// @ts-check
/** How fast long work goes: its rate since it began, and how long the rest will take at that. */
export class Pace {
  #began;
  #from;

  /**
   * @param {number} from  how much was there already
   * @param {number} [now]  ms
   */
  constructor(from, now = performance.now()) {
    this.#from = from;
    this.#began = now;
  }

  /**
   * @param {number} done
   * @param {number} all
   * @param {number} [now]  ms
   * @returns {{ rate: number, left: number }}  a second, and seconds; both 0 while nothing is known
   */
  at(done, all, now = performance.now()) {
    const seconds = (now - this.#began) / 1000;
    const rate = seconds > 0 ? (done - this.#from) / seconds : 0;
    return { rate, left: rate > 0 ? (all - done) / rate : 0 };
  }
}
