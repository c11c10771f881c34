// @ts-check
/**
 * Figures from headless Chromium and from Node, called by `cargo xtask bench`, which serves the checkout and builds the modules.
 *
 *     node benches/browser/run.mjs [--peers[=WORD]] [--only=WORD] [--check] [--rounds=N]
 *
 * Everything stands in one page and takes turns there. `--only` measures the workloads whose names hold WORD; `--check` compares
 * with docs/benchmarks.json and fails where a share of the peak fell by over 15 %.
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { BASE_URL, launch } from "../../tests/e2e/browser.mjs";
import { judge, print, regressions } from "./tables.mjs";

/** @typedef {import("./tables.mjs").Judged} Judged */
/** @typedef {import("./page.mjs").Bench} Bench */

const RECORD = fileURLToPath(new URL("../../docs/benchmarks.json", import.meta.url));
const SHIPPED = "shipped models";

const { values: options } = parseArgs({
  options: {
    peers: { type: "boolean", default: false }, peer: { type: "string", default: "" }, only: { type: "string", default: "" },
    check: { type: "boolean", default: false }, rounds: { type: "string", default: "21" },
  },
});
/** Stands for the page's own, whose functions the page is told to call. @type {Bench} */
const bench = /** @type {any} */ (undefined);
const settings = { rounds: Number(options.rounds) };

const chromium = await inChromium();
const node = inNode();
if (process.env.BENCH_OUT) {
  writeFileSync(join(process.env.BENCH_OUT, "browser.json"), `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), chromium, node }, null, 1)}\n`);
}
if (options.check) check();

async function inChromium() {
  const browser = await launch();
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`page: ${error.message}`));
  await page.goto(new URL("benches/browser/index.html", BASE_URL).href);
  await page.waitForFunction(() => "bench" in globalThis);
  await page.evaluate((tiers) => bench.openOurs(tiers), ["simd128", "relaxed"]);
  if (options.peers) {
    const { names, missing } = await page.evaluate((word) => bench.openPeers(word), options.peer);
    console.log(`peers: ${names.join(", ")}`);
    for (const line of missing) console.log(`  missing: ${line}`);
  }
  console.log(`Chromium ${browser.version()}, one thread, ${settings.rounds} rounds; * is ours`);
  /** @type {Judged[]} */
  const rows = [];
  for (const name of await page.evaluate(() => bench.workloads())) {
    if (!name.includes(options.only)) continue;
    const row = judge(await page.evaluate(([what, how]) => bench.measure(what, how), /** @type {const} */ ([name, settings])));
    print(row);
    rows.push(row);
  }
  const shipped = SHIPPED.includes(options.only) ? await page.evaluate((how) => bench.shippedRows(how), settings) : [];
  if (shipped.length) printShipped(shipped);
  const version = browser.version();
  await browser.close();
  return { version, rows, shipped };
}

/** @param {{ what: string, ms: Record<string, number> }[]} rows */
function printShipped(rows) {
  const tiers = Object.keys(rows[0].ms);
  console.log(`\n${"shipped models".padEnd(44)}`, ...tiers.map((tier) => tier.padStart(9)), " median ms");
  for (const { what, ms } of rows) console.log(what.padEnd(44), ...tiers.map((tier) => ms[tier].toFixed(3).padStart(9)));
}

/** The same workloads in Node, in a process of its own: an older one needs a flag for relaxed SIMD. @returns {{ version: string, rows: Judged[] }} */
function inNode() {
  const flags = Number(process.versions.node.split(".")[0]) < 21 ? ["--experimental-wasm-relaxed-simd"] : [];
  const script = fileURLToPath(new URL("node.mjs", import.meta.url));
  const given = [options.peers ? `--peers=${options.peer}` : "", `--only=${options.only}`, `--rounds=${options.rounds}`].filter(Boolean);
  const { status, stdout } = spawnSync(process.execPath, [...flags, script, ...given], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 26 });
  if (status !== 0) throw new Error(`benches/browser/node.mjs failed (${status})`);
  const rows = /** @type {import("./suite.mjs").Row[]} */ (JSON.parse(stdout)).map(judge);
  if (rows.length) console.log(`\nNode ${process.versions.node}`);
  rows.forEach(print);
  return { version: process.versions.node, rows };
}

function check() {
  const recorded = JSON.parse(readFileSync(RECORD, "utf8"));
  const worse = [
    ...regressions(chromium.rows, recorded.chromium.rows, "Chromium"), ...regressions(node.rows, recorded.node.rows, "Node"),
  ];
  for (const line of worse) console.error(`over 15 % worse: ${line}`);
  if (worse.length) process.exitCode = 1;
  else console.log("\nno row is over 15 % worse than docs/benchmarks.json");
}
