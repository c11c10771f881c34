// @ts-check
import { P, pixelsOf } from "../../picture.js";
import { Axis } from "../map/axis.js";
import { REACH } from "../map/settings.js";

/** @typedef {import("../../types.js").Desk} Desk */
/** @typedef {import("./run.js").Run} Run */
/** @typedef {import("./types.js").Snapshot} Snapshot */

/**
 * What a model makes of held-out images and of noise that stays the same: values of ink, P for each image, so that a change
 * of theme needs no network.
 * @typedef {object} Pictures
 * @property {Uint8Array} heldOut  reconstructions
 * @property {Uint8Array} samples
 * @property {Uint8Array} [manifold]  a picture of GRID x GRID, where z has two dimensions
 * @property {Float32Array} [mu]  of all held-out images, two for each
 */

export const SHOWN = 12;
export const SAMPLES = 24;
const SAMPLE_SEED = 42;
/** Odd, so that one of them stands for z = 0; 11 x 28 px fit a phone. */
export const GRID = 11;
/** Images encoded at a time: a drawing gets its turn in between. */
const PORTION = 100;

/** Makes the pictures of a snapshot with the page's model, which it is by then, and keeps them as long as it is kept itself. */
export class Darkroom {
  /** @type {WeakMap<Snapshot, Pictures>} */
  #made = new WeakMap();
  #desk;

  /** @param {Desk} desk */
  constructor(desk) {
    this.#desk = desk;
  }

  /** @param {Snapshot} snapshot */
  of(snapshot) {
    return this.#made.get(snapshot);
  }

  /**
   * @param {Run} run
   * @param {Snapshot} snapshot
   * @returns {Promise<Pictures | undefined>} undefined where another request took its place
   */
  async develop({ data: { heldOut }, settings: { latent } }, snapshot) {
    const made = this.#made.get(snapshot);
    if (made) return made;
    const isPlane = latent === 2;
    const mu = await this.#encode(heldOut.images.subarray(0, isPlane ? undefined : SHOWN * P));
    const first = mu.subarray(0, SHOWN * latent);
    const { client, tints: { xHat: colour } } = this.#desk;
    const eps = await client.eps(SAMPLE_SEED, SAMPLES, latent);
    const answer = await client.decode("train", { z: Float32Array.of(...first, ...eps), colour });
    const plane = isPlane ? await client.decode("train plane", { z: planeOf(), colour, columns: GRID }) : undefined;
    const count = first.length / latent;
    if (answer?.pictures.length !== count + SAMPLES || (isPlane && !plane)) return undefined;
    const images = answer.pictures.map(pixelsOf);
    const pictures = {
      heldOut: joined(images.slice(0, count)), samples: joined(images.slice(count)),
      ...(plane && { manifold: pixelsOf(plane.pictures[0]), mu }),
    };
    this.#made.set(snapshot, pictures);
    return pictures;
  }

  /** @param {Uint8Array} images */
  async #encode(images) {
    /** @type {Float32Array[]} */
    const parts = [];
    for (let from = 0; from < images.length; from += PORTION * P) {
      parts.push((await this.#desk.client.encode(images.slice(from, from + PORTION * P))).mu);
    }
    return Float32Array.from(parts.flatMap((part) => [...part]));
  }
}

/** The z of the manifold, row by row from the top: the middles of cells of equal probability under N(0, I). */
function planeOf() {
  const middles = new Axis(-REACH, REACH, 1, "prior").middles(GRID);
  return Float32Array.from([...middles].reverse().flatMap((y) => middles.flatMap((x) => [x, y])));
}

/** @param {Uint8Array[]} images */
function joined(images) {
  const all = new Uint8Array(images.length * P);
  images.forEach((image, i) => all.set(image, i * P));
  return all;
}
