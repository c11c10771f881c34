// @ts-check
/**
 * One workload after the other: makes its contestants, checks each answer against float64, and times them in rounds.
 *
 * The same in the page and in Node; who calls gives it the modules.
 */

import { Ours } from "./ours.mjs";
import { compare, repeated } from "./rounds.mjs";
import { workers } from "./workers.mjs";
import * as workloads from "./workloads.mjs";

/** @typedef {import("./rounds.mjs").Contestant} Contestant */
/** @typedef {import("./rounds.mjs").Timing} Timing */
/** @typedef {import("../peers/peer.js").Peer} Peer */
/** @typedef {import("../peers/peer.js").Work} Work */
/** @typedef {import("./workloads.mjs").Shape} Shape */
/**
 * `fault` says at the end what was wrong with an entrant whose answer is not that of the reference.
 * @typedef {{ contestant: Contestant, once?: () => void | Promise<void>, result(): Float32Array | Promise<Float32Array>, fault?: () => string,
 *   close(): void | Promise<void> }} Entrant
 */

/**
 * @typedef {object} Row  a workload and who did it how fast
 * @property {string} workload
 * @property {number} flops  of one call; products alone for the models
 * @property {number} [bytes]  of weights that one call has to read
 * @property {Timing[]} timings
 * @property {string[]} thrownOut  whoever was wrong or failed, and how
 */

/** Relative to the largest |reference|: sums of 1,024 products in another order move by 1e-6 of it. */
const TOLERANCE = 1e-4;

/** The second and third loss of training also carry what Adam makes of the smallest gradients. */
const LOSS_TOLERANCE = 1e-3;

/**
 * @typedef {object} Workload
 * @property {string} name
 * @property {number} flops
 * @property {number} [bytes]
 * @property {(ours: Ours) => Entrant[]} ours
 * @property {(peer: Peer) => Promise<{ work: Work, packed?: boolean }[]>} peer
 * @property {() => ArrayLike<number>} reference
 * @property {number} [steps]  results one after the other make the answer
 * @property {() => Promise<Entrant[]>} [page]  what the page itself makes of it, where there is one
 */

/** Multiply-adds of the dense VAE's layers for one picture. */
const { P, H, Z } = workloads;
const DENSE = P * H + 2 * H * Z + Z * H + H * P;
const CONVOLUTIONAL = 2 * (14 * 14 * 32 * 16 + 7 * 7 * 64 * 32 * 16) + 3 * 3136 * 16;

/** All of them, in the order of the table. @returns {Workload[]} */
export function workloadList() {
  return [
    ...workloads.SHAPES.map((shape) => product(shape)),
    ...workloads.VAE_BATCHES.map((batch) => ({
      name: `VAE 784-400-20 x${batch}`, flops: 2 * DENSE * batch, bytes: batch === 1 ? 4 * DENSE : undefined,
      ours: (/** @type {Ours} */ ours) => ours.vae(batch),
      peer: async (/** @type {Peer} */ peer) => (peer.vae ? [{ work: await peer.vae(batch) }] : []),
      reference: () => workloads.vaeReference(batch),
    })),
    {
      // Forward, and two products backward for each layer but the first, which needs no gradient of its input.
      name: `training step x${workloads.TRAINING_BATCH}`, flops: 2 * workloads.TRAINING_BATCH * (3 * DENSE - P * H),
      ours: (ours) => ours.training(workloads.TRAINING_BATCH),
      peer: async (peer) => (peer.training ? [{ work: await peer.training(workloads.TRAINING_BATCH) }] : []),
      reference: () => workloads.trainingLosses(workloads.TRAINING_BATCH), steps: 3, page: workers,
    },
    {
      name: "convolutional VAE x1", flops: 2 * CONVOLUTIONAL,
      ours: (ours) => ours.convVae(1),
      peer: async (peer) => (peer.convVae ? [{ work: await peer.convVae(1) }] : []),
      reference: workloads.convReference,
    },
  ];
}

/** Whether a workload's name is that of a product. @param {string} name */
export const isProduct = (name) => /^\d/.test(name);

/** @param {Shape} shape @returns {Workload} */
function product(shape) {
  const { m, k, n } = shape;
  return {
    name: `${m}x${k}x${n}`, flops: 2 * m * k * n, bytes: m === 1 ? 4 * k * n : undefined,
    ours: (ours) => ours.products(shape),
    async peer(peer) {
      const found = [];
      for (const packed of [true, false]) {
        const work = await peer.product?.(shape, { packed });
        if (work) found.push({ work, packed });
      }
      return found;
    },
    reference: () => workloads.productReference(shape),
  };
}

/**
 * @param {Workload} workload
 * @param {{ ours: Ours, peers: Peer[], rounds?: number, sliceMs?: number }} field
 * @returns {Promise<Row>}
 */
export async function measure(workload, { ours, peers, ...settings }) {
  const want = workload.reference();
  /** @type {string[]} */
  const thrownOut = [];
  /** @type {Entrant[]} */
  const right = [];
  const entrants = [...workload.ours(ours).map((entrant) => ({ ...entrant, once: () => entrant.contestant.run(1) })), ...await peerEntrants(workload, peers, thrownOut)];
  for (const entrant of entrants) {
    const fault = await faultOf(entrant, want, workload.steps);
    if (fault) {
      thrownOut.push(`${entrant.contestant.name}: ${fault}`);
      await entrant.close();
    } else right.push(entrant);
  }
  right.push(...await workload.page?.() ?? []);
  const timings = await compare([...ours.machine(workload.bytes), ...right.map(({ contestant }) => contestant)], settings);
  for (const { contestant, fault, close } of right) {
    if (fault?.()) thrownOut.push(`${contestant.name}: ${fault()}`);
    await close();
  }
  return { workload: workload.name, flops: workload.flops, bytes: workload.bytes, timings, thrownOut };
}

/** @param {Workload} workload @param {Peer[]} peers @param {string[]} thrownOut @returns {Promise<Entrant[]>} */
async function peerEntrants(workload, peers, thrownOut) {
  const entrants = [];
  for (const peer of peers) {
    try {
      for (const { work, packed } of await workload.peer(peer)) {
        const name = `${peer.name}${packed ? " packed" : ""}`;
        /** @type {Contestant} */
        const contestant = { name, kind: "peer", packed, run: repeated(() => work.run()) };
        entrants.push({ contestant, once: () => work.run(), result: () => work.result(), close: () => work.close() });
      }
    } catch (error) {
      thrownOut.push(`${peer.name}: ${error}`);
    }
  }
  return entrants;
}

/**
 * Nothing, or what is wrong with the answer.
 * @param {Entrant} entrant
 * @param {ArrayLike<number>} want
 * @param {number} [steps]
 */
async function faultOf({ once, result }, want, steps = 0) {
  try {
    if (!steps) {
      await once?.();
      return judged(workloads.relativeError(await result(), want), TOLERANCE);
    }
    for (let step = 0; step < steps; step += 1) {
      await once?.();
      const fault = judged(workloads.relativeError(await result(), [want[step]]), step ? LOSS_TOLERANCE : TOLERANCE);
      if (fault) return `step ${step + 1}: ${fault}`;
    }
    return "";
  } catch (error) {
    return String(error);
  }
}

/** @param {number} error @param {number} tolerance */
const judged = (error, tolerance) => (error <= tolerance ? "" : `off by ${error.toExponential(1)} of the largest |reference|`);
