// @ts-check
import { seedFrom } from "../address.js";
import { element } from "./dom.js";

/**
 * A field for a seed. What is none is marked, and changes nothing; a seed that comes from elsewhere waits for who is typing.
 * @param {string} id
 * @param {string} label
 * @param {(seed: number) => void} onSeed
 */
export function seedField(id, label, onSeed) {
  const input = element("input", { type: "text", id, inputmode: "numeric", autocomplete: "off", maxlength: 10 });
  input.addEventListener("input", () => {
    const seed = seedFrom(input.value);
    input.toggleAttribute("aria-invalid", seed === undefined);
    if (seed !== undefined) onSeed(seed);
  });
  return {
    field: element("label", { class: "field seed" }, label, " ", input),
    /** @param {number} seed */
    show: (seed) => {
      if (document.activeElement !== input) input.value = String(seed);
    },
  };
}
