// @ts-check
/**
 * Figures from headless Chromium and from Node, called by `cargo xtask bench`, which serves the checkout and builds the modules.
 *
 *     node benches/browser/run.mjs [--peers [--peer=WORD]] [--only=WORD] [--check] [--rounds=N] [--slice=MS]
 *
 * All contestants of a workload stand in one page and take turns there. `--only` measures the workloads whose names hold WORD, `--peer` opens the
 * modules of benches/peers whose names hold WORD; `--check` compares with docs/benchmarks.json and fails where a share of the peak
 * fell by over 15 %. On a busy machine more and shorter slices find the best ones sooner.
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { BASE_URL, launch } from "../../tests/e2e/browser.mjs";
import { isProduct, workloadList } from "./suite.mjs";
import { better, judge, print, regressions } from "./tables.mjs";

/** @typedef {import("./tables.mjs").Judged} Judged */
/** @typedef {import("./page.mjs").Bench} Bench */

const RECORD = fileURLToPath(new URL("../../docs/benchmarks.json", import.meta.url));
const SHIPPED = "shipped models";

/** How often `--check` measures a row again before it believes that it got worse: a busy machine looks the same once. */
const SECOND_LOOKS = 2;

const { values: options } = parseArgs({
  options: {
    peers: { type: "boolean", default: false }, peer: { type: "string", default: "" }, only: { type: "string", default: "" },
    check: { type: "boolean", default: false }, rounds: { type: "string", default: "21" }, slice: { type: "string", default: "10" },
  },
});
const settings = { rounds: Number(options.rounds), sliceMs: Number(options.slice) };
/** @type {{ chromium: { rows: Judged[] }, node: { rows: Judged[] } } | undefined} */
const recorded = options.check ? JSON.parse(readFileSync(RECORD, "utf8")) : undefined;
/** Stands for the page's own, whose functions the page is told to call. @type {Bench} */
const bench = /** @type {any} */ (undefined);

/** @type {string[]} */
const worse = [];
const chromium = await inChromium();
const node = await inNode();
if (process.env.BENCH_OUT) {
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(join(process.env.BENCH_OUT, "browser.json"), `${JSON.stringify({ date, chromium, node }, null, 1)}\n`);
}
if (recorded) {
  for (const line of worse) console.error(`over 15 % worse: ${line}`);
  if (worse.length) process.exitCode = 1;
  else console.log("\nno row is over 15 % worse than docs/benchmarks.json");
}

async function inChromium() {
  const browser = await launch();
  const version = browser.version();
  console.log(`Chromium ${version}, one thread, ${settings.rounds} rounds; * is ours`);
  const rows = [];
  let saidWho = false;
  let saidTiles = "";
  for (const { name } of workloadList().filter(({ name: what }) => what.includes(options.only))) {
    const page = await openPage(browser);
    const tiles = await page.evaluate((tiers) => bench.openOurs(tiers), ["simd128", "relaxed"]);
    if (tiles.join() !== saidTiles) console.log(`tiles: ${tiles.join(", ")}`);
    saidTiles = tiles.join();
    if (options.peers) {
      const { names, missing } = await page.evaluate((word) => bench.openPeers(word), options.peer);
      if (!saidWho) console.log(`peers: ${names.join(", ")}`);
      for (const line of missing) console.log(`  missing: ${line}`);
    }
    saidWho = true;
    const measured = () => page.evaluate(([what, how]) => bench.measure(what, how), /** @type {const} */ ([name, settings]));
    rows.push(await shown("Chromium", recorded?.chromium.rows, async () => judge(await measured())));
    await page.context().close();
  }
  const shipped = SHIPPED.includes(options.only) ? await (await openPage(browser)).evaluate((how) => bench.shippedRows(how), settings) : [];
  if (shipped.length) printShipped(shipped);
  await browser.close();
  return { version, rows, shipped };
}

/**
 * A page of its own for each workload: in one for all, LiteRT.js came to the last one ten times slower than alone.
 * @param {import("playwright-core").Browser} browser
 */
async function openPage(browser) {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`page: ${error.message}`));
  await page.goto(new URL("benches/browser/index.html", BASE_URL).href);
  await page.waitForFunction(() => "bench" in globalThis);
  return page;
}

/** The products in Node. */
async function inNode() {
  const version = process.versions.node;
  console.log(`\nNode ${version}`);
  const rows = [];
  for (const { name } of workloadList().filter(({ name: what }) => isProduct(what) && what.includes(options.only))) {
    rows.push(await shown("Node", recorded?.node.rows, async () => judge(measureInNode(name))));
  }
  return { version, rows };
}

/** One workload, in a process of its own: an older Node needs a flag for relaxed SIMD. @param {string} name @returns {import("./suite.mjs").Row} */
function measureInNode(name) {
  const flags = Number(process.versions.node.split(".")[0]) < 21 ? ["--experimental-wasm-relaxed-simd"] : [];
  const script = fileURLToPath(new URL("node.mjs", import.meta.url));
  const given = [`--workload=${name}`, `--rounds=${options.rounds}`, `--slice=${options.slice}`, ...(options.peers ? [`--peers=${options.peer}`] : [])];
  const { status, stdout } = spawnSync(process.execPath, [...flags, script, ...given], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`benches/browser/node.mjs failed (${status})`);
  return JSON.parse(stdout);
}

/**
 * Measures and prints a row; under `--check` again where it looks worse than recorded, and notes what stays so.
 * @param {string} where
 * @param {Judged[] | undefined} before
 * @param {() => Promise<Judged>} measured
 */
async function shown(where, before, measured) {
  let row = await measured();
  print(row);
  if (!before) return row;
  for (let look = 0; look < SECOND_LOOKS && regressions(row, before, where).length; look += 1) row = better(row, await measured());
  worse.push(...regressions(row, before, where));
  return row;
}

/** @param {import("./shipped.mjs").ShippedRow[]} rows */
function printShipped(rows) {
  const tiers = Object.keys(rows[0].ms);
  console.log(`\n${SHIPPED.padEnd(44)}`, ...tiers.map((tier) => tier.padStart(17)), " best / median ms");
  for (const { what, ms, best, atMost } of rows) {
    const figures = tiers.map((tier) => `${best[tier].toFixed(3)} / ${ms[tier].toFixed(3)}`.padStart(17));
    const limit = atMost === undefined ? "" : `  relaxed at most ${atMost}${ms.relaxed > atMost ? ": MISSED" : ""}`;
    console.log(`${what.padEnd(44)} ${figures.join(" ")}${limit}`);
  }
}
