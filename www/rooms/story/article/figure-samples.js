// @ts-check
/** The same noise through three decoders. */

import { words } from "../../../words/rooms/article.js";
import { element } from "../../dom.js";
import { sampleStrip } from "./strip.js";

const MODELS = /** @type {const} */ (["ae", "vae", "beta-4"]);
const [COUNT, SEED] = [30, 42];

const text = words.figures.samples;

/** @param {import("./figure.js").Easel} easel */
export function open({ desk, studio, place, explain }) {
  return async () => {
    await Promise.all([...MODELS.map((model) => studio.model(model)), studio.judge()]);
    const samples = await Promise.all(MODELS.map((model) => studio.sample({ model, seed: SEED, count: COUNT, colour: desk.tints.xHat })));
    place.replaceChildren(...samples.map((each, i) => {
      const { canvas, read } = sampleStrip(each);
      const name = text.names[MODELS[i]];
      canvas.setAttribute("aria-label", text.label(name, read, COUNT));
      return element("div", {}, element("p", { class: "article-name" }, name, " ", element("output", { "data-value": read }, text.read(read, COUNT))), canvas);
    }));
    explain(text.caption);
  };
}
