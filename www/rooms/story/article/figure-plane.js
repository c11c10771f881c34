// @ts-check
/** Every image has a Gaussian of its own: those of the test digits, and that of the drawing. */

import { pixelsOf } from "../../../picture.js";
import { fixed } from "../../../words/numbers.js";
import { words } from "../../../words/rooms/article.js";
import { Plane } from "./plane.js";

const MODEL = "map2";
const REACH = 4;

const text = words.figures.plane;
const pair = (/** @type {Float32Array} */ values) => Array.from(values, (value) => fixed(value, 3)).join(", ");

/** @param {import("./figure.js").Easel} easel */
export function open({ desk, studio, place, explain, progress }) {
  const plane = new Plane(text.label);
  place.append(plane.element);
  return async () => {
    const { latent } = await studio.model(MODEL);
    /** @type {import("../types.js").CloudPart[]} */
    const parts = [];
    await studio.cloud(MODEL, {
      isWanted: () => true,
      onPart: (part, done, all) => {
        parts.push(part);
        progress(done < all ? words.encoded(done, all) : "");
      },
    });
    const clouds = { parts, latent, reach: REACH };
    const { reading, tints } = desk;
    if (!reading || reading.isEmpty) {
      plane.show(clouds);
      explain(words.empty);
      return;
    }
    const found = await studio.read({ model: MODEL, pixels: pixelsOf(reading.seen), colour: tints.xHat });
    plane.show(clouds, { mu: found.mu, sigma: found.sigma });
    explain(text.caption(pair(found.mu), pair(found.logVar), pair(found.sigma)));
  };
}
