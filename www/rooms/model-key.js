// @ts-check
/** @type {WeakMap<ArrayBuffer, number>} */
const versions = new WeakMap();
let last = 0;

/**
 * What is known of a model is kept under this: its name, and for one that was made here, and may be trained on, also
 * which of its weights they are.
 * @param {import("../types.js").ModelEntry} model
 */
export function keyOf({ name, weights }) {
  if (!weights) return name;
  const version = versions.get(weights) ?? (last += 1);
  versions.set(weights, version);
  return `${name} ${version}`;
}
