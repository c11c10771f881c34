// @ts-check
/** How large a picture says that it is, before anything is decoded: a file of 50 KB can ask for gigabytes. */

/** @typedef {{ width: number, height: number }} Size */

/** Bytes from which every format below tells its size, but for a JPEG with long notes before its picture. */
export const HEAD = 65_536;

/**
 * @param {Uint8Array} bytes  the beginning of a file
 * @returns {Size | undefined} undefined for what is none of PNG, JPEG, GIF, WebP and BMP, or ends before it says
 */
export function pictureSize(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    if (says(bytes, 0, "\x89PNG\r\n\x1a\n") && says(bytes, 12, "IHDR")) return { width: view.getUint32(16), height: view.getUint32(20) };
    if (says(bytes, 0, "GIF8")) return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
    if (says(bytes, 0, "BM")) return { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
    if (says(bytes, 0, "RIFF") && says(bytes, 8, "WEBP")) return webpSize(bytes, view);
    if (bytes[0] === 0xff && bytes[1] === 0xd8) return jpegSize(view);
  } catch {
    // The file ends within its header.
  }
  return undefined;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {string} text  Latin 1
 */
const says = (bytes, at, text) => Array.from(text).every((letter, i) => bytes[at + i] === letter.charCodeAt(0));

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @returns {Size | undefined}
 */
function webpSize(bytes, view) {
  const three = (/** @type {number} */ at) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16);
  if (says(bytes, 12, "VP8X")) return { width: three(24) + 1, height: three(27) + 1 };
  if (says(bytes, 12, "VP8L")) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 };
  }
  if (says(bytes, 12, "VP8 ")) return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  return undefined;
}

/**
 * From the first start of a frame: markers C0 to CF but for tables (C4, C8, CC).
 * @param {DataView} view
 * @returns {Size}
 */
function jpegSize(view) {
  for (let at = 2; ; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (view.getUint8(at) !== 0xff) throw new RangeError("no marker");
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
  }
}
