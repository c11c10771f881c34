// @ts-check
/** The page's side of the worker that reads files: one reading, from its first file to the two sets it becomes. */

/** @typedef {Omit<import("./kept.js").Kept, "title" | "isMnist">} Divided */
/** @typedef {import("./collection.js").Drawn} Drawn */
/** @typedef {import("./collection.js").Ink} Ink */
/** @typedef {import("./sources.js").Source} Source */

/**
 * How a picture becomes an image: whole, scaled to fit, or the one figure on it found, as in a picture dropped on the pad.
 * @typedef {object} Way
 * @property {"whole" | "figure"} framing
 * @property {number} [tile]  side of the tiles of a sheet; 0: a picture is one image; undefined: a picture that comes alone
 *   is looked at
 */

/**
 * How far a reading is.
 * @typedef {object} Told
 * @property {number} images
 * @property {{ path: string, reason: string }[]} refused  the first of them
 * @property {number} refusedCount
 * @property {number} files  that were read
 * @property {number} bytes
 * @property {number} allBytes
 * @property {number} blank  tiles that held nothing
 * @property {number} [tile]  the side that was found, where a sheet was looked for; 0: none
 * @property {boolean} isFull  there were more images than are taken
 * @property {boolean} isOver
 * @property {boolean} hasPictures  which may be sheets of tiles
 * @property {"dark" | "light"} [ink]  what is ink, as the borders of the images say
 */

/** @typedef {{ images: Uint8Array, labels: (string | undefined)[], ink: "dark" | "light" }} Preview */

/** Files that are packed into one message: a few milliseconds. */
const PACKED = 250;

export class Reading {
  #worker;
  #callbacks;
  /** @type {{ resolve: (divided: any) => void, reject: (error: Error) => void } | undefined} */
  #dividing;
  /** @type {Told} */
  told = { images: 0, refused: [], refusedCount: 0, files: 0, bytes: 0, allBytes: 1, blank: 0, isFull: false, isOver: false, hasPictures: false };

  /**
   * @param {Source[]} sources
   * @param {Way} way
   * @param {string} tier
   * @param {object} callbacks
   * @param {() => void} callbacks.onTold
   * @param {(preview: Preview) => void} callbacks.onPreview
   * @param {(error: Error) => void} callbacks.onFailed
   */
  constructor(sources, way, tier, callbacks) {
    this.#callbacks = callbacks;
    this.#worker = new Worker(new URL("./reader.worker.js", import.meta.url), { type: "module", name: document.documentElement.lang });
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => this.#fail(event.message || "its script did not start");
    void this.#begin(sources, way, tier);
  }

  /**
   * @param {Source[]} sources
   * @param {Way} way
   * @param {string} tier
   */
  async #begin(sources, way, tier) {
    for (let at = 0; at < sources.length; at += PACKED) {
      this.#worker.postMessage({ action: "add", some: sources.slice(at, at + PACKED) });
      await new Promise((done) => setTimeout(done));
    }
    this.#worker.postMessage({ action: "read", way, tier });
  }

  /**
   * Asks for images spread over all that are here.
   * @param {number} most
   * @param {Ink} ink
   */
  look(most, ink) {
    this.#worker.postMessage({ action: "preview", most, ink });
  }

  /**
   * @param {Ink} ink
   * @param {Drawn} drawn
   * @returns {Promise<Divided>}
   */
  divide(ink, drawn) {
    return new Promise((resolve, reject) => {
      this.#dividing = { resolve, reject };
      this.#worker.postMessage({ action: "divide", ink, drawn });
    });
  }

  /** What has been read stays. */
  stop() {
    this.#worker.postMessage({ action: "stop" });
  }

  end() {
    this.#worker.terminate();
  }

  /** @param {any} data */
  #hear({ event, ...what }) {
    if (event === "told") {
      this.told = what.told;
      this.#callbacks.onTold();
    } else if (event === "preview") this.#callbacks.onPreview(what);
    else if (event === "divided") this.#dividing?.resolve(what);
    else this.#fail(what.message);
  }

  /** @param {string} message */
  #fail(message) {
    const error = new Error(message);
    this.#dividing?.reject(error);
    this.#callbacks.onFailed(error);
  }
}
