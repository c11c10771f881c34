// @ts-check
/** The models that ship, with or without a learned prior, whichever of them has one by now. */

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("../../www/types.js").ModelIndex} ModelIndex */

/** The flow that is put in only narrows: z = NARROWING ε. */
const NARROWING = 0.6;
/** |s| of a coupling is below this; `MOST_SCALE` in src/model/flow.rs. */
const MOST_SCALE = 2;
const FLOW = { couplings: 2, hidden: 1 };

/**
 * From now on no model has a learned prior, as far as the list says.
 * @param {Page} page
 */
export async function withoutFlows(page) {
  await changeIndex(page, () => {});
}

/**
 * From now on the default model has a learned prior, and no other: its own, or one that narrows.
 * @param {Page} page
 */
export async function withFlow(page) {
  await changeIndex(page, (index) => void Object.assign(defaultOf(index).config?.latent?.gaussian ?? {}, { flow: FLOW }));
  await page.route("**/models/*.safetensors", async (route) => {
    const index = await (await page.request.get(new URL("index.json", route.request().url()).href)).json();
    const { file, latent } = defaultOf(index);
    if (!route.request().url().endsWith(file)) return route.fallback();
    const response = await route.fetch();
    return route.fulfill({ response, body: narrowed(await response.body(), latent) });
  });
}

/** @param {ModelIndex} index */
const defaultOf = ({ models, default: first }) => models.find(({ name }) => name === first) ?? models[0];

/**
 * Serves the list of models without any learned prior, and then changed.
 * @param {Page} page
 * @param {(index: ModelIndex) => void} change
 */
async function changeIndex(page, change) {
  await page.route("**/models/index.json", async (route) => {
    const response = await route.fetch();
    /** @type {ModelIndex} */
    const index = await response.json();
    for (const { config } of index.models) delete config?.latent?.gaussian?.flow;
    change(index);
    await route.fulfill({ response, json: index });
  });
}

/**
 * A weights file with a flow of two couplings, each of which scales one half of the dimensions; as it is where it has one.
 * @param {Buffer} file
 * @param {number} size  Z
 */
function narrowed(file, size) {
  const start = 8 + Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.subarray(8, start).toString());
  const record = JSON.parse(header.__metadata__["latent-ink"]);
  if (record.config.latent.gaussian.flow) return file;
  record.config.latent.gaussian.flow = FLOW;
  header.__metadata__["latent-ink"] = JSON.stringify(record);
  const body = [file.subarray(start)];
  let end = file.length - start;
  const add = (/** @type {string} */ name, /** @type {number[]} */ shape, /** @type {number[]} */ values) => {
    const bytes = Buffer.from(Float32Array.from(values).buffer);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + bytes.length] };
    body.push(bytes);
    end += bytes.length;
  };
  const zeros = (/** @type {number} */ count) => Array(count).fill(0);
  for (let n = 0; n < FLOW.couplings; n += 1) {
    const kept = Array.from({ length: size }, (_, j) => j).filter((j) => (j & 1) === (n & 1)).length;
    const moved = size - kept;
    add(`prior.${n}.0.weight`, [1, kept], zeros(kept));
    add(`prior.${n}.0.bias`, [1], [0]);
    add(`prior.${n}.2.weight`, [1, 1], [0]);
    add(`prior.${n}.2.bias`, [1], [0]);
    add(`prior.${n}.4.weight`, [2 * moved, 1], zeros(2 * moved));
    add(`prior.${n}.4.bias`, [2 * moved], [...zeros(moved).fill(Math.atanh(-Math.log(NARROWING) / MOST_SCALE)), ...zeros(moved)]);
  }
  const text = JSON.stringify(header);
  const head = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(head.length));
  return Buffer.concat([length, head, ...body]);
}
