// @ts-check
/**
 * SHA-256, hex; "" where the page has no HTTPS and so no crypto.subtle.
 * @param {Uint8Array} bytes
 */
export async function digestOf(bytes) {
  if (!globalThis.crypto?.subtle) return "";
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", /** @type {Uint8Array<ArrayBuffer>} */ (bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
