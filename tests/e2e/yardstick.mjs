// @ts-check
/**
 * Prints how far test digits lie from the nearest of the 60,000 training digits: the 10th, 50th and 90th of a hundred, by
 * squared error in parts of full ink. www/rooms/prior.js holds what it printed. With the page served:
 * `BASE_URL=http://127.0.0.1:8080 node tests/e2e/yardstick.mjs`.
 */

import { gunzipSync } from "node:zlib";

import { unpackPixels } from "../../www/rooms/levels.js";
import { nearestImage, NONE, quantile } from "../../www/rooms/nearest.js";
import { BASE_URL } from "./browser.mjs";

const P = 784;
const COUNT = 1000;

/** @param {string} name */
const pixelsOf = async (name) => gunzipSync(await (await fetch(new URL(`digits/${name}`, BASE_URL))).arrayBuffer()).subarray(10_000);

const test = await pixelsOf("mnist-test.bin");
const train = await Promise.all([0, 1, 2, 3, 4, 5].map(async (part) => unpackPixels(await pixelsOf(`mnist-train-${part}.bin`), 4)));
const squared = Array.from({ length: COUNT }, (_, i) => {
  const query = test.subarray(i * 10 * P, (i * 10 + 1) * P); // every tenth
  return train.reduce((nearest, images) => nearestImage(query, images, nearest), NONE).squared;
});
console.log(`${COUNT} test digits: ${[0.1, 0.5, 0.9].map((share) => quantile(squared, share).toFixed(1)).join(", ")}`);
