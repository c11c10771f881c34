// @ts-check
/** The networks that can be trained here, by the name that a link has for them: layers as in the project's configs/. */

/** @typedef {{ encoder: unknown[], decoder: unknown[] }} Network */

/** Units of layers from the image inwards; the decoder has the same in reverse. @param {...number} units @returns {Network} */
const dense = (...units) => ({ encoder: layers(units), decoder: [...layers([...units].reverse()), { dense: 784 }] });

/** @param {number[]} units */
const layers = (units) => units.flatMap((count) => [{ dense: count }, "relu"]);

/** @param {number} channels @param {number} kernel  it keeps height and width */
const conv = (channels, kernel) => ({ conv2d: { channels, kernel, stride: 1, padding: (kernel - 1) / 2 } });

const residual = { residual: ["silu", conv(32, 3), "silu", conv(32, 1)] };

/** That of configs/ladder/: patches of 4 x 4 pixels, so that the convolutions are on 7 x 7. @type {Network} */
const RESIDUAL = {
  encoder: [{ pixel_unshuffle: 4 }, conv(32, 3), residual, "silu", conv(16, 1), "silu", "flatten"],
  decoder: [
    { dense: 784 }, "silu", { unflatten: { height: 7, width: 7, channels: 16 } }, conv(32, 1), residual, residual, "silu",
    conv(16, 3), { pixel_shuffle: 4 },
  ],
};

/** @type {Record<string, Network>} */
export const NETWORKS = {
  200: dense(200),
  400: dense(400),
  "400-200": dense(400, 200),
  "512-256-128": dense(512, 256, 128),
  residual: RESIDUAL,
};
