// @ts-check
/** From timings to figures: GFLOP/s, shares of the same run's peak, ratios to the best peer; and their tables. */

/** @typedef {import("./suite.mjs").Row} Row */
/** @typedef {import("./rounds.mjs").Timing} Timing */

/**
 * @typedef {object} Figure  one contestant of one row
 * @property {string} who
 * @property {string} [kind]
 * @property {number} best  ms
 * @property {number} median  ms
 * @property {number} gflops  of the best slice
 * @property {number} share  of the peak of the same run: that of its tier, or relaxed_madd's
 * @property {number} [ofMemory]  share of the memory bandwidth of the same run, where reading weights is the work
 * @property {number} [ratioBest]  best peer's best / our best
 * @property {number} [ratioMedian]
 */

/** @typedef {{ workload: string, peaks: Record<string, number>, memory: number, bestPeer?: string, figures: Figure[], thrownOut: string[] }} Judged */

/**
 * @param {Row} row
 * @returns {Judged}
 */
export function judge({ workload, flops, bytes, timings, thrownOut }) {
  const rate = (/** @type {Timing} */ timing) => (timing.amount ?? 0) / timing.best / 1e6;
  const peaks = Object.fromEntries(timings.filter(({ kind }) => kind === "peak").map((timing) => [timing.tier ?? "", rate(timing)]));
  const reading = timings.find(({ kind }) => kind === "memory");
  const memory = reading ? rate(reading) : NaN;
  const peers = timings.filter(({ kind }) => kind === "peer");
  const figures = timings.filter(({ kind }) => kind === "ours" || kind === "peer").map((timing) => {
    const gflops = flops / timing.best / 1e6;
    const rivals = timing.kind === "ours" ? peers.filter(({ packed }) => timing.packed !== false || !packed) : [];
    return {
      who: timing.name, kind: timing.kind, best: timing.best, median: timing.median, gflops,
      share: gflops / (peaks[timing.tier ?? "relaxed"] ?? peaks.relaxed),
      ...(bytes && { ofMemory: bytes / timing.best / 1e6 / memory }),
      ...(rivals.length && {
        ratioBest: Math.min(...rivals.map(({ best }) => best)) / timing.best,
        ratioMedian: Math.min(...rivals.map(({ median }) => median)) / timing.median,
      }),
    };
  });
  const bestPeer = peers.toSorted((a, b) => a.best - b.best)[0]?.name;
  return { workload, peaks, memory, bestPeer, figures, thrownOut };
}

/**
 * Prints one workload.
 * @param {Judged} judged
 */
export function print({ workload, peaks, memory, figures, thrownOut }) {
  const machine = Object.entries(peaks).map(([tier, peak]) => `peak ${tier} ${peak.toFixed(1)} GFLOP/s`);
  console.log(`\n${workload}   (${[...machine, `memory ${memory.toFixed(1)} GB/s`].join(", ")})`);
  console.log("".padEnd(28), ...["best ms", "median", "GFLOP/s", "of peak", "of memory", "x peer", "x median"].map((word) => word.padStart(9)));
  const percent = (/** @type {number | undefined} */ share) => (share === undefined || Number.isNaN(share) ? "" : `${(100 * share).toFixed(1)} %`).padStart(9);
  const times = (/** @type {number | undefined} */ ratio) => (ratio === undefined ? "" : ratio.toFixed(2)).padStart(9);
  for (const figure of figures.toSorted((a, b) => a.best - b.best)) {
    console.log(
      `${figure.kind === "ours" ? "* " : "  "}${figure.who}`.padEnd(28),
      figure.best.toFixed(4).padStart(9), figure.median.toFixed(4).padStart(9), figure.gflops.toFixed(1).padStart(9),
      percent(figure.share), percent(figure.ofMemory), times(figure.ratioBest), times(figure.ratioMedian),
    );
  }
  for (const line of thrownOut) console.log(`  thrown out: ${line}`);
}

/**
 * What of ours is over 15 % worse than recorded, in words.
 * @param {Judged} now
 * @param {Judged[]} recorded
 * @param {string} where
 */
export function regressions({ workload, figures }, recorded, where) {
  const ALLOWED = 0.85;
  const before = recorded.find((row) => row.workload === workload)?.figures ?? [];
  return before.filter(({ kind }) => kind === "ours").flatMap((old) => {
    const share = figures.find(({ who }) => who === old.who)?.share ?? 0; // who was thrown out is worst of all
    if (share >= ALLOWED * old.share) return [];
    return [`${where}, ${workload}, ${old.who}: ${(100 * share).toFixed(1)} % of the peak, recorded ${(100 * old.share).toFixed(1)} %`];
  });
}

/**
 * Of two looks at a workload each contestant's better one.
 * @param {Judged} one
 * @param {Judged} other
 * @returns {Judged}
 */
export function better(one, other) {
  const figures = one.figures.map((figure) => {
    const again = other.figures.find(({ who }) => who === figure.who);
    return again && again.share > figure.share ? again : figure;
  });
  return { ...one, figures };
}
