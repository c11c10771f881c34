// @ts-check
/** What runs in the page of the benchmarks: `run.mjs` calls `globalThis.bench` from outside. */

import { Ours } from "./ours.mjs";
import { shippedRows } from "./shipped.mjs";
import { measure, workloadList } from "./suite.mjs";
import { loadDigits } from "./workloads.mjs";

/** The modules of benches/peers; one may hold several peers; jax-js first, for it wants to look around alone. */
const PEERS = ["jax", "litert", "onnxruntime", "tfjs", "rust"];

/** @type {Ours} */
let ours;
/** @type {import("../peers/peer.js").Peer[]} */
const peers = [];

const bench = {
  /** Loads our tiers and the digits, lets the tiers choose their tiles as the page does, and says which. @param {string[]} tiers */
  async openOurs(tiers) {
    /** @type {Record<string, any>} */
    const modules = {};
    for (const tier of tiers) {
      modules[tier] = await import(new URL(`../../target/wasm-bench/${tier}/bench_wasm.js`, import.meta.url).href);
      await modules[tier].default();
    }
    ours = new Ours(modules);
    await loadDigits(new URL("../../target/digits/mnist-train-0.bin", import.meta.url));
    // Until two trials agree: one of a fresh page may end before the browser has compiled the kernels well.
    return tiers.map((tier) => {
      const trial = () => modules[tier].chooseTile(30);
      let [before, tile] = [trial(), trial()];
      for (let more = 5; tile !== before && more > 0; more -= 1) [before, tile] = [tile, trial()];
      return `${tier} ${tile}`;
    });
  },

  /** Loads the peers and says what is there, and what is not and why. @param {string} word  of the peers' modules; empty: all */
  async openPeers(word) {
    const base = new URL("../peers/", import.meta.url).href;
    /** @type {string[]} */
    const missing = [];
    for (const name of PEERS.filter((one) => one.includes(word))) {
      try {
        peers.push(.../** @type {typeof peers} */ ([]).concat(await (await import(`${base}${name}.mjs`)).open(base)));
      } catch (error) {
        missing.push(`${name}: ${error}`);
      }
    }
    return { names: peers.map(({ name, version }) => `${name} ${version}`), missing };
  },

  /** @param {string} name @param {{ rounds?: number, sliceMs?: number }} settings */
  measure(name, settings) {
    const workload = workloadList().find((one) => one.name === name);
    if (!workload) throw new Error(`there is no workload "${name}"`);
    return measure(workload, { ours, peers, ...settings });
  },

  shippedRows,
};

Object.assign(globalThis, { bench });

/** @typedef {typeof bench} Bench */
