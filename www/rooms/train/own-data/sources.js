// @ts-check
/** The files that a person drops or chooses, those within folders too, each with its path. */

/** @typedef {{ file: File, path: string }} Source */

/** Files of systems, which nobody means when he drops a folder. */
const HIDDEN = /(^|\/)(\.[^/]*|__MACOSX|Thumbs\.db|desktop\.ini)(\/|$)/i;
/** More files are read from a ZIP file: a browser takes minutes for so many of a folder. */
const MOST = 100_000;

/** Whether a file is one that a system put there. @param {string} path */
export const isHidden = (path) => HIDDEN.test(path);

/**
 * What is in a path's last folder has its name as label.
 * @param {string} path
 * @returns {string | undefined} undefined for a file that lies in none
 */
export const labelOf = (path) => path.split("/").at(-2);

/** Of a file chooser. @param {FileList} files @returns {Source[]} */
export const chosenSources = (files) => Array.from(files, (file) => ({ file, path: file.webkitRelativePath || file.name })).filter(({ path }) => !isHidden(path));

/**
 * Of a drop. The list of what was dropped is gone once the event is over, so it is read at once, and its folders later.
 * @param {DataTransfer} dropped
 * @param {(count: number) => void} onFound
 * @returns {Promise<Source[]>} in the order of their paths, folder by folder
 */
export async function droppedSources(dropped, onFound) {
  const entries = [...dropped.items].filter(({ kind }) => kind === "file").map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile());
  /** @type {Source[]} */
  const sources = [];
  for (const entry of entries) {
    if (entry instanceof File) sources.push({ file: entry, path: entry.name });
    else if (entry) await walk(entry, sources, onFound);
  }
  return sources.filter(({ path }) => !isHidden(path));
}

/**
 * @param {FileSystemEntry} entry
 * @param {Source[]} sources
 * @param {(count: number) => void} onFound
 */
async function walk(entry, sources, onFound) {
  if (sources.length >= MOST || isHidden(entry.fullPath)) return;
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => /** @type {FileSystemFileEntry} */ (entry).file(resolve, reject));
    sources.push({ file, path: entry.fullPath.replace(/^\//, "") });
    if (sources.length % 100 === 0) onFound(sources.length);
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {FileSystemEntry[]} */
  const within = [];
  for (let some = await readSome(reader); some.length; some = await readSome(reader)) within.push(...some); // a hundred at a time
  within.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const one of within) await walk(one, sources, onFound);
}

/**
 * @param {FileSystemDirectoryReader} reader
 * @returns {Promise<FileSystemEntry[]>}
 */
const readSome = (reader) => new Promise((resolve, reject) => reader.readEntries(resolve, reject));
