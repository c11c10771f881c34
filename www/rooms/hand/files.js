// @ts-check
import { fetchWeights } from "../../models.js";

/**
 * Files that lie beside the page's models, side by side.
 * @param {string[]} files
 * @param {(got: number) => void} onProgress  bytes of all of them, until one fails
 * @returns {Promise<ArrayBuffer[]>}
 */
export function fetchFiles(files, onProgress) {
  const got = files.map(() => 0);
  let hasFailed = false;
  const all = Promise.all(files.map((file, i) => fetchWeights({ name: file, title: file, file, bytes: 0, latent: 0 }, (bytes) => {
    got[i] = bytes;
    if (!hasFailed) onProgress(got.reduce((sum, each) => sum + each, 0));
  })));
  all.catch(() => { hasFailed = true; });
  return all;
}
