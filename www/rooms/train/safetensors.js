// @ts-check
/**
 * The record in a safetensors file of ours: what it holds, and of which run. The tensors are for the trainer and the
 * model to read; here a file is only told from others.
 */

import { words } from "../../words/rooms/train-files.js";

const HEADER = 8;
/** Ours have a few KB; more is another kind of file. */
const MOST_HEADER = 1 << 20;

/**
 * @param {Uint8Array} bytes
 * @returns {any} of a model: format, config, training, metrics; of a state: run, step, past
 * @throws {Error} in words: what was expected, and what came
 */
export function recordOf(bytes) {
  if (bytes.length < HEADER) throw new Error(words.tooShort(bytes.length));
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset, HEADER).getBigUint64(0, true));
  if (length > MOST_HEADER) throw new Error(words.noHeader);
  if (HEADER + length > bytes.length) throw new Error(words.cutOff(HEADER + length, bytes.length));
  const header = parse(new TextDecoder().decode(bytes.subarray(HEADER, HEADER + length)));
  if (!header) throw new Error(words.noHeader);
  const ends = Object.values(header).map((entry) => entry?.data_offsets?.[1] ?? 0);
  const size = HEADER + length + Math.max(0, ...ends);
  if (size !== bytes.length) throw new Error(words.cutOff(size, bytes.length));
  const record = parse(header.__metadata__?.["latent-ink"] ?? "");
  if (!record) throw new Error(words.notOurs);
  return record;
}

/** @param {string} text @returns {any} an object, or undefined */
function parse(text) {
  try {
    const value = JSON.parse(text);
    return value && typeof value === "object" ? value : undefined;
  } catch {
    return undefined;
  }
}
