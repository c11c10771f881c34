// @ts-check
/** @typedef {import("./types.js").View} View */

/** How many steps back are kept. A step is a view: a few references. */
const MOST_STEPS = 200;

/**
 * The view and the way back: the one place that holds what a person has set. A change is either kept, so that undo comes
 * back to what was before it, or passing (a drag under way, a walk to another room), and then belongs to the next one
 * that is kept.
 */
export class Store {
  #view;
  /** @type {View} as it was after the last change that was kept */
  #kept;
  /** @type {View[]} */
  #past = [];
  /** @type {View[]} */
  #future = [];
  #onChange;

  /**
   * @param {View} view
   * @param {(view: View, before: View) => void} onChange
   */
  constructor(view, onChange) {
    this.#view = this.#kept = view;
    this.#onChange = onChange;
  }

  get view() {
    return this.#view;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /** @param {Partial<View>} changes */
  set(changes) {
    this.#past = [...this.#past, this.#kept].slice(-MOST_STEPS);
    this.#future = [];
    this.#kept = { ...this.#view, ...changes };
    this.#show(this.#kept);
  }

  /** A change under way: undo does not stop at it. @param {Partial<View>} changes */
  pass(changes) {
    this.#show({ ...this.#view, ...changes });
  }

  /** A change that is no step of its own and that no step takes back: another room, a model that has just been trained. @param {Partial<View>} changes */
  settle(changes) {
    this.#kept = { ...this.#kept, ...changes };
    this.#show({ ...this.#view, ...changes });
  }

  /** The view of another address: there is no way back from it but the browser's. @param {View} view */
  replace(view) {
    [this.#past, this.#future, this.#kept] = [[], [], view];
    this.#show(view);
  }

  undo() {
    this.#step(this.#past, this.#future);
  }

  redo() {
    this.#step(this.#future, this.#past);
  }

  /**
   * A step takes a person to the room whose settings it changes; what all rooms share changes where they are.
   * @param {View[]} from
   * @param {View[]} to
   */
  #step(from, to) {
    const next = from.pop();
    if (!next) return;
    to.push(this.#kept);
    const room = changedRoom(this.#kept.own, next.own) ?? this.#view.room;
    this.#kept = { ...next, room };
    this.#show(this.#kept);
  }

  /** @param {View} view */
  #show(view) {
    const before = this.#view;
    this.#view = view;
    this.#onChange(view, before);
  }
}

/**
 * The room that one of the settings belongs to in which two views differ.
 * @param {View["own"]} a
 * @param {View["own"]} b
 * @returns {View["room"] | undefined}
 */
function changedRoom(a, b) {
  const key = Object.keys({ ...a, ...b }).find((name) => a[name] !== b[name]);
  return key === undefined ? undefined : /** @type {View["room"]} */ (key.split(".")[0]);
}
