// @ts-check
/** Characters in a person's hand: written one by one on a grid, and after each a poem is set in what is known of the hand. */

import { byId } from "../captions.js";
import { fromText, toText } from "../drawing.js";
import { asNumber, paletteAt } from "../palette.js";
import { Glossary } from "../parts/glossary.js";
import { inked } from "../picture.js";
import { chooseTier } from "../tier.js";
import { words } from "../words/rooms/brush.js";
import { SURE, WORTH } from "./brush/doubt.js";
import { Fonts, COMPARED, nearest } from "./brush/fonts.js";
import { GridPad, miniature } from "./brush/grid-pad.js";
import { invented, WRITTEN } from "./brush/invented.js";
import { FIRST, POEMS } from "./brush/poems.js";
import { column, isMark, linesOfPoem, linesOfText, set } from "./brush/setting.js";
import { thinned, unitStrokes } from "./brush/strokes.js";
import { element } from "./dom.js";
import { exampleOf, isInLink, readExamples, writeExamples } from "./hand/examples.js";
import { fetchFiles } from "./hand/files.js";
import { Paper } from "./hand/paper.js";
import { takeAway } from "./hand/take-away.js";
import { Widths } from "./hand/widths.js";
import { WorkerClient } from "./worker-client.js";

/** @typedef {import("../types.js").Desk} Desk */
/** @typedef {import("../types.js").Stroke} Stroke */
/** @typedef {import("./brush/types.js").Glyph} Glyph */
/** @typedef {import("./brush/types.js").Style} Style */

const HAN = /^\p{Script=Han}$/u;
/** Of strokes of all kinds the eight that a child begins with. */
const FIRST_CHARACTER = "永";
const MOST = 16;
/** Characters that all kept drawings may take in a link. */
const BUDGET = 6000;
const LONGEST_TEXT = 280;
/** Widths of the pen, as parts of the side. */
const PENS = [0.035, 0.055, 0.08];
/** As many characters are asked for at once: a newer style waits for no more. */
const PORTION = 4;
/** Which characters are tried for advice: the most frequent with no more strokes than these. */
const [TRIED, SIMPLE] = [48, 9];
const ADVISED = 6;
/** Characters that stand beside the grid where the text itself is out of sight. */
const PEEK = 3;
/** Advice and fonts follow once the hand rests this long. */
const REST_MS = 400;

/** What the worker starts with: the model, and how characters are built. */
const FILES = ["style.safetensors", "strokes.bin"];

/**
 * @param {HTMLElement} body
 * @param {Desk} desk
 * @returns {import("../types.js").Room}
 */
export function open(body, desk) {
  /** @type {Promise<import("./brush/types.js").Started> | undefined} */
  let started;
  const client = new WorkerClient(new URL("./brush/worker.js", import.meta.url), () => { started = undefined; });
  const pad = new GridPad({ onInk: (strokes) => read(strokes), onEnd: (strokes) => setInk(strokes.map(thinned)) });
  const now = element("b", { id: "brush-now", lang: "zh-Hans" });
  const nowSaid = element("span", { class: "muted" });
  const other = element("input", { type: "text", id: "brush-other", maxlength: 8, placeholder: "字", autocomplete: "off", lang: "zh-Hans", size: 4 });
  const button = (/** @type {string} */ id, /** @type {string} */ text) => element("button", { type: "button", id: `brush-${id}` }, text);
  const [undo, clear, keep] = [button("undo", words.undo), button("clear", words.clear), button("keep", words.keep)];
  const pens = PENS.map((width, i) => {
    const pen = element("button", { type: "button", class: "brush-pen", id: `brush-pen-${i + 1}`, "aria-label": words.pens[i] }, element("i", {}));
    pen.style.setProperty("--pen", String(width));
    pen.addEventListener("click", () => desk.set({ pen: i === 1 ? undefined : String(i + 1) }));
    return pen;
  });
  const advice = element("div", { class: "brush-advice", id: "brush-advice", role: "group", "aria-label": words.advice });
  const shelf = element("ol", { class: "brush-shelf", id: "brush-shelf", "aria-label": words.seen });
  const borrow = element("button", { type: "button", class: "quiet", id: "brush-borrow" }, words.borrow);
  const keptSaid = element("p", { class: "note", id: "brush-kept-said" });
  const widths = new Widths("brush");
  const poem = element("select", { id: "brush-poem" },
    ...Object.entries(POEMS).map(([name, { title, author }]) => element("option", { value: name }, words.poem(name, title, author))), element("option", { value: "" }, words.ownText));
  const text = element("textarea", { id: "brush-text", rows: 3, maxlength: LONGEST_TEXT, lang: "zh-Hans", "aria-label": words.ownText });
  const ways = [false, true].map((isDown) => {
    const way = button(isDown ? "down" : "across", isDown ? words.down : words.across);
    way.addEventListener("click", () => desk.set({ down: isDown ? undefined : "off" }));
    return way;
  });
  const paper = new Paper("brush-paper");
  const peek = new Paper("brush-peek");
  const said = element("p", { class: "note", id: "brush-said", role: "status" });
  const unsure = element("button", { type: "button", class: "term", "data-term": "doubt" });
  const unsureSaid = element("p", { class: "brush-unsure", hidden: true }, element("i", { "aria-hidden": "true" }), " ", unsure);
  const plainSaid = element("p", { class: "note", id: "brush-plain" });
  const fonts = new Fonts();
  new Glossary([unsure], byId("meaning"), () => words.doubt(SURE, WORTH));

  body.append(
    element("h2", {}, words.title),
    element("p", { class: "lead" }, words.lead),
    element("div", { class: "brush-desk" },
      element("section", { class: "brush-write" },
        element("p", { class: "brush-now" }, now, nowSaid, element("label", { class: "field" }, words.other, " ", other)),
        element("div", { class: "brush-pair" }, pad.element, peek.element),
        element("div", { class: "buttons" }, undo, clear, element("span", { class: "brush-pens", role: "group", "aria-label": words.pen }, ...pens)),
        element("div", { class: "buttons" }, keep),
        element("p", { class: "muted" }, words.advice), advice),
      element("section", { class: "brush-poem" },
        element("div", { class: "buttons brush-set" },
          element("label", { class: "field" }, words.textOf, " ", poem),
          element("span", { class: "buttons", role: "group", "aria-label": words.ways }, ...ways), takeAway("brush-poem", () => paper.layout)),
        text,
        element("div", { class: "brush-sheet" }, paper.element),
        said, unsureSaid, plainSaid),
      element("section", { class: "brush-known" },
        element("h3", {}, words.seen), element("p", { class: "note" }, words.seenNote), shelf, borrow, keptSaid, widths.element),
      element("section", { class: "brush-compare" },
        element("h3", {}, words.fonts), element("p", { class: "note" }, words.fontsNote), fonts.element)),
  );

  /** Characters that the model can write; empty until it is there. */
  let known = new Set();
  /** What is written in the style that holds. @type {Map<string, Glyph>} */
  let glyphs = new Map();
  /** The style that all of them are in. @type {Float32Array} */
  let writtenIn = new Float32Array();
  /** The strokes of characters. @type {Map<string, number[][]>} */
  const skeletons = new Map();
  /** @type {Style | undefined} */
  let style;
  /** @type {import("./brush/types.js").Font[]} */
  let learnt = [];
  let resting = 0;
  /** Which hand was invented last. */
  let borrowed = 0;

  const settings = () => {
    const { own } = desk.view;
    const of = own["brush.write"] ?? FIRST_CHARACTER;
    const name = own["brush.poem"] ?? (own["brush.text"] === undefined ? FIRST : "");
    return {
      of: HAN.test(of) ? of : FIRST_CHARACTER,
      strokes: fromText(own["brush.ink"] ?? "")?.strokes ?? [],
      kept: readExamples(own["brush.kept"], HAN).slice(0, MOST),
      pen: Math.min(PENS.length, Math.max(1, Number(own["brush.pen"]) || 2)) - 1,
      poem: POEMS[name] ? name : "",
      text: (own["brush.text"] ?? "").slice(0, LONGEST_TEXT),
      isDown: own["brush.down"] !== "off",
    };
  };

  function begin() {
    started ??= desk.counted((async () => {
      const say = (/** @type {number} */ bytes) => { said.textContent = words.fetching(bytes); };
      say(0);
      const [model, strokes] = await fetchFiles(FILES, say);
      const answer = await client.ask("start", { tier: chooseTier(desk.view.tier), model, strokes });
      known = new Set(answer.characters);
      learnt = JSON.parse(answer.record).training?.fonts ?? [];
      return answer;
    })());
    started.catch(() => {
      started = undefined;
      said.textContent = words.noModel;
    });
    return started;
  }

  /** @param {string} of @returns {Promise<number[][]>} none where the model does not know it */
  async function skeletonOf(of) {
    await begin();
    const found = skeletons.get(of) ?? (known.has(of) ? await client.ask("skeleton", { of }) : []);
    skeletons.set(of, found);
    return found;
  }

  /** @param {unknown} error */
  function fail(error) {
    delete body.dataset.writing;
    desk.fail(error);
  }

  /** @param {Stroke[]} strokes */
  function setInk(strokes) {
    desk.set({ ink: strokes.length ? toText({ strokes }) : undefined });
  }

  /** Which character is written next. @param {string} of */
  const turnTo = (of) => desk.set({ write: of === FIRST_CHARACTER ? undefined : of, ink: undefined });

  /** Reads the hand and writes in it, from what is kept and these strokes. @param {Stroke[]} strokes  on the pad */
  function read(strokes) {
    body.dataset.writing = "";
    client.newest("write", () => write(strokes)).catch(fail).finally(() => {
      if (!client.isBusy("write")) delete body.dataset.writing;
    });
  }

  /** @param {Stroke[]} strokes */
  async function write(strokes) {
    const { size } = await begin();
    const { of, kept, pen } = settings();
    const guide = await skeletonOf(of);
    // A character of which strokes are missing would be read as a style that leaves them out.
    const isWhole = guide.length > 0 && strokes.length >= guide.length;
    const examples = [...kept.map(({ text: key, of: each, drawing }) => ({ key, of: each, ...unitStrokes(drawing.strokes) })),
      ...(isWhole ? [{ key: toText({ strokes }), of, ...unitStrokes(strokes) }] : [])].filter((each) => known.has(each.of));
    style = examples.length ? await desk.counted(client.ask("read", { drawn: examples, pen: PENS[pen] }))
      : { mu: new Float32Array(size), sigma: new Float32Array(size).fill(1), widths: [1] };
    if (!style) return;
    body.dataset.examples = String(examples.length);
    widths.show(style);
    said.textContent = words.from(examples.map((each) => each.of));
    await setText(style.mu);
    clearTimeout(resting);
    resting = window.setTimeout(() => void client.newest("rest", rest).catch(fail), REST_MS);
  }

  /** @param {Float32Array} mu */
  async function setText(mu) {
    const lines = linesNow();
    const start = performance.now();
    const all = [...new Set(lines.flatMap((line) => [...line.text]))].filter((each) => known.has(each));
    const isSame = writtenIn.join() === mu.join();
    const before = glyphs;
    glyphs = new Map(all.flatMap((each) => /** @type {[string, Glyph][]} */ (before.has(each) ? [[each, before.get(each)]] : [])));
    const wanted = isSame ? all.filter((each) => !glyphs.has(each)) : all;
    writtenIn = new Float32Array(); // until all of it is
    for (let first = 0; first < wanted.length; first += PORTION) {
      const characters = wanted.slice(first, first + PORTION).join("");
      /** @type {Glyph[]} */
      const written = await desk.counted(client.ask("write", { style: mu, characters }));
      [...characters].forEach((each, i) => glyphs.set(each, written[i]));
      showText();
      if (client.isOutdated("write")) return;
    }
    writtenIn = mu;
    showText();
    if (wanted.length) performance.measure("style→text", { start, end: performance.now(), detail: wanted.length });
  }

  function linesNow() {
    const { poem: name, text: own } = settings();
    return name ? linesOfPoem(POEMS[name]) : linesOfText(own);
  }

  function showText() {
    const lines = linesNow();
    const layout = set(lines, settings().isDown, (character) => glyphs.get(character), SURE);
    const all = lines.flatMap((line) => [...line.text]);
    paper.show(layout, words.said.text(lines.map((line) => line.text).join(" ")));
    const first = [...new Set(all)].filter((each) => !isMark(each)).slice(0, PEEK).join("");
    peek.show(column(first, (character) => glyphs.get(character)), words.said.text(first));
    unsureSaid.hidden = !layout.marks?.length;
    unsure.textContent = words.unsure(layout.marks?.length ?? 0, layout.glyphs.length);
    const plain = [...new Set(all)].filter((each) => known.size && !known.has(each) && !isMark(each));
    plainSaid.textContent = plain.length ? words.plain(plain.join("")) : "";
  }

  /** What can wait: advice, and the fonts. */
  async function rest() {
    if (!style) return;
    await compare(style);
    await advise(style);
  }

  /** @param {Style} known */
  async function compare({ mu }) {
    const characters = [...glyphs.keys()].slice(0, COMPARED).join("");
    if (!characters) return;
    const rows = [{ name: words.yours, said: "", glyphs: [...characters].map((each) => /** @type {Glyph} */ (glyphs.get(each))) }];
    for (const { font, distance } of nearest(learnt, mu)) {
      const written = await desk.counted(client.ask("write", { style: Float32Array.from(font.mean), characters }));
      rows.push({ name: font.name, said: words.distance(font.kind, distance), glyphs: written });
    }
    fonts.show(rows, characters);
  }

  /** @param {Style} known */
  async function advise({ mu, sigma }) {
    const { kept, of } = settings();
    const tried = [];
    for (const each of known) {
      if (tried.length === TRIED) break;
      if (kept.every((example) => example.of !== each) && (await skeletonOf(each)).length <= SIMPLE) tried.push(each);
    }
    /** @type {{ each: string, nats: number }[]} */
    const told = [];
    for (let first = 0; first < tried.length; first += PORTION) {
      const characters = tried.slice(first, first + PORTION);
      const nats = await desk.counted(client.ask("advise", { mu, sigma, characters: characters.join("") }));
      characters.forEach((each, i) => told.push({ each, nats: nats[i] }));
      if (client.isOutdated("rest")) return;
    }
    told.sort((a, b) => b.nats - a.nats);
    advice.replaceChildren(...told.slice(0, ADVISED).map(({ each, nats }) => {
      const choose = element("button", { type: "button", lang: "zh-Hans", title: words.nats(nats), "aria-pressed": each === of, "aria-label": words.advise(each, nats) }, each);
      choose.addEventListener("click", () => turnTo(each));
      return choose;
    }));
  }

  async function show() {
    body.dataset.writing = "";
    const { of, strokes, kept, pen, poem: name, text: own, isDown } = settings();
    now.textContent = of;
    poem.value = name;
    text.hidden = Boolean(name);
    if (document.activeElement !== text) text.value = own;
    ways.forEach((way, i) => { way.ariaPressed = String(isDown === Boolean(i)); });
    pens.forEach((each, i) => { each.ariaPressed = String(i === pen); });
    undo.disabled = clear.disabled = strokes.length === 0;
    keptSaid.textContent = kept.every(isInLink) ? "" : words.tooLong;
    shelf.replaceChildren(...kept.map((example, i) => {
      const remove = element("button", { type: "button", class: "hand-remove", "aria-label": words.remove(example.of) }, "×");
      remove.addEventListener("click", () => desk.set({ kept: writeExamples(kept.filter((_, j) => j !== i)) }));
      return element("li", { "aria-label": words.said.kept(example.of) }, miniature(example.drawing.strokes, PENS[pen]), remove);
    }));
    pad.show(of, skeletons.get(of) ?? [], strokes, PENS[pen]);
    showText();
    const guide = await skeletonOf(of);
    keep.disabled = strokes.length === 0 || !guide.length || kept.length >= MOST; // who joins strokes has fewer than the guide
    nowSaid.textContent = guide.length ? words.strokes(strokes.length, guide.length) : words.unknown(of);
    pad.show(of, guide, strokes, PENS[pen]);
    read(strokes);
  }

  undo.addEventListener("click", () => setInk(settings().strokes.slice(0, -1)));
  clear.addEventListener("click", () => setInk([]));
  keep.addEventListener("click", () => {
    const { of, strokes, kept } = settings();
    const advised = [...advice.children].map((each) => each.textContent ?? "");
    const next = [...advised, ...known].find((each) => each !== of && kept.every((example) => example.of !== each));
    desk.set({ kept: writeExamples([...kept, exampleOf(of, { strokes }, kept, BUDGET)]), ink: undefined, write: next });
  });
  borrow.addEventListener("click", () => desk.counted(lend()).catch(desk.fail));
  async function lend() {
    borrowed += 1;
    /** @type {import("./hand/examples.js").Example[]} */
    const lent = [];
    for (const each of WRITTEN) lent.push(exampleOf(each, { strokes: invented(await skeletonOf(each), borrowed, lent.length).map(thinned) }, lent, BUDGET));
    desk.set({ kept: writeExamples(lent) });
  }
  other.addEventListener("input", () => {
    const of = [...other.value].findLast((each) => HAN.test(each));
    if (of && of !== settings().of) turnTo(of);
  });
  other.addEventListener("blur", () => { other.value = ""; });
  poem.addEventListener("change", () => {
    const before = POEMS[settings().poem]?.lines.join("\n"); // one's own text begins with what is there
    desk.set(poem.value ? { poem: poem.value === FIRST ? undefined : poem.value, text: undefined } : { poem: undefined, text: before });
  });
  text.addEventListener("input", () => desk.set({ poem: undefined, text: text.value }, true));
  text.addEventListener("change", () => desk.set({ poem: undefined, text: text.value }));

  return {
    show: () => void show().catch(fail),
    picture: () => {
      const [first] = glyphs.values();
      const ink = asNumber(paletteAt(body)["x-hat"]);
      return { name: "brush", pictures: [...glyphs.values()].map(({ pixels }) => inked(pixels, ink)), side: first ? Math.sqrt(first.pixels.length) : 1, columns: 8 };
    },
  };
}
