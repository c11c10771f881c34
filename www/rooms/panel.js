// @ts-check
import { element } from "./dom.js";

/**
 * A dialog over the page: Escape, its button and a press beside it close it, and the focus goes back to where it was.
 * @param {string} id
 * @param {string} title
 * @param {string} close  what its button says
 * @param {...(Node | string)} children
 */
export function panel(id, title, close, ...children) {
  const button = element("button", { type: "button", class: "quiet" }, close);
  const dialog = element("dialog", { id, class: "panel", "aria-labelledby": `${id}-title` },
    element("header", {}, element("h2", { id: `${id}-title` }, title), button), ...children);
  button.addEventListener("click", () => dialog.close());
  dialog.addEventListener("pointerdown", (event) => {
    if (event.target !== dialog) return;
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    const isBeside = event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
    if (isBeside) dialog.close();
  });
  document.body.append(dialog);
  return dialog;
}
