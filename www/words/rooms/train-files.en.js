// @ts-check
import { fixed } from "../numbers.js";

/** Bytes for people. @param {number} bytes */
const size = (bytes) => (bytes < 1e5 ? `${bytes} bytes` : `${fixed(bytes / 1e6, 1)} MB`);

/** @param {number} ms */
function ago(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "just now";
  if (minutes < 60) return minutes === 1 ? "a minute ago" : `${minutes} minutes ago`;
  const hours = Math.round(minutes / 60);
  if (hours < 24) return hours === 1 ? "an hour ago" : `${hours} hours ago`;
  const days = Math.round(hours / 24);
  return days === 1 ? "yesterday" : `${days} days ago`;
}

export const words = {
  takeAway: "Take it away",
  weights: "Weights",
  weightsTitle: "The model as it is now: safetensors, with the record of its training",
  state: "State",
  stateTitle: "All that it takes to go on from here, in this room or with latent-ink train --resume",
  log: "Log",
  logTitle: "Every step as a line of CSV",
  open: "Open a file…",
  openTitle: "Weights become the page's model; a state goes on training",
  saved: (/** @type {string} */ name, /** @type {number} */ bytes) => `Saved ${name}, ${size(bytes)}.`,
  opened: (/** @type {string} */ name) => `${name} is the page's model now. To train it on, open its .state.safetensors.`,
  resumed: (/** @type {string} */ name, /** @type {number} */ step) => `The run of ${name} stands where it was left, after step ${step}.`,
  coarser: " Its images had 256 levels of grey; the page has them at 16, and from here on it learns from those.",
  refused: (/** @type {string} */ name, /** @type {string} */ reason) => `${name}: ${reason}.`,
  tooShort: (/** @type {number} */ bytes) => `expected a safetensors file, got ${size(bytes)}`,
  noHeader: "expected a safetensors file, got one that does not begin with a safetensors header",
  cutOff: (/** @type {number} */ expected, /** @type {number} */ got) => `expected ${size(expected)} by its header, got ${size(got)}`,
  notOurs: "expected a file of Latent Ink, got safetensors without a record of ours",
  classifier: "expected an autoencoder, got a classifier, such as the judge",
  noNetwork: "expected one of this room's networks, got layers that it does not have; latent-ink train --resume goes on with them",
  noSetting: (/** @type {string} */ what) => `expected settings that this room has, got another ${what}; latent-ink train --resume goes on with it`,
  otherImages: (/** @type {string} */ title) => `expected the state of a run on ${title}, got one on other images: choose those that it learnt from, and open it again`,
  kept: (/** @type {number} */ step) => `Kept at step ${step}: a reload can go on from there.`,
  notKept: (/** @type {string} */ reason) => `The browser does not keep this run (${reason}): it goes on, but a reload would lose it.`,
  noRoom: "there is no room left for it",
  unseen: (/** @type {number} */ steps) => `It took ${steps} steps while the tab was hidden, and drew none of them.`,
  offer: (/** @type {number} */ step, /** @type {number} */ all, /** @type {number} */ ms) => `A run is kept from before, after step ${step} of ${all}, ${ago(ms)}.`,
  goOn: "Go on with it",
  discard: "Discard it",
};
