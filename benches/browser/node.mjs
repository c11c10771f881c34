// @ts-check
/** One workload in Node: prints its row as JSON. `run.mjs` calls it with whatever flag this Node needs. */

import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { Ours } from "./ours.mjs";
import { measure, workloadList } from "./suite.mjs";

/** Those that run without a page; one may hold several peers; jax-js first, for it wants to look around alone. */
const PEERS = ["jax", "onnxruntime", "tfjs", "rust"];

const { values: { peers: word, workload: name, rounds, slice } } = parseArgs({
  options: {
    peers: { type: "string" }, workload: { type: "string" }, rounds: { type: "string", default: "21" }, slice: { type: "string", default: "10" },
  },
});
const workload = workloadList().find((one) => one.name === name);
if (!workload) throw new Error(`there is no workload "${name}"`);

/** @type {Record<string, any>} */
const modules = {};
for (const tier of ["simd128", "relaxed"]) {
  const folder = new URL(`../../target/wasm-bench/${tier}/`, import.meta.url);
  modules[tier] = await import(new URL("bench_wasm.js", folder).href);
  modules[tier].initSync({ module: readFileSync(new URL("bench_wasm_bg.wasm", folder)) });
}
const base = new URL("../peers/", import.meta.url).href;
/** @type {import("../peers/peer.js").Peer[]} */
const peers = [];
for (const name of word === undefined ? [] : PEERS.filter((peer) => peer.includes(word))) {
  try {
    peers.push(.../** @type {typeof peers} */ ([]).concat(await (await import(`${base}${name}.mjs`)).open(base)));
  } catch (error) {
    console.error(`missing in Node: ${name}: ${error}`);
  }
}
const row = await measure(workload, { ours: new Ours(modules), peers, rounds: Number(rounds), sliceMs: Number(slice) });
process.stdout.write(JSON.stringify(row), () => process.exit(0));
