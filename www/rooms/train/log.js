// @ts-check
/**
 * A run's log as CSV: a line for each step, with the columns of `latent-ink train --csv` where they mean the same there,
 * and what was held out where it was measured. The first line of measures is of step 0, the random weights.
 */

const COLUMNS = "epoch,step,recon,kl,norm,learning_rate,beta,seconds,held_out_recon,held_out_kl";

/**
 * @param {Pick<import("./run.js").Run, "log" | "measures" | "stepsPerEpoch">} run
 * @returns {string}
 */
export function logOf({ log, measures, stepsPerEpoch }) {
  const heldOut = new Map(measures.map((measure) => [measure.step, measure]));
  const measured = (/** @type {number} */ step) => {
    const measure = heldOut.get(step);
    return measure ? [places(measure.recon), places(measure.kl)] : ["", ""];
  };
  const lines = Array.from(log, ({ step, recon, kl, norm, rate, beta, trained }) => [
    Math.ceil(step / stepsPerEpoch), step, places(recon), places(kl), places(norm), rate.toExponential(6), Number(beta.toPrecision(7)),
    (trained / 1000).toFixed(2), ...measured(step),
  ]);
  const start = heldOut.has(0) ? [[0, 0, "", "", "", "", "", "0.00", ...measured(0)]] : [];
  return [COLUMNS, ...[...start, ...lines].map((line) => line.join(","))].join("\n") + "\n";
}

/** As many as the native log has; nats. @param {number} value */
const places = (value) => value.toFixed(4);
