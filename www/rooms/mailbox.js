// @ts-check
/**
 * What comes to a worker while it still waits for its words, as main.js need not: nothing holds messages back meanwhile. A
 * worker whose modules import words imports this first.
 */

/** @type {MessageEvent[]} */
const early = [];
self.onmessage = (event) => early.push(event);

/** @param {(event: MessageEvent) => void} receive */
export function listen(receive) {
  self.onmessage = receive;
  early.splice(0).forEach(receive);
}
