// @ts-check
/**
 * How the workers of a pool pass numbers to one another. All of them make the same calls in the same order; each call ends
 * when everyone's numbers are there, and what comes is read in the order of the workers, so that sums are always the same.
 */

/** @typedef {import("./types.js").Place} Place */
/** @typedef {(room: Float32Array) => void} Write */
/** @typedef {(from: number, numbers: Float32Array | undefined) => void} Read  Nothing comes from oneself. */

/**
 * @typedef {object} Exchange
 * @property {number} index
 * @property {number} of
 * @property {(lengths: ArrayLike<number>, write: Write, read: Read) => Promise<boolean>} share  the same to all others; says whether the
 *   first called it off, and nothing was read
 * @property {() => Promise<void>} callOff  what the first does instead
 * @property {(numbers: number[]) => Promise<Float64Array[]>} tell  up to four, to all
 * @property {() => void} fail  whoever waits or will wait here fails
 */

/** How many numbers `tell` takes. */
const TOLD = 4;

/** How long a worker waits for another, in ms. Chosen: five times the longest step that anyone would sit through. */
const PATIENCE_MS = 10_000;

/** And how often: the first time it may have been the machine that slept. */
const TRIES = 2;

/** Turns of looking before a worker sleeps: some tenths of a millisecond, for which waking up would cost as much. */
const LOOKS = 20_000;

export class Lost extends Error {
  constructor() {
    super("one of the workers that train together has stopped answering");
    this.name = "LostError";
  }
}

/**
 * @param {Place} place
 * @param {number} most  numbers that are shared at a time
 * @returns {Exchange}
 */
export function join(place, most) {
  return place.shared ? new SharedExchange(place, place.shared, most) : new PortExchange(place, most);
}

/**
 * Bytes of shared memory for a pool.
 * @param {number} of
 * @param {number} most
 */
export const sharedBytes = (of, most) => 4 * WORDS + 8 * TOLD * of + 4 * most * of * 2;

/** Words before the numbers: how many have arrived, how often all have, whether anyone failed, and whether the first called off. */
const WORDS = 4;
const [ARRIVED, ROUND, FAILED, CALLED_OFF] = [0, 1, 2, 3];

/**
 * Through memory that all see. Each has two places, which take turns: who comes to one again knows that everyone has come to the
 * other, and so has read what was here.
 */
class SharedExchange {
  index;
  of;
  #control;
  #told;
  #places;
  #turn = 0;

  /** @param {Place} place @param {SharedArrayBuffer} shared @param {number} most */
  constructor({ index, of }, shared, most) {
    this.index = index;
    this.of = of;
    this.#control = new Int32Array(shared, 0, WORDS);
    const start = 4 * WORDS;
    this.#told = Array.from({ length: of }, (_, i) => new Float64Array(shared, start + 8 * TOLD * i, TOLD));
    const rest = start + 8 * TOLD * of;
    this.#places = [0, 1].map((turn) =>
      Array.from({ length: of }, (_, from) => new Float32Array(shared, rest + 4 * most * (turn * of + from), most)));
  }

  /** @param {ArrayLike<number>} lengths @param {Write} write @param {Read} read */
  async share(lengths, write, read) {
    const places = this.#places[this.#turn];
    write(places[this.index].subarray(0, lengths[this.index]));
    this.#turn = 1 - this.#turn;
    this.#meet();
    if (Atomics.load(this.#control, CALLED_OFF)) {
      this.#meet();
      return true;
    }
    for (let from = 0; from < this.of; from += 1) read(from, from === this.index ? undefined : places[from].subarray(0, lengths[from]));
    return false;
  }

  async callOff() {
    Atomics.store(this.#control, CALLED_OFF, 1);
    this.#turn = 1 - this.#turn;
    this.#meet();
    // Nobody looks before everyone has seen it.
    this.#meet();
    Atomics.store(this.#control, CALLED_OFF, 0);
  }

  /** @param {number[]} numbers */
  async tell(numbers) {
    this.#told[this.index].set(numbers);
    this.#meet();
    return this.#told.map((told) => told.slice());
  }

  fail() {
    Atomics.store(this.#control, FAILED, 1);
    Atomics.notify(this.#control, ROUND);
  }

  /** Until everyone has come here. */
  #meet() {
    const control = this.#control;
    const round = Atomics.load(control, ROUND);
    if (Atomics.add(control, ARRIVED, 1) + 1 === this.of) {
      Atomics.store(control, ARRIVED, 0);
      Atomics.add(control, ROUND, 1);
      Atomics.notify(control, ROUND);
    }
    for (let looks = 0; looks < LOOKS && Atomics.load(control, ROUND) === round; looks += 1);
    for (let tries = 0; Atomics.load(control, ROUND) === round;) {
      if (Atomics.load(control, FAILED) || tries === TRIES) throw new Lost();
      if (Atomics.wait(control, ROUND, round, PATIENCE_MS) === "timed-out") tries += 1;
    }
    if (Atomics.load(control, FAILED)) throw new Lost();
  }
}

/** Through ports, in buffers that move: what came is what the next letter is written into. */
class PortExchange {
  index;
  of;
  #ports;
  #most;
  /** @type {ArrayBuffer[]} */
  #spare = [];
  /** @type {any[][]} */
  #letters;
  /** @type {(() => void) | undefined} */
  #wake;
  #hasFailed = false;

  /** @param {Place} place @param {number} most */
  constructor({ index, of, ports = [] }, most) {
    this.index = index;
    this.of = of;
    this.#ports = ports;
    this.#most = most;
    this.#letters = Array.from({ length: of }, () => []);
    ports.forEach((port, from) => {
      if (port) port.onmessage = ({ data }) => {
        this.#letters[from].push(data);
        this.#wake?.();
      };
    });
  }

  /** @param {ArrayLike<number>} lengths @param {Write} write @param {Read} read */
  async share(lengths, write, read) {
    for (const port of this.#ports) this.#send(port, lengths[this.index], write);
    const letters = await this.#receive();
    const isCalledOff = letters[0] === null;
    letters.forEach((buffer, from) => {
      if (!isCalledOff) read(from, buffer && new Float32Array(buffer, 0, lengths[from]));
      if (buffer) this.#spare.push(buffer);
    });
    return isCalledOff;
  }

  async callOff() {
    for (const port of this.#ports) port?.postMessage(null);
    this.#spare.push(...(await this.#receive()).filter((buffer) => buffer));
  }

  /** @param {number[]} numbers */
  async tell(numbers) {
    const own = new Float64Array(TOLD);
    own.set(numbers);
    for (const port of this.#ports) port?.postMessage(own);
    return (await this.#receive()).map((told) => told ?? own);
  }

  fail() {
    this.#hasFailed = true;
    this.#wake?.();
  }

  /** @param {MessagePort | undefined} port @param {number} length @param {(room: Float32Array) => void} write */
  #send(port, length, write) {
    if (!port) return;
    const buffer = this.#spare.pop() ?? new ArrayBuffer(4 * this.#most);
    write(new Float32Array(buffer, 0, length));
    port.postMessage(buffer, [buffer]);
  }

  /** A letter from each of the others, in their order; nothing at one's own place. @returns {Promise<any[]>} */
  async #receive() {
    const isThere = () => this.#ports.every((port, from) => !port || this.#letters[from].length);
    for (let tries = 0; !isThere();) {
      if (this.#hasFailed || tries === TRIES) throw new Lost();
      const isLate = await new Promise((resolve) => {
        const timer = setTimeout(() => resolve(true), PATIENCE_MS);
        this.#wake = () => {
          clearTimeout(timer);
          resolve(false);
        };
      });
      if (isLate) tries += 1;
    }
    return this.#ports.map((port, from) => port && this.#letters[from].shift());
  }
}
