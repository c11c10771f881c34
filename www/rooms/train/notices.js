// @ts-check
/** Sentences that a person can answer by a button. */

import { element } from "../dom.js";

/**
 * @param {string} id
 * @param {string} text
 * @param {() => void} act
 */
export function button(id, text, act) {
  const made = element("button", { type: "button", id }, text);
  made.addEventListener("click", act);
  return made;
}

/**
 * Away while there is nothing to say.
 * @param {string} id
 * @param {...HTMLButtonElement} buttons
 */
export function notice(id, ...buttons) {
  const text = element("p", { role: "status" });
  const box = element("div", { class: "train-notice", id, hidden: true }, text, ...buttons);
  const say = (/** @type {string} */ said) => {
    box.hidden = !said;
    if (text.textContent !== said) text.textContent = said;
  };
  return { box, say };
}
