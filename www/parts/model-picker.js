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
   */
  show(models, chosen) {
    this.#select.replaceChildren(...models.map(({ name, title }) => new Option(title, name, false, name === chosen)));
  }

  /** @param {string} name */
  choose(name) {
    this.#select.value = name;
  }
}
