// @ts-check
/** The images that have been read so far, with what they may be labelled by, and their division into two sets. */

import { P } from "../../../picture.js";

/** @typedef {import("../types.js").Images} Images */
/** @typedef {"auto" | "dark" | "light"} Ink  what is ink: told by the borders of all images together, or what is dark, or light */
/** @typedef {{ images: Uint8Array, labels: (string | undefined)[] }} Drawn  drawn here: B x P values, 255 = ink */
/** @typedef {{ train: Images, heldOut: Images, hasLabels: boolean, classes?: string[] }} Divided */

/** An image in so many is held out. */
const EVERY = 10;
/** At most so many are: more would say no more, and each is measured anew every half second. */
const MOST_HELD_OUT = 1000;
/** Labels are bytes. */
const MOST_CLASSES = 256;
/** Images in one array: 3 MB. */
const PART = 4096;
const NONE = -1;
/** What the values of an image are: ink, or light on a dark ground, or on a light one. */
const [INK, DARK_GROUND, LIGHT_GROUND] = [0, 1, 2];

export class Collection {
  /** @type {Uint8Array[]} */
  #parts = [];
  #kinds = new Uint8Array(PART);
  /** @type {Int32Array} places in `#names` */
  #labels = new Int32Array(PART);
  /** @type {string[]} */
  #names = [];
  /** @type {Map<string, number>} */
  #places = new Map();
  count = 0;

  /** What `auto` means for the images that are here: most of them say. @returns {"dark" | "light"} */
  get ink() {
    const votes = [0, 0, 0];
    for (const kind of this.#kinds.subarray(0, this.count)) votes[kind] += 1;
    return votes[LIGHT_GROUND] > votes[DARK_GROUND] ? "dark" : "light";
  }

  /**
   * @param {Uint8Array} image  P
   * @param {string | undefined} label
   * @param {number} [ground]  level around the figure; undefined for an image in values of ink
   */
  add(image, label, ground) {
    if (this.count === this.#labels.length) this.#grow();
    if (this.count === this.#parts.length * PART) this.#parts.push(new Uint8Array(PART * P));
    this.#parts[this.#parts.length - 1].set(image, (this.count % PART) * P);
    this.#kinds[this.count] = ground === undefined ? INK : ground > 127 ? LIGHT_GROUND : DARK_GROUND;
    this.#labels[this.count] = this.#placeOf(label);
    this.count += 1;
  }

  /**
   * Labels of images that are here already.
   * @param {number} from
   * @param {Uint8Array} labels
   */
  label(from, labels) {
    labels.forEach((label, i) => {
      if (from + i < this.count) this.#labels[from + i] = this.#placeOf(String(label));
    });
  }

  /** Forgets the images from `count` on: the file that they came from is damaged. @param {number} count */
  cut(count) {
    this.count = count;
    this.#parts.length = Math.ceil(count / PART);
  }

  /**
   * Images spread evenly over all, as the network will see them.
   * @param {number} most
   * @param {Ink} ink
   */
  preview(most, ink) {
    const shown = Math.min(most, this.count);
    const indices = Array.from({ length: shown }, (_, i) => Math.floor((i * this.count) / shown));
    const images = new Uint8Array(shown * P);
    const isDark = this.#isDark(ink);
    indices.forEach((index, i) => this.#write(index, isDark, images, i));
    return { images, labels: indices.map((i) => this.#names[this.#labels[i]]) };
  }

  /**
   * All images and those drawn here, every tenth of them held out. Labels count where every image has one.
   * @param {Ink} ink
   * @param {Drawn} drawn
   * @returns {Divided}
   */
  divide(ink, drawn) {
    const all = this.count + drawn.labels.length;
    const names = [...Array.from({ length: this.count }, (_, i) => this.#names[this.#labels[i]]), ...drawn.labels];
    const { labels, hasLabels, classes } = numbered(names);
    const every = Math.max(EVERY, Math.ceil(all / MOST_HELD_OUT));
    const held = Math.ceil(all / every);
    const [train, heldOut] = [all - held, held].map((count) => ({ images: new Uint8Array(count * P), labels: new Uint8Array(count) }));
    const isDark = this.#isDark(ink);
    for (let i = 0; i < all; i += 1) {
      const [set, place] = i % every === 0 ? [heldOut, i / every] : [train, i - Math.floor(i / every) - 1];
      set.labels[place] = labels[i];
      if (i < this.count) this.#write(i, isDark, set.images, place);
      else set.images.set(drawn.images.subarray((i - this.count) * P, (i - this.count + 1) * P), place * P);
    }
    return { train, heldOut, hasLabels, ...(classes && { classes }) };
  }

  /** @param {Ink} ink */
  #isDark(ink) {
    return (ink === "auto" ? this.ink : ink) === "dark";
  }

  /**
   * @param {number} index
   * @param {boolean} isDark  what is dark is ink, unless the values are ink already
   * @param {Uint8Array} images
   * @param {number} place
   */
  #write(index, isDark, images, place) {
    const from = (index % PART) * P;
    const image = this.#parts[Math.floor(index / PART)].subarray(from, from + P);
    images.set(image, place * P);
    if (isDark && this.#kinds[index] !== INK) for (let p = place * P; p < (place + 1) * P; p += 1) images[p] = 255 - images[p];
  }

  /** @param {string | undefined} label */
  #placeOf(label) {
    if (label === undefined) return NONE;
    const known = this.#places.get(label);
    if (known !== undefined) return known;
    this.#places.set(label, this.#names.push(label) - 1);
    return this.#names.length - 1;
  }

  #grow() {
    const [labels, kinds] = [new Int32Array(2 * this.#labels.length), new Uint8Array(2 * this.#labels.length)];
    labels.set(this.#labels);
    kinds.set(this.#kinds);
    [this.#labels, this.#kinds] = [labels, kinds];
  }
}

/**
 * Labels as numbers: their own where all are numbers that fit a byte, otherwise places in the sorted list of their names.
 * @param {(string | undefined)[]} names
 * @returns {{ labels: Uint8Array, hasLabels: boolean, classes?: string[] }}
 */
export function numbered(names) {
  const known = [...new Set(names)];
  const none = { labels: new Uint8Array(names.length), hasLabels: false };
  // One class for all is a folder that happens to have a name.
  if (known.includes(undefined) || known.length < 2 || known.length > MOST_CLASSES) return none;
  const classes = /** @type {string[]} */ (known).sort(new Intl.Collator("en", { numeric: true }).compare);
  const isNumber = (/** @type {string} */ name) => /^\d{1,3}$/.test(name) && Number(name) < MOST_CLASSES;
  if (classes.every(isNumber)) return { labels: Uint8Array.from(names, Number), hasLabels: true };
  const places = new Map(classes.map((name, i) => [name, i]));
  return { labels: Uint8Array.from(names, (name) => places.get(/** @type {string} */ (name)) ?? 0), hasLabels: true, classes };
}
