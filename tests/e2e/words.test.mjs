// @ts-check
/** The catalogues of words, without a page: two languages of the same shape, nothing left in English, nothing that nobody says. */

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { parse } from "acorn";

const WWW = new URL("../../www/", import.meta.url);
const read = (/** @type {string} */ file) => readFileSync(new URL(file, WWW), "utf8");
const files = readdirSync(WWW, { recursive: true }).map((file) => String(file).replaceAll("\\", "/")).sort();
const catalogues = files.filter((file) => file.endsWith(".en.js")).map((file) => file.slice(0, -".en.js".length));
const modules = files.filter((file) => file.endsWith(".js") && !/^(words|vendor)\//.test(file));

/** What is the same in both languages: names, symbols and commands. */
const SAME = ["KL", "SIMD", "relaxed SIMD", "VAE", "VQ-VAE", "a − b + c", "cargo xtask data fashion"];

/** Texts of modules in English: nobody reads them, or they come out of workers and browsers, whose errors are in English as Rust's are. */
const ENGLISH = [
  "beta-VAE: Learning Basic Visual Concepts with a Constrained Variational Framework", // a paper, in its own language
  "off the pad", "number too long", "another model was chosen", "it has come apart", // caught, or said by the catalogue
  "Latent Ink, in the page", // in a file
  "no model has been loaded yet", "no images have been encoded yet", "no run has begun", "its script did not start", "the recorder failed",
  "a worker that helps to train did not start", "one of the workers that train together has stopped answering",
];

/** In the place of what a template puts in. */
const HOLE = "\ufffc";

/**
 * Every text that a piece of source holds, but not what it imports or names a property.
 * @param {any} node  of a syntax tree
 * @returns {string[]}
 */
function textsIn(node) {
  if (!node || typeof node !== "object") return [];
  if (Array.isArray(node)) return node.flatMap(textsIn);
  if (node.type === "Literal") return typeof node.value === "string" ? [node.value] : [];
  if (node.type === "TemplateLiteral") {
    const text = node.quasis.map((/** @type {any} */ quasi) => quasi.value.cooked).join(HOLE);
    return [text, ...textsIn(node.expressions)];
  }
  if (/^(Import|Export(Named|All))/.test(node.type) && node.source) return [];
  const { key, computed, ...rest } = node;
  return Object.values(computed ? { ...rest, key } : rest).flatMap(textsIn);
}

const syntaxOf = (/** @type {string} */ source) => parse(source, { ecmaVersion: "latest", sourceType: "module" });

/** @typedef {{ path: string, kind: string, texts: string[] }} Entry */

/**
 * Every entry of a catalogue with its kind and the texts in it.
 * @param {any} value
 * @param {string} path
 * @returns {Entry[]}
 */
function entries(value, path) {
  if (typeof value === "string") return [{ path, kind: "text", texts: [value] }];
  if (typeof value === "function") return [{ path, kind: `function of ${value.length}`, texts: textsIn(syntaxOf(`(${value})`)) }];
  assert.ok(value && typeof value === "object", `${path} is ${value}`);
  const kind = Array.isArray(value) ? `list of ${value.length}` : "words";
  return [{ path, kind, texts: [] }, ...Object.entries(value).flatMap(([key, one]) => entries(one, `${path}.${key}`))];
}

/** @param {string} name @param {"en" | "zh"} language */
const wordsOf = async (name, language) => entries((await import(new URL(`${name}.${language}.js`, WWW).href)).words, "words");

/** Whether a text holds a word of English: numbers, units and symbols are none. */
const isEnglish = (/** @type {string} */ text) => /[A-Za-z]{3,}/.test(text.replace(/\bnats?\b|\bELBO\b/g, ""));
const isSentence = (/** @type {string} */ text) => /[A-Za-z]+,? [a-z]+,? [a-z]+/.test(text);

/**
 * A module and what it imports, in the order in which they run but for itself, which is first.
 * @param {string} file
 * @returns {string[]}
 */
function graphOf(file, seen = new Set([file])) {
  for (const [, path] of read(file).matchAll(/^import .*?"(\..*?)";$/gm)) {
    const next = new URL(path, new URL(file, WWW)).href.slice(WWW.href.length);
    if (!seen.has(next)) graphOf(next, seen.add(next));
  }
  return [...seen];
}

describe("the words", () => {
  it("have_catalogues", () => assert.ok(catalogues.includes("words/main") && catalogues.length > 8, String(catalogues)));

  for (const name of catalogues) {
    it(`${name}_has_the_same_keys_in_both_languages`, async () => {
      const shape = (/** @type {Entry[]} */ all) => all.map(({ path, kind }) => `${path}: ${kind}`).sort();
      assert.deepEqual(shape(await wordsOf(name, "zh")), shape(await wordsOf(name, "en")));
    });

    it(`${name}_is_typed_and_chosen_as_the_others_are`, () => {
      const file = name.split("/").at(-1);
      assert.ok(read(`${name}.zh.js`).includes(`/** @type {typeof import("./${file}.en.js").words} */`), "tsc holds it to the English one");
      assert.ok(read(`${name}.js`).includes(`export const { words } = isChinese ? await import("./${file}.zh.js") : await import("./${file}.en.js");`));
      for (const module of modules) assert.ok(!/^import .*\.(en|zh)\.js"/m.test(read(module)), `${module} imports one language`);
    });

    it(`${name}_is_all_in_chinese`, async () => {
      const english = new Map((await wordsOf(name, "en")).map(({ path, texts }) => [path, texts]));
      for (const { path, texts } of await wordsOf(name, "zh")) {
        const isSame = texts.join() === english.get(path)?.join() && !texts.every((text) => SAME.includes(text));
        assert.ok(!isSame || !texts.some(isEnglish), `${path} is English still: ${texts}`);
        for (const text of texts) assert.ok(!isSentence(SAME.reduce((rest, same) => rest.replaceAll(same, ""), text)), `${path}: ${text}`);
      }
    });

    it(`${name}_is_set_as_chinese_is`, () => {
      for (const text of textsIn(syntaxOf(read(`${name}.zh.js`)))) {
        assert.doesNotMatch(text, /\p{Script=Han}[\p{Script=Latin}\p{Script=Greek}\d]|[\p{Script=Latin}\p{Script=Greek}\d]\p{Script=Han}/u, "a space stands between Chinese and letters or digits");
        assert.doesNotMatch(text, /\p{Script=Han}[,.:;?!()"]|[,:;?!()"]\p{Script=Han}/u, "its marks are full width");
        assert.doesNotMatch(text, / [，。：；、？（）“”]|[，。：；、？（）“”] /u, "no space beside a full-width mark");
      }
    });

    it(`${name}_holds_nothing_that_nobody_says`, async () => {
      const own = read(`${name}.en.js`);
      const importing = new RegExp(`^import \\{ words(?: as (\\w+))? \\} from ".*\\b${name.slice("words/".length)}\\.js";`, "m");
      const said = [["words", own], ...modules.flatMap((module) => {
        const source = read(module);
        const found = importing.exec(source);
        return found ? [[found[1] ?? "words", source]] : [];
      })];
      assert.ok(said.length > 1, "nobody imports it");
      const everything = [...modules, "index.html"].map(read).join("\n");
      for (const { path } of (await wordsOf(name, "en")).slice(1)) {
        const [, first, ...rest] = path.split(".");
        const isCalled = said.some(([as, source]) => new RegExp(`\\b${as}\\.${first}\\b`).test(source)
          || (source.includes(`${as}[`) && source.includes(`"${first}"`))
          || (new RegExp(`[(,] ?${as}[,)]`).test(source) && new RegExp(`\\.${first}\\b`).test(everything))); // handed on as a whole
        assert.ok(isCalled, `nobody says ${path}`);
        const last = rest.at(-1);
        const isSaid = last === undefined || /^\d+$/.test(last) || new RegExp(`(?<![\\w-])${last}(?![\\w-])`).test(everything) || new RegExp(`\\.${last}\\b`).test(own);
        assert.ok(isSaid, `nobody says ${path}`);
      }
    });
  }

  it("are_nowhere_but_in_catalogues", () => {
    const found = modules.flatMap((module) => textsIn(syntaxOf(read(module)))
      .filter((text) => isSentence(text) && !ENGLISH.includes(text))
      .map((text) => `${module}: ${text}`));
    assert.deepEqual(found, []);
  });

  it("come_to_workers_that_keep_their_mail_until_then", () => {
    for (const worker of modules.filter((file) => file.endsWith("worker.js"))) {
      const graph = graphOf(worker);
      if (graph.some((file) => file.startsWith("words/"))) assert.equal(graph[1], "rooms/mailbox.js", worker);
    }
    assert.ok(graphOf("rooms/train/own-data/reader.worker.js").includes("words/rooms/train-data.js"));
  });

  it("name_every_model_that_ships_in_chinese", async () => {
    const { words } = await import("../../www/words/main.zh.js");
    for (const { name, title } of JSON.parse(read("models/index.json")).models) assert.match(words.modelTitle(name, title), /\p{Script=Han}/u, name);
    assert.equal(words.modelTitle("yours", "你的"), "你的");
  });
});
