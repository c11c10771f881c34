// @ts-check
/**
 * Timing: contestants take turns in rounds, so that a machine that slows down slows all of them.
 *
 * In a round everyone works for at least `sliceMs`, in an order that turns with the rounds; of its slices a contestant's best
 * and median are kept. Runs in the page and in Node.
 */

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {(calls: number) => void | Promise<void>} run
 * @property {"ours" | "peer" | "peak" | "memory"} [kind]
 * @property {boolean} [packed]  B was known beforehand
 * @property {string} [tier]
 * @property {number} [steps]  that a call consists of, where one alone cannot be timed; the figures are those of one
 * @property {number} [amount]  of floating-point operations or bytes in a call, where the workload does not say
 */

/** @typedef {{ name: string, kind?: string, packed?: boolean, tier?: string, amount?: number, best: number, median: number, calls: number }} Timing  ms a call */

/** Before anything counts each contestant runs this long, so that the browser has compiled it with all its optimisations. */
const WARM_UP_MS = 150;

/**
 * @param {Contestant[]} contestants
 * @param {{ rounds?: number, sliceMs?: number }} [settings]
 * @returns {Promise<Timing[]>}
 */
export async function compare(contestants, { rounds = 21, sliceMs = 10 } = {}) {
  /** @type {{ contestant: Contestant, calls: number, ms: number[] }[]} */
  const entries = [];
  for (const contestant of contestants) entries.push({ contestant, calls: await warmedCalls(contestant, sliceMs), ms: [] });
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < entries.length; turn += 1) {
      const entry = entries[(turn + round) % entries.length];
      entry.ms.push(await slice(entry.contestant, entry.calls) / entry.calls);
    }
  }
  return entries.map(({ contestant: { name, kind, packed, tier, amount, steps = 1 }, calls, ms }) => {
    const sorted = ms.map((each) => each / steps).toSorted((a, b) => a - b);
    return { name, kind, packed, tier, amount, best: sorted[0], median: sorted[sorted.length >> 1], calls };
  });
}

/** Warms a contestant up and returns how many calls fill a slice. @param {Contestant} contestant @param {number} sliceMs */
async function warmedCalls(contestant, sliceMs) {
  const began = performance.now();
  let calls = 1;
  let fastest = Infinity;
  do {
    const ms = await slice(contestant, calls);
    // A coarse clock may say that a call took no time at all.
    if (ms > 0) fastest = Math.min(fastest, ms / calls);
    if (ms < sliceMs) calls *= 2;
  } while (performance.now() - began < WARM_UP_MS || fastest === Infinity);
  return Math.max(1, Math.ceil(sliceMs / fastest));
}

/** The ms that `calls` calls take. @param {Contestant} contestant @param {number} calls */
async function slice({ run }, calls) {
  const began = performance.now();
  const pending = run(calls);
  if (pending) await pending;
  return performance.now() - began;
}

/**
 * A contestant's `run` from what computes once; a promise is waited for before the next call.
 * @param {() => void | Promise<void>} once
 * @returns {(calls: number) => void | Promise<void>}
 */
export function repeated(once) {
  return (calls) => {
    for (let call = 0; call < calls; call += 1) {
      const pending = once();
      if (pending) return pending.then(() => rest(once, calls - call - 1));
    }
    return undefined;
  };
}

/** @param {() => void | Promise<void>} once @param {number} calls */
async function rest(once, calls) {
  for (let call = 0; call < calls; call += 1) await once();
}
