// @ts-check
/** Characters in a person's hand: strokes, setting, the grid, examples, advice, fonts, a text and its files. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";

import { doubtOf, SURE } from "../../www/rooms/brush/doubt.js";
import { invented } from "../../www/rooms/brush/invented.js";
import { POEMS } from "../../www/rooms/brush/poems.js";
import { isMark, linesOfPoem, linesOfText, set } from "../../www/rooms/brush/setting.js";
import { thinned, unitStrokes } from "../../www/rooms/brush/strokes.js";
import { EM } from "../../www/rooms/hand/trace.js";
import { launch, linked, newPage, open, seriousFindings } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const ROOM = "#room=brush";
const PATIENCE = { timeout: 90_000 };

/** Opens the room and waits until its text is written from so many characters. @param {Page} page @param {string} [address] @param {number} [examples] */
async function enter(page, address = ROOM, examples = 0) {
  await open(page, address);
  await written(page, examples);
}

/** @param {Page} page @param {number} examples */
async function written(page, examples) {
  await page.waitForSelector(`.room-brush[data-examples="${examples}"]:not([data-writing])`, PATIENCE);
  await page.waitForSelector("#brush-paper path", { ...PATIENCE, state: "attached" });
}

/** The outlines of the text. @param {Page} page */
const outlines = (page) => page.locator("#brush-paper path").evaluateAll((paths) => paths.map((path) => path.getAttribute("d") ?? ""));

/** Waits until every outline of the text is another. @param {Page} page @param {string[]} before */
async function rewritten(page, before) {
  await page.waitForFunction((text) => {
    const now = [...document.querySelectorAll("#brush-paper path")].map((path) => path.getAttribute("d"));
    return now.length === text.length && now.every((path, i) => path !== text[i]);
  }, before, PATIENCE);
  return outlines(page);
}

/** @param {Page} page @param {string[]} all */
const same = (page, all) => page.waitForFunction((text) => [...document.querySelectorAll("#brush-paper path")].map((path) => path.getAttribute("d")).join() === text, all.join(), PATIENCE);

/** The faint strokes of the grid, once it shows this character. @param {Page} page @param {string} of @returns {Promise<number[][][]>} points, 0…1 */
async function guideOf(page, of) {
  await page.waitForFunction((name) => document.getElementById("brush-now")?.textContent === name && document.querySelector(".brush-grid .guide polyline"), of, PATIENCE);
  return page.locator(".brush-grid .guide polyline").evaluateAll((lines) =>
    lines.map((line) => (line.getAttribute("points") ?? "").split(" ").map(Number).reduce((/** @type {number[][]} */ all, value, i) => {
      if (i % 2) all[all.length - 1].push(value / 100);
      else all.push([value / 100]);
      return all;
    }, [])));
}

/** As a hand would: smaller, leaning, rising, and never quite where the guide is. @param {number[][][]} strokes @param {number} [lean] */
function byHand(strokes, lean = 0.15, state = 5) {
  const chance = () => ((state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32 - 0.5);
  return strokes.map((stroke) => {
    const [dx, dy] = [0.03 * chance(), 0.03 * chance()];
    return stroke.map(([x, y]) => [0.5 + 0.85 * (x - 0.5) + lean * (0.5 - y) + dx, 0.5 + 0.85 * (y - 0.5) - 0.05 * (x - 0.5) + dy]);
  });
}

/** Writes with the mouse. @param {Page} page @param {number[][][]} strokes */
async function write(page, strokes) {
  await page.locator("#brush-pad").scrollIntoViewIfNeeded();
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#brush-pad").boundingBox());
  for (const [[x, y], ...rest] of strokes) {
    await page.mouse.move(box.x + x * box.width, box.y + y * box.height);
    await page.mouse.down();
    for (const [toX, toY] of rest) await page.mouse.move(box.x + toX * box.width, box.y + toY * box.height, { steps: 3 });
    await page.mouse.up();
  }
}

/** @param {Page} page @param {string} button */
async function saved(page, button) {
  const [download] = await Promise.all([page.waitForEvent("download", PATIENCE), page.click(button)]);
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

describe("strokes", () => {
  it("lose_points_where_they_are_smooth_and_keep_their_ends_and_corners", () => {
    const line = Array.from({ length: 200 }, (_, i) => [100 + 4 * i, 300]).flat();
    const short = thinned(line);
    assert.ok(short.length < line.length / 8, `${short.length} of ${line.length}`);
    assert.deepEqual([...short.slice(0, 2), ...short.slice(-2)], [...line.slice(0, 2), ...line.slice(-2)]);
    const bent = [...line, ...Array.from({ length: 100 }, (_, i) => [896, 304 + 4 * i]).flat()];
    const kept = thinned(bent);
    const corner = kept.findIndex((x, i) => i % 2 === 0 && x === 896 && kept[i + 1] === 300);
    assert.ok(corner > 0, "the corner is there");
    assert.ok(Math.hypot(kept[corner] - kept[corner - 2], kept[corner + 1] - kept[corner - 1]) < 10, "and what is beside it");
    assert.deepEqual(thinned([5, 5]), [5, 5]);
  });

  it("of_an_invented_hand_are_its_own_and_on_the_pad", () => {
    const skeleton = [[0.1, 0.5, 0.9, 0.5], [0.5, 0.1, 0.5, 0.6, 0.9, 0.95]];
    const strokes = invented(skeleton, 1, 0);
    assert.equal(strokes.length, 2);
    for (const stroke of strokes) assert.ok(stroke.length > 20 && stroke.every((step) => Number.isInteger(step) && step >= 0 && step < 1120));
    assert.deepEqual(invented(skeleton, 1, 0), strokes);
    assert.notDeepEqual(invented(skeleton, 2, 0), strokes, "another hand");
    assert.notDeepEqual(invented(skeleton, 1, 1), strokes, "and no two characters have the same errors");
  });

  it("are_parts_of_a_pad_of_side_1", () => {
    const { points, lengths } = unitStrokes([[0, 0, 1119, 560], [10, 20]]);
    assert.deepEqual([...lengths], [2, 1]);
    assert.ok(points.every((value) => value > 0 && value < 1) && points[2] > 0.999);
  });
});

describe("doubt", () => {
  const SIDE = 40;
  /** A line as wide as this, whose edges are as wide as that. @param {number} width @param {number} blur */
  const line = (width, blur) => doubtOf(Float32Array.from({ length: SIDE * SIDE }, (_, i) => Math.min(1, Math.max(0, 0.5 + (width / 2 - Math.abs((i % SIDE) - 19.5)) / blur))), SIDE);

  it("is_of_blurred_edges_and_not_of_thin_strokes", () => {
    for (const width of [1, 2, 4, 8]) assert.ok(line(width, 1) <= SURE / 2, `${width} px: ${line(width, 1)}`);
    assert.ok(line(10, 8) > 3 * line(10, 1) && line(24, 20) > SURE, `${line(10, 1)}, ${line(10, 8)}, ${line(24, 20)}`);
    assert.equal(doubtOf(new Float32Array(SIDE * SIDE), SIDE), 0);
  });
});

describe("a text", () => {
  const glyph = { path: "M0 0Z", left: 0, right: EM, doubt: 0 };

  it("runs_across_or_down_and_to_the_left_and_nothing_lies_on_anything", () => {
    const lines = linesOfPoem(POEMS.jingyesi);
    for (const isDown of [false, true]) {
      const { width, height, glyphs } = set(lines, isDown, () => glyph, 1);
      assert.equal(glyphs.length, 25);
      glyphs.forEach((a, i) => {
        assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.size <= width && a.y + a.size <= height, "on the paper");
        for (const b of glyphs.slice(i + 1)) assert.ok(Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y)) > 0.99 * Math.min(a.size, b.size));
      });
      const [, , , , , first, second] = glyphs; // 床, 前
      assert.ok(isDown ? second.y > first.y && second.x === first.x : second.x > first.x && second.y === first.y);
      assert.ok(isDown ? glyphs[24].x < first.x : glyphs[24].y > first.y);
    }
  });

  it("says_what_is_plain_and_what_is_doubted", () => {
    const layout = set(linesOfText("我，a"), false, (character) => (character === "我" ? { ...glyph, doubt: 0.5 } : undefined), 0.4);
    assert.deepEqual([layout.glyphs.length, layout.marks?.length, layout.plain?.map(({ text }) => text)], [1, 1, ["，", "a"]]);
    assert.equal(set(linesOfText("我"), false, () => glyph, 0.4).marks?.length, 0);
    assert.ok(isMark("，") && isMark("…") && isMark(" ") && !isMark("我") && !isMark("a"));
  });

  it("is_broken_where_a_line_is_too_long", () => {
    const lines = linesOfText(`${"字".repeat(30)}\n二`);
    assert.deepEqual(lines.map(({ text }) => [...text].length), [14, 14, 2, 1]);
    assert.equal(linesOfText("").length, 1);
  });

  it("of_a_poem_is_characters_alone", () => {
    for (const { title, author, lines } of Object.values(POEMS)) {
      for (const line of [title, author, ...lines]) assert.match(line, /^\p{Script=Han}+$/u);
      assert.equal(new Set(lines.map((line) => line.length)).size, 1, title);
    }
  });
});

describe("characters in a hand", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("a_character_that_is_written_whole_changes_every_other_one", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    const strokes = byHand(await guideOf(page, "永"));
    await page.waitForFunction(() => document.querySelectorAll("#brush-paper path").length === 25, undefined, PATIENCE);
    const before = await outlines(page);
    assert.match(await page.locator("#brush-said").innerText(), /^Nothing written yet/);
    await write(page, strokes.slice(0, 2));
    await linked(page, /brush\.ink=A/);
    assert.equal(await page.locator(".brush-grid .is-done").count(), 2);
    assert.equal(await page.locator(".brush-grid .is-next").count(), 1);
    assert.equal(await page.locator(".room-brush").getAttribute("data-examples"), "0", "half a character tells of no style");
    assert.match(await page.locator(".brush-now").innerText(), /2 of 5 strokes/);
    await write(page, strokes.slice(2));
    await written(page, 1);
    await rewritten(page, before);
    assert.match(await page.locator("#brush-said").innerText(), /^In the style of one character: 永$/);
    await page.click("#brush-undo");
    await written(page, 0);
    await same(page, before);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("characters_that_are_kept_sharpen_the_style_lie_in_the_link_and_can_be_removed", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await write(page, byHand(await guideOf(page, "永")));
    await written(page, 1);
    await page.waitForSelector("#brush-advice button", PATIENCE);
    await page.click("#brush-keep");
    await page.waitForFunction(() => document.querySelectorAll("#brush-shelf li").length === 1, undefined, PATIENCE);
    const next = await page.locator("#brush-now").innerText();
    assert.notEqual(next, "永");
    await write(page, byHand(await guideOf(page, next)));
    await written(page, 2);
    const widths = ((await page.locator("#brush-shrinking").getAttribute("aria-label")) ?? "").match(/\d\.\d+/g)?.map(Number) ?? [];
    assert.ok(widths.length === 3 && widths[0] === 1 && widths[1] < 1 && widths[2] < widths[1], String(widths));
    await page.click("#brush-keep");
    await page.waitForFunction(() => document.querySelectorAll("#brush-shelf li").length === 2, undefined, PATIENCE);
    await linked(page, new RegExp(`brush\\.kept=永A[\\w-]+\\.${next}A`));
    assert.ok(page.url().length < 4000, `${page.url().length} characters`);
    await written(page, 2);
    const all = await outlines(page);
    // The link has it all.
    const copy = await newPage(browser);
    await enter(copy.page, new URL(page.url()).hash, 2);
    await same(copy.page, all);
    await copy.page.context().close();
    await page.click("#brush-shelf li:first-child button");
    await written(page, 1);
    await rewritten(page, all);
    await page.keyboard.press("Control+z");
    await written(page, 2);
    await same(page, all);
    await page.context().close();
  });

  it("an_invented_hand_fills_the_shelf", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    const before = await outlines(page);
    await page.click("#brush-borrow");
    await written(page, 5);
    const first = await rewritten(page, before);
    await page.click("#brush-borrow");
    await rewritten(page, first);
    await page.keyboard.press("Control+z");
    await same(page, first);
    await page.context().close();
  });

  it("any_text_is_set_and_what_the_model_does_not_know_is_plain_and_said", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await page.selectOption("#brush-poem", "chunxiao");
    await linked(page, /brush\.poem=chunxiao/);
    await page.waitForFunction(() => /春眠不觉晓/.test(document.getElementById("brush-paper")?.ariaLabel ?? ""), undefined, PATIENCE);
    await page.selectOption("#brush-poem", "");
    await page.fill("#brush-text", "我是a龘，好");
    await page.waitForFunction(() => document.querySelectorAll("#brush-paper path").length === 3, undefined, PATIENCE);
    assert.deepEqual(await page.locator("#brush-paper text").allTextContents(), ["a", "龘", "，"]);
    assert.match(await page.locator("#brush-plain").innerText(), /: a龘$/);
    const down = await page.locator("#brush-paper").getAttribute("viewBox");
    await page.click("#brush-across");
    await linked(page, /brush\.down=off/);
    await page.waitForFunction((box) => document.getElementById("brush-paper")?.getAttribute("viewBox") !== box, down, PATIENCE);
    const copy = await newPage(browser);
    await enter(copy.page, new URL(page.url()).hash);
    assert.equal(await copy.page.inputValue("#brush-text"), "我是a龘，好");
    await same(copy.page, await outlines(page));
    await copy.page.context().close();
    await page.context().close();
  });

  it("is_saved_as_outlines_and_as_pixels", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    await page.waitForFunction(() => document.querySelectorAll("#brush-paper path").length === 25, undefined, PATIENCE);
    const svg = await saved(page, "#brush-poem-svg");
    assert.equal(svg.name, "brush-poem.svg");
    const parsed = await page.evaluate((text) => {
      const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
      return { root: root.localName, paths: [...root.querySelectorAll("path")].map((path) => path.getAttribute("d")) };
    }, svg.bytes.toString());
    assert.deepEqual(parsed, { root: "svg", paths: await outlines(page) });
    const png = await saved(page, "#brush-poem-png");
    assert.equal(png.name, "brush-poem.png");
    const size = await page.evaluate(async (bytes) => {
      const { width, height } = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: "image/png" }));
      return { width, height };
    }, [...png.bytes]);
    assert.equal(size.width, 2400);
    assert.ok(size.height > 1000);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("names_the_nearest_fonts_and_what_to_write_next", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await page.waitForFunction(() => document.querySelectorAll("#brush-fonts path").length > 12 && document.querySelectorAll("#brush-advice button").length === 6, undefined, PATIENCE);
    const rows = await page.locator("#brush-fonts tr").allInnerTexts();
    assert.match(rows[0], /^Your hand/);
    const distances = rows.slice(1).map((row) => Number(/at a distance of (\d+\.\d)/.exec(row)?.[1]));
    assert.equal(distances.length, 3);
    assert.deepEqual(distances, [...distances].sort((a, b) => a - b));
    assert.ok(distances.every(Number.isFinite), rows.join());
    const nats = await page.locator("#brush-advice button").evaluateAll((buttons) => buttons.map(({ ariaLabel }) => Number(/about (\d+\.\d) nats/.exec(ariaLabel ?? "")?.[1])));
    assert.deepEqual(nats, [...nats].sort((a, b) => b - a));
    assert.ok(nats[5] > 0, String(nats));
    const of = await page.locator("#brush-advice button").nth(2).innerText();
    await page.locator("#brush-advice button").nth(2).click();
    await guideOf(page, of);
    await page.fill("#brush-other", "龘");
    await page.waitForFunction(() => /does not know how 龘/.test(document.querySelector(".brush-now")?.textContent ?? ""), undefined, PATIENCE);
    await page.context().close();
  });

  it("works_with_the_keyboard", async () => {
    const { page } = await newPage(browser);
    await enter(page);
    await page.fill("#brush-other", "一");
    assert.equal((await guideOf(page, "一")).length, 1);
    await page.locator("#brush-pad").focus();
    for (let i = 0; i < 10; i += 1) await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Space");
    for (let i = 0; i < 20; i += 1) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await written(page, 1);
    await page.locator("#brush-keep").focus();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll("#brush-shelf li").length === 1, undefined, PATIENCE);
    await page.context().close();
  });

  it("works_with_a_finger_and_in_chinese", async () => {
    const { page, complaints } = await newPage(browser, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    await enter(page, `?lang=zh${ROOM}`);
    const strokes = byHand(await guideOf(page, "永"), -0.1);
    await page.locator("#brush-pad").scrollIntoViewIfNeeded();
    const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#brush-pad").boundingBox());
    const fingers = await page.context().newCDPSession(page);
    const touch = (/** @type {"touchStart" | "touchMove" | "touchEnd"} */ type, /** @type {number[]} */ ...at) =>
      fingers.send("Input.dispatchTouchEvent", { type, touchPoints: at.length ? [{ x: box.x + at[0] * box.width, y: box.y + at[1] * box.height }] : [] });
    for (const [first, ...rest] of strokes) {
      await touch("touchStart", ...first);
      for (const point of rest) await touch("touchMove", ...point);
      await touch("touchEnd");
    }
    await written(page, 1);
    assert.equal(await page.locator("#brush-said").innerText(), "依照这 1 个字的风格：永");
    assert.equal(await page.locator("#brush-peek path:visible").count(), 3, "a part of the text stands beside the grid");
    await page.waitForSelector("#brush-advice button", PATIENCE);
    await page.waitForFunction(() => !("pending" in document.documentElement.dataset), undefined, PATIENCE);
    await page.tap("#brush-pen-3");
    await linked(page, /brush\.pen=3/);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing sticks out");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("says_that_its_model_is_not_there_and_tries_again", async () => {
    const { page } = await newPage(browser);
    await page.route("**/models/style.safetensors", (route) => route.abort());
    await open(page); // so that nothing but the room has anything to say of its state
    await page.evaluate((hash) => { location.hash = hash; }, ROOM);
    await page.waitForFunction(() => /model that writes is not there/.test(document.getElementById("brush-said")?.textContent ?? ""), undefined, PATIENCE);
    assert.match(await page.locator("#status").innerText(), /style\.safetensors could not be fetched/);
    assert.equal(await page.locator("#brush-paper text").count(), 25, "the poem is there in a plain font");
    await page.unroute("**/models/style.safetensors");
    await page.locator('.hands [data-room-link="hand"]').click();
    await page.locator('.hands [data-room-link="brush"]').click();
    await written(page, 0);
    await page.context().close();
  });

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    it(`is_accessible_when_${colorScheme}`, async () => {
      const { page } = await newPage(browser, { colorScheme });
      await enter(page);
      await page.waitForSelector("#brush-advice button", PATIENCE);
      assert.deepEqual(await seriousFindings(page), []);
      await page.context().close();
    });
  }
});
