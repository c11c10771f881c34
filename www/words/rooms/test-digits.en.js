// @ts-check
import { fixed } from "../numbers.js";

const number = (/** @type {number} */ n) => Math.round(n).toLocaleString("en");

export const words = {
  title: "Test digits",
  close: "Close",
  lead: "Ten of each class, out of 10,000 that no model here has learnt from. Choose one and it is on the pad.",
  others: "Others",
  classOf: (/** @type {number} */ label) => `Test digits of class ${label}`,
  digit: (/** @type {number} */ i, /** @type {number} */ label) => `Test digit ${number(i + 1)}: a ${label}`,
  costly: (/** @type {number} */ i, /** @type {number} */ label, /** @type {number} */ nats) => `Test digit ${number(i + 1)}: a ${label}, ${fixed(nats, 0)} nats`,
  nats: (/** @type {number} */ nats) => fixed(nats, 0),
  fetching: (/** @type {number} */ got, /** @type {number} */ all) => `Fetching the test digits: ${fixed(got / 1e6, 1)} of ${fixed(all / 1e6, 1)} MB`,

  hardest: "Hardest for this model",
  about: "The 20 of all 10,000 whose pixels are the most surprising to this model, by recon in nats at z\u00a0=\u00a0μ.",
  find: "Find them",
  goOn: "Go on",
  stop: "Stop",
  progress: "Progress",
  reading: (/** @type {number} */ done, /** @type {number} */ rate, /** @type {number} */ left) =>
    `${number(done)} of 10,000: ${number(rate)} a second, ${Math.ceil(left)}\u00a0s left`,
  soFar: (/** @type {number} */ done) => `Stopped: of the first ${number(done)}.`,
  otherModel: "another model has been chosen",
  median: (/** @type {string} */ title, /** @type {number} */ nats) => `${title}. Half of all test digits cost less than ${fixed(nats, 0)} nats.`,
};
