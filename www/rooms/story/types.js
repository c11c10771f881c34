// @ts-check
/** The shapes that the story, its scenes and its worker agree on. Types only: nothing here runs. */

/** @typedef {{ recon: number, dMu: Float32Array, dLogVar: Float32Array }} Slopes  of D alone; `dMu` is that by z as well. */
/** @typedef {Slopes & { dSigma: Float32Array }} Gradients */

/**
 * What the build for training adds to a model.
 * @typedef {object} Studied
 * @property {(x: Float32Array, eps: Float32Array) => Slopes} gradients
 * @property {(x: Float32Array, seed: number, most: number) => Float64Array} runningBound
 */

/** @typedef {import("../../types.js").Model & Studied} StudioModel */

/**
 * @typedef {object} Aggregate
 * @property {() => Float64Array} deviations
 * @property {() => number} klOfMoments
 * @property {(dimension: number, at: Float32Array, least: number) => Float32Array} marginal
 * @property {(a: number, b: number, across: Float32Array, down: Float32Array, least: number) => Float32Array} plane
 * @property {() => void} free
 */

/**
 * @typedef {object} Added
 * @property {new (weights: Uint8Array) => StudioModel} Model
 * @property {new (mu: Float32Array, sigma: Float32Array, size: number) => Aggregate} Aggregate
 */

/** @typedef {Omit<import("../../types.js").Core, "Model"> & Added} StudioCore */

/**
 * One image on its way through a model, at one z.
 * @typedef {object} Read
 * @property {Float32Array} mu  Z
 * @property {Float32Array} logVar  Z; empty for the plain autoencoder
 * @property {Float32Array} sigma  Z; zeros for the plain autoencoder
 * @property {Float32Array} z  Z
 * @property {Float32Array} kl  nats, Z; empty for the plain autoencoder
 * @property {number} recon  nats
 * @property {Uint8ClampedArray} picture  RGBA, 28x28
 */

/** @typedef {import("../../types.js").Encoded & { kl: number }} CloudPart  with the nats of all its images; infinite for a plain autoencoder */

/**
 * @typedef {object} MixtureRequest
 * @property {string} model
 * @property {[number, number]} plane  two dimensions
 * @property {number} points  along an axis
 * @property {number} [reach]  where the axes end; without it, as far as the widest dimension needs
 * @property {number} least  a smaller sigma is drawn as if it were this: a point has no density
 */

/**
 * @typedef {object} Mixture
 * @property {Float32Array} at  the points of an axis
 * @property {Float64Array} deviations  of each dimension
 * @property {Float32Array[]} marginals  the density of each dimension at each point
 * @property {Float32Array} density  of two, row by row
 * @property {number[]} levels  densities above which lie as large shares as within one, two and three sigma of N(0, I)
 * @property {number} kl  nats: the least KL to N(0, I) that mean and covariance allow
 */

/** @typedef {{ pictures: Uint8ClampedArray[], reads: import("../../types.js").Verdict[] }} Sampled */

/**
 * A symbol of a scene's equation.
 * @typedef {object} Symbol
 * @property {string} name  also that of its parts in the figure, as `data-symbol`
 * @property {string} sign
 * @property {string} colour  class of its colour
 * @property {string} region  of the Rust that computes it
 */

/**
 * What a scene gets to work with.
 * @typedef {object} Stage
 * @property {import("../../types.js").Desk} desk
 * @property {import("./studio.js").Studio} studio
 * @property {HTMLElement} figure  to be filled
 * @property {(name: string) => string | undefined} own  a setting of the scene, as text
 * @property {(settings: Record<string, string | undefined>, isPassing?: boolean) => void} set
 * @property {(values: Record<string, string>) => void} tell  the values of the symbols now
 * @property {() => void} lit  parts of the figure are new: those of the chosen symbol light up
 * @property {(error: unknown) => void} fail
 */

/**
 * A scene while it is open.
 * @typedef {object} Scene
 * @property {() => void} show  drawing, settings or theme may be others
 * @property {() => void} [leave]  another scene or room takes its place: what runs ends
 */

export {};
