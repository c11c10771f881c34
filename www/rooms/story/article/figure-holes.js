// @ts-check
/** Where an autoencoder's codes lie, and what it makes of noise. */

import { words } from "../../../words/rooms/article.js";
import { element } from "../../dom.js";
import { Plane } from "./plane.js";
import { sampleStrip } from "./strip.js";

const MODEL = "ae";
/** Grid points of the mixture, of which only its moments are needed. */
const POINTS = 8;
const LEAST = 0.1;
const [COUNT, SEED] = [20, 42];

const text = words.figures.holes;

/** @param {import("./figure.js").Easel} easel */
export function open({ desk, studio, place, explain, progress }) {
  const plane = new Plane(text.label(0));
  const strip = element("div");
  place.append(plane.element, strip);
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
    const { at, deviations } = await studio.mixture({ model: MODEL, plane: [0, 1], points: POINTS, least: LEAST });
    const digits = parts.reduce((sum, { mu }) => sum + mu.length / latent, 0);
    plane.show({ parts, latent, reach: at[at.length - 1] * (at.length / (at.length - 1)) });
    plane.describe(text.label(digits));
    await studio.judge();
    const samples = await studio.sample({ model: MODEL, seed: SEED, count: COUNT, colour: desk.tints.xHat });
    const { canvas, read } = sampleStrip(samples);
    canvas.setAttribute("aria-label", text.decoded);
    strip.replaceChildren(canvas);
    explain(text.caption(digits, Math.min(...deviations), Math.max(...deviations), read, COUNT));
  };
}
