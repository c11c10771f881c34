// @ts-check
/**
 * The shapes that more than one module of the page agrees on. Types only: nothing here runs.
 *
 * Dimension letters: B batch, P pixels (784), Z latent, C classes (10).
 */

/** @typedef {"scalar" | "simd128" | "relaxed"} Tier  Which of the three builds of the Rust core runs. */

/** @typedef {number[]} Stroke  One stroke, x and y interleaved, whole steps of the pad's grid (`GRID` in drawing.js). */

/**
 * What is on the pad: either strokes, or a 28x28 picture made from a dropped or pasted image.
 * @typedef {object} Drawing
 * @property {Stroke[]} strokes
 * @property {Uint8Array} [pixels]  P values, 255 = ink; only for a picture
 * @property {ImageBitmap} [picture]  the image that the pixels came from, while this tab still has it
 * @property {boolean} [isExample]  the page put it there, so the first stroke of a person replaces it
 */

/** @typedef {"draw" | "map" | "dimensions" | "posterior" | "blend" | "prior" | "codes" | "hand" | "brush" | "train" | "story"} RoomName */

/**
 * Everything that a person sets, and that a link carries.
 * @typedef {object} View
 * @property {RoomName} room
 * @property {Record<string, string>} own  what the rooms have set for themselves, as `room.setting`; text, as in the link
 * @property {string} model  name in models/index.json; "" = the default
 * @property {number} zSeed  seed of eps
 * @property {boolean} isMean  take z = mu instead of a sample
 * @property {number} priorSeed
 * @property {boolean} isNormalised
 * @property {boolean} isLearned  the prior's samples come from the learned prior, where the model has one
 * @property {Tier | undefined} tier  undefined = the best that validates
 * @property {Drawing} drawing
 */

/** @typedef {{ ink: number, xHat: number }} Tints  0xRRGGBB for pictures that come back from the worker. */

/**
 * One drawing on its whole way through the network.
 * @typedef {object} Reading
 * @property {boolean} isEmpty  nothing was drawn: z is 0 and the reconstruction is the prior mean
 * @property {Uint8ClampedArray} seen  RGBA, 28x28, ink colour with the value as alpha
 * @property {Uint8ClampedArray} reconstruction  RGBA, 28x28
 * @property {Float32Array} mu  Z
 * @property {Float32Array} sigma  Z; zeros for the plain autoencoder
 * @property {Float32Array} eps  Z; zeros where z = mu was asked for
 * @property {Float32Array} z  Z
 * @property {number} recon  nats, summed over P
 * @property {Float32Array} kl  nats per dimension, Z; empty for the plain autoencoder
 * @property {{ drawing: Verdict, reconstruction: Verdict }} [reads]  once there is a judge, and something is drawn
 * @property {number} ms  time in the worker
 */

/** @typedef {{ digit: number, share: number }} Verdict  What the judge reads in a picture, and its probability, 0…1. */

/** @typedef {{ seed: number, count: number, isLearned: boolean, tints: Tints, temperature?: number }} PriorRequest  eps is multiplied by temperature, 1 where none is said. */

/**
 * @typedef {object} PriorSamples
 * @property {Float32Array} z  count x Z
 * @property {Uint8ClampedArray[]} pictures  RGBA, 28x28 each
 * @property {Verdict[]} [reads]  one for each picture, once there is a judge
 * @property {number} ms  time in the worker
 */

/**
 * Any z to pictures.
 * @typedef {object} DecodeRequest
 * @property {Float32Array} z  B x Z
 * @property {number} colour  0xRRGGBB
 * @property {number} [columns]  so many images side by side in one picture; without it each is a picture
 * @property {boolean} [isJudged]  also what the judge reads in them
 * @property {Float32Array} [against]  Z: the pictures show how far each pixel is from that of this z, not the pixels
 */

/**
 * @typedef {object} Decoded
 * @property {Uint8ClampedArray[]} pictures  RGBA: B of 28x28, or one of all
 * @property {Verdict[]} [reads]
 * @property {number} ms  time in the worker
 */

/** @typedef {{ z: Float32Array, colour: number }} SpreadRequest  B x Z; 0xRRGGBB */

/**
 * How far the pictures of many z are apart: the standard deviation of each pixel, in parts of full ink.
 * @typedef {object} Spread
 * @property {Uint8ClampedArray} picture  RGBA, 28x28; full colour at 0.5, the most that values between 0 and 1 can have
 * @property {number} mean  over P
 * @property {number} most
 */

/** @typedef {{ mu: Float32Array, sigma: Float32Array }} Encoded  B x Z each; sigma is 0 for a plain autoencoder. */

/** @typedef {{ strokes: Stroke[], pixels?: Uint8Array, isNormalised: boolean }} PosteriorRequest */

/** @typedef {{ seen: Uint8Array, mu: Float32Array, sigma: Float32Array }} Posterior  P values, 255 = ink; Z; Z. Zeros where nothing is drawn. */

/** @typedef {{ strokes: Stroke[], pixels?: Uint8Array, isNormalised: boolean, zSeed: number, isMean: boolean, tints: Tints }} DrawRequest */

/**
 * One entry of www/models/index.json.
 * @typedef {object} ModelEntry
 * @property {string} name
 * @property {string} title
 * @property {string} file
 * @property {number} bytes
 * @property {number} latent
 * @property {ArrayBuffer} [weights]  of a model that was made here and is in no file
 * @property {{ latent?: { gaussian?: { flow?: object } } }} [config]  `flow`: its prior is a learned one
 * @property {Metrics} [metrics]  measured on the test digits
 */

/**
 * @typedef {object} Metrics
 * @property {{ elbo: number, recon: number, kl: number, kl_per_dim?: number[], active_units?: number }} [test]
 * @property {number} [images]
 * @property {number | null} [iw_bound]  nats, with `iw_k` samples
 * @property {number | null} [iw_k]
 * @property {{ reference: { accuracy: number }, samples?: { normal: Judged, learned?: Judged } }} [judge]
 */

/** @typedef {{ confident: number, images: number }} Judged  of so many samples, the share that the judge is sure of */

/** @typedef {{ default: string, models: ModelEntry[], ladder?: ModelEntry[] }} ModelIndex  `ladder`: one network with every weight of KL. */

/**
 * What a room gets to work with: what is known, and the ways to change it.
 * @typedef {object} Desk
 * @property {import("./client.js").Client} client
 * @property {() => Promise<import("./client.js").Client>} spare  a second worker with the same model, for hundreds of pictures at once;
 *   the first one where there is a single core
 * @property {View} view
 * @property {ModelEntry | undefined} model  the one that runs
 * @property {Reading | undefined} reading  of the drawing, by that model
 * @property {readonly number[]} order  the model's dimensions, the most used first
 * @property {Tints} tints
 * @property {(settings: Record<string, string | undefined>, isPassing?: boolean) => void} set  the room's own settings, without
 *   the room's name; undefined = at its default. A passing change (a drag under way) is no step for undo.
 * @property {(shared: Partial<Pick<View, "priorSeed" | "isLearned">>) => void} share  settings that this room has in common with the figure
 * @property {(drawing: Drawing) => void} put  another drawing onto the pad
 * @property {(entry: ModelEntry & { weights: ArrayBuffer }) => Promise<void>} adopt  makes a model that was not fetched the page's own;
 *   again and again while it is trained
 * @property {<T>(answer: Promise<T>) => Promise<T>} counted  tells scripts that watch the page that an answer is awaited
 * @property {(error: unknown) => void} fail  says an error in words
 */

/**
 * A room of the page: rooms/NAME.js exports `open(element, desk)`, which fills the element and returns this.
 * @typedef {object} Room
 * @property {() => void} show  reading, model, settings or theme may be others now: show them
 * @property {() => Shown} [picture]  what a person would want to keep of it
 * @property {() => void} [leave]  another room is opened
 */

/**
 * Pictures to keep, pixel for pixel.
 * @typedef {object} Shown
 * @property {string} name  of the file
 * @property {Uint8ClampedArray[]} pictures  RGBA, square
 * @property {number} side  of one of them, pixels
 * @property {number} columns  so many side by side
 */

/** @typedef {{ kind: string, message: string }} Trouble  An error as it crosses from the worker. */

/**
 * The class `Model` of the wasm build: a network with its weights.
 * @typedef {object} Model
 * @property {number} latent
 * @property {number} pixels
 * @property {string} record  JSON: format, config, training, metrics
 * @property {(x: Float32Array) => { mu: Float32Array, logVar?: Float32Array }} encode
 * @property {(mu: Float32Array, logVar: Float32Array, eps: Float32Array) => Float32Array} reparameterise
 * @property {(eps: Float32Array) => Float32Array} priorSample  z from noise, B x Z; the noise itself where p(z) = N(0, I)
 * @property {(z: Float32Array) => Float32Array} decode  logits, B x P
 * @property {(logits: Float32Array) => Float32Array} means
 * @property {(logits: Float32Array, x: Float32Array) => Float32Array} recon  nats per image
 * @property {(mu: Float32Array, logVar: Float32Array) => Float32Array} kl  nats, B x Z
 * @property {() => void} free
 */

/**
 * The class `Judge` of the wasm build: a classifier of digits.
 * @typedef {object} Judge
 * @property {(x: Float32Array) => Float32Array} probabilities  B x P in 0…1 → B x C
 * @property {() => void} free
 */

/**
 * What a build of the Rust core exports (pkg/TIER/latent_ink.js).
 * @typedef {object} Core
 * @property {() => Promise<unknown>} default  fetches and starts the wasm
 * @property {() => Tier} kernelTier
 * @property {(milliseconds: number) => "tall" | "wide"} chooseTile
 * @property {() => string} version
 * @property {(seed: number, rows: number, latent: number) => Float32Array} eps  standard normal
 * @property {(points: Float32Array, lengths: Uint32Array, canvas: number, normalise: boolean) => Float32Array | undefined} inkFromStrokes
 * @property {(picture: ImageData) => Float32Array | undefined} inkFromPicture
 * @property {(pixels: Float32Array, colour: number) => Uint8ClampedArray} rgba
 * @property {new (weights: Uint8Array) => Model} Model
 * @property {new (weights: Uint8Array) => Judge} Judge
 */

export {};
