// @ts-check
/** Both mixtures, dimension by dimension, over the bell curve. */

import { words } from "../../../words/rooms/article.js";
import { element } from "../../dom.js";
import { svg } from "../marks.js";
import { Plot } from "../plot.js";

const MODELS = /** @type {const} */ (["ae", "vae"]);
const POINTS = 81;
const REACH = 5;
/** A narrower cloud is drawn as wide as this; autoencoders' have no width at all. */
const LEAST = 0.1;
/** The density at which the plots end: N(0, 1) is at 0.4 at most. */
const TOP = 0.6;

const text = words.figures.aggregate;

/** @param {import("./figure.js").Easel} easel */
export function open({ studio, place, explain, progress }) {
  return async () => {
    let [digits, latent] = [0, 0];
    const plots = [];
    for (const model of MODELS) {
      ({ latent } = await studio.model(model));
      await studio.cloud(model, {
        isWanted: () => true,
        onPart: (_, done, all) => {
          digits = done;
          progress(done < all ? words.encoded(done, all) : "");
        },
      });
      const { at, marginals, kl } = await studio.mixture({ model, plane: [0, 1], points: POINTS, reach: REACH, least: LEAST });
      plots.push(element("div", {}, element("p", { class: "article-name" }, text.names[model], " ", element("span", { class: "note" }, text.distance(kl))),
        curves(at, marginals, text.label(text.names[model], kl))));
    }
    place.replaceChildren(...plots);
    explain(text.caption(digits, latent));
  };
}

/** @param {Float32Array} at @param {Float32Array[]} marginals @param {string} label */
function curves(at, marginals, label) {
  const plot = new Plot({
    width: 360, height: 220, label,
    across: { from: -REACH, to: REACH, ticks: [-4, -2, 0, 2, 4].map((z) => ({ at: z, text: String(z).replace("-", "\u2212") })) },
    down: { from: 0, to: TOP, ticks: [0, 0.2, 0.4, 0.6].map((density) => ({ at: density, text: String(density) })) },
  });
  const normal = at.map((z) => Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI));
  plot.ground.append(
    ...marginals.map((density) => svg("path", { class: "line mixture", d: plot.path(at, density) })),
    svg("path", { class: "line bell", d: plot.path(at, normal) }));
  return plot.element;
}
