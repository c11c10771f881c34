// @ts-check
/** Fetching what ships under models/: the list and the weights, with progress. Every failure is an Error in words. */

import { words } from "./words/main.js";

/** @typedef {import("./types.js").ModelIndex} ModelIndex */
/** @typedef {import("./types.js").ModelEntry} ModelEntry */

const ROOM = new URL("./models/", import.meta.url);

/** @returns {Promise<ModelIndex>} */
export async function fetchIndex() {
  const index = /** @type {ModelIndex} */ (await (await fetchFile("index.json")).json());
  const models = index.models.map((entry) => ({ ...entry, title: words.modelTitle(entry.name, entry.title) }));
  return { ...index, models };
}

/**
 * @param {ModelEntry} entry
 * @param {(got: number, all: number) => void} onProgress  bytes
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchWeights({ file, bytes }, onProgress) {
  const response = await fetchFile(file);
  /** @type {Uint8Array<ArrayBuffer>[]} */
  const parts = [];
  let got = 0;
  const reader = /** @type {ReadableStream<Uint8Array<ArrayBuffer>>} */ (response.body).getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    got += part.value.length;
    onProgress(got, bytes);
  }
  return new Blob(parts).arrayBuffer();
}

/**
 * The classifier that reads what was drawn and decoded.
 * @returns {Promise<ArrayBuffer>}
 */
export async function fetchJudge() {
  return (await fetchFile("judge.safetensors")).arrayBuffer();
}

/** @param {string} file */
async function fetchFile(file) {
  const response = await fetch(new URL(file, ROOM)).catch(() => {
    throw new Error(words.unreachable(file));
  });
  if (!response.ok) throw new Error(words.missing(file, response.status));
  return response;
}
