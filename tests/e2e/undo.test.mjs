// @ts-check
/** Undo and redo: the store by itself, and across the rooms of the page. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { DEFAULT_VIEW } from "../../www/address.js";
import { Store } from "../../www/store.js";
import { DIGITS, draw, hashOf, launch, newPage, open, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

describe("the store", () => {
  /** What has been shown, and the store that showed it. */
  function watched() {
    /** @type {import("../../www/types.js").View[]} */
    const shown = [];
    const store = new Store(DEFAULT_VIEW, (view) => shown.push(view));
    return { store, shown };
  }

  it("goes_back_and_forth_through_what_was_set", () => {
    const { store, shown } = watched();
    assert.deepEqual([store.canUndo, store.canRedo], [false, false]);
    store.set({ zSeed: 2 });
    store.set({ zSeed: 3 });
    store.undo();
    assert.equal(store.view.zSeed, 2);
    assert.deepEqual([store.canUndo, store.canRedo], [true, true]);
    store.undo();
    store.undo(); // nothing before that
    assert.equal(store.view.zSeed, 1);
    assert.deepEqual([store.canUndo, store.canRedo], [false, true]);
    store.redo();
    store.redo();
    store.redo();
    assert.equal(store.view.zSeed, 3);
    assert.deepEqual(shown.map(({ zSeed }) => zSeed), [2, 3, 2, 1, 2, 3], "and shows each once");
  });

  it("forgets_what_was_undone_when_something_else_is_set", () => {
    const { store } = watched();
    store.set({ zSeed: 2 });
    store.undo();
    store.set({ zSeed: 9 });
    assert.equal(store.canRedo, false);
    store.redo();
    assert.equal(store.view.zSeed, 9);
    store.undo();
    assert.equal(store.view.zSeed, 1);
  });

  it("takes_a_drag_as_one_step", () => {
    const { store } = watched();
    store.set({ own: { "posterior.t": "2" } });
    for (const t of ["2.1", "2.2", "2.3"]) store.pass({ own: { "posterior.t": t } });
    store.set({ own: { "posterior.t": "2.4" } });
    store.undo();
    assert.deepEqual(store.view.own, { "posterior.t": "2" });
    store.redo();
    assert.deepEqual(store.view.own, { "posterior.t": "2.4" });
  });

  it("drops_a_drag_that_never_ended", () => {
    const { store } = watched();
    store.set({ own: { "posterior.t": "2" } });
    store.pass({ own: { "posterior.t": "3" } });
    store.undo();
    assert.deepEqual(store.view.own, {});
    store.redo();
    assert.deepEqual(store.view.own, { "posterior.t": "2" });
  });

  it("walks_without_a_step_and_goes_to_the_room_that_a_step_changes", () => {
    const { store } = watched();
    store.settle({ room: "posterior" });
    assert.equal(store.canUndo, false);
    store.set({ own: { "posterior.t": "2" } });
    store.set({ zSeed: 5 });
    store.settle({ room: "prior" });
    store.undo(); // what all rooms share changes where a person is
    assert.deepEqual([store.view.room, store.view.zSeed], ["prior", 1]);
    store.undo();
    assert.deepEqual([store.view.room, store.view.own], ["posterior", {}]);
    store.settle({ room: "draw" });
    store.redo();
    assert.deepEqual([store.view.room, store.view.own], ["posterior", { "posterior.t": "2" }]);
  });

  it("does_not_redo_past_a_walk_into_another_room", () => {
    const { store } = watched();
    store.set({ zSeed: 5 });
    store.undo();
    store.settle({ room: "map" });
    assert.equal(store.canRedo, true, "a walk forgets nothing");
    store.redo();
    assert.deepEqual([store.view.room, store.view.zSeed], ["map", 5]);
  });

  it("starts_anew_at_another_address", () => {
    const { store } = watched();
    store.set({ zSeed: 2 });
    store.undo();
    store.replace({ ...DEFAULT_VIEW, zSeed: 7 });
    assert.deepEqual([store.canUndo, store.canRedo], [false, false]);
    store.set({ zSeed: 8 });
    store.undo();
    assert.equal(store.view.zSeed, 7);
  });

  it("keeps_a_bounded_number_of_steps", () => {
    const { store } = watched();
    for (let seed = 2; seed < 500; seed += 1) store.set({ zSeed: seed });
    let steps = 0;
    for (; store.canUndo; steps += 1) store.undo();
    assert.equal(steps, 200);
    assert.equal(store.view.zSeed, 499 - 200);
  });
});

/** All that a person sees of a room's pictures, but what nobody has looked for yet, as one text for each canvas. @param {Page} page */
async function pictures(page) {
  await settled(page);
  const all = await page.locator("canvas:not(#prior-by-pixels, #prior-by-z)").evaluateAll((canvases) => canvases.filter((canvas) => canvas.checkVisibility()).map((canvas) => {
    const { width, height } = /** @type {HTMLCanvasElement} */ (canvas);
    return [...(/** @type {any} */ (canvas).getContext("2d").getImageData(0, 0, width, height).data)].join(" ");
  }));
  assert.ok(all.length > 3 && all.every((text) => /[1-9]/.test(text)), "none is blank");
  return all.map((text) => hashOf(text));
}

/** @param {Page} page */
const roomOf = (page) => page.evaluate(() => document.documentElement.dataset.room);

describe("undo across rooms", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  /** @type {Page} */
  let page;
  /** @type {string[]} */
  let complaints;
  before(async () => {
    browser = await launch();
    ({ page, complaints } = await newPage(browser));
    await open(page);
  });
  after(() => browser.close());

  it("brings_room_settings_and_pictures_back_and_forth", async () => {
    await page.click('[data-room-link="map"] >> nth=0');
    await page.click('.tabs [data-room-link="posterior"]');
    const atFirst = await pictures(page);
    await draw(page, DIGITS.four.slice(0, 1));
    const drawn = await pictures(page);
    assert.notDeepEqual(drawn, atFirst);

    // One drag, one step, however many values it went through.
    const slider = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#posterior-temperature").boundingBox());
    const y = slider.y + slider.height / 2;
    await page.mouse.move(slider.x + slider.width / 3, y);
    await page.mouse.down();
    await page.mouse.move(slider.x + slider.width * 0.8, y, { steps: 8 });
    await page.mouse.up();
    const warm = await pictures(page);
    const value = await page.inputValue("#posterior-temperature");
    assert.ok(Number(value) > 2, value);
    assert.notDeepEqual(warm, drawn);

    await page.click('.tabs [data-room-link="prior"]');
    await pictures(page);
    assert.equal(await roomOf(page), "prior");
    await page.mouse.move(5, 5);

    await page.keyboard.press("Control+z");
    assert.deepEqual(await pictures(page), drawn);
    assert.deepEqual([await roomOf(page), await page.inputValue("#posterior-temperature")], ["posterior", "1"]);
    await page.keyboard.press("Control+z");
    assert.deepEqual(await pictures(page), atFirst);
    assert.equal(await page.locator("#undo").isDisabled(), true);

    await page.keyboard.press("Control+Shift+z");
    assert.deepEqual(await pictures(page), drawn);
    assert.equal(await roomOf(page), "posterior");
    await page.keyboard.press("Control+y");
    assert.deepEqual(await pictures(page), warm);
    assert.equal(await page.inputValue("#posterior-temperature"), value);
    assert.equal(await page.locator("#redo").isDisabled(), true);
    await page.waitForFunction((t) => location.hash.includes(`posterior.t=${t}`), value);
  });

  it("goes_to_the_room_of_a_setting_from_the_figure_too", async () => {
    await page.click('[data-room-link="draw"]');
    await settled(page);
    await page.click("#undo");
    await settled(page);
    assert.deepEqual([await roomOf(page), await page.inputValue("#posterior-temperature")], ["posterior", "1"]);
    assert.equal(await page.evaluate(() => document.querySelector('.tabs [aria-current="page"]')?.textContent), "Posterior");
  });

  it("takes_back_a_choice_of_the_prior_and_what_it_shares", async () => {
    await page.click('.tabs [data-room-link="prior"]');
    const before = await pictures(page);
    await page.locator("#prior-samples canvas").nth(6).click();
    await page.mouse.move(5, 5);
    const chosen = await pictures(page);
    assert.notDeepEqual(chosen, before);
    await page.click(".room-prior >> text=New samples");
    assert.notDeepEqual(await pictures(page), chosen);
    await page.keyboard.press("Control+z");
    assert.deepEqual(await pictures(page), chosen);
    assert.equal(await page.inputValue("#prior-room-seed"), "42");
    await page.keyboard.press("Control+z");
    assert.deepEqual(await pictures(page), before);
    assert.equal(await page.locator('#prior-samples [aria-selected="true"]').evaluate((canvas) => canvas.previousElementSibling), null);
    await page.keyboard.press("Control+Shift+z");
    assert.deepEqual(await pictures(page), chosen);
  });

  it("leaves_text_that_is_being_typed_to_the_browser", async () => {
    await page.focus("#prior-room-seed");
    const canRedo = !(await page.locator("#redo").isDisabled());
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.equal(!(await page.locator("#redo").isDisabled()), canRedo);
  });

  it("complained_about_nothing", () => assert.deepEqual(complaints, []));
});
