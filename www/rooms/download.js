// @ts-check
import { element } from "./dom.js";

/** The browser has begun to read the file long before that. ms */
const KEPT_MS = 60_000;

/**
 * Hands a file to the browser, which saves it or asks where to.
 * @param {Blob} blob
 * @param {string} name
 * @returns {string} the name
 */
export function download(blob, name) {
  const link = element("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_MS);
  return name;
}
