// @ts-check
/** @typedef {import("../types.js").ModelEntry} ModelEntry */

/** The choice among the models that ship. */
export class ModelPicker {
  #select;

  /**
   * @param {HTMLSelectElement} select
   * @param {{ onPick: (name: string) => void }} callbacks
   */
  constructor(select, { onPick }) {
    this.#select = select;
    select.addEventListener("change", () => onPick(select.value));
  }

  /**
   * @param {ModelEntry[]} models
   * @param {string} chosen
   * @param {(entry: ModelEntry) => boolean} fits  whether it can be chosen here
   */
  show(models, chosen, fits) {
    this.#select.replaceChildren(...models.map((entry) => {
      const option = new Option(entry.title, entry.name, false, entry.name === chosen);
      option.disabled = !fits(entry);
      return option;
    }));
  }

  /** @param {string} name */
  choose(name) {
    this.#select.value = name;
  }
}
