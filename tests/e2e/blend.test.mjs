// @ts-check
/** The room for blends: the path from drawing to drawing, its ends, the sum, and what a link keeps of it. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { along, carry, crossFade, frameTimes, lerp, norm, slerp } from "../../www/rooms/blend/paths.js";
import { BASE_URL, DIGITS, difference, draw, hashOf, inkOn, judged, launch, linked, newPage, open, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const CANVASES = ["blend-seen-1", "blend-seen-2", "blend-slot-1", "blend-slot-2", "blend-film", "blend-fade", "blend-point", "blend-mixed", "blend-sum-a", "blend-sum-z"];

/** @param {Page} page @param {string} id */
async function hash(page, id) {
  const { alpha, sum } = await inkOn(page, id);
  assert.ok(sum > 5_000, `${id} is blank`);
  return hashOf(alpha);
}

/** @param {Page} page @param {string[]} [ids] */
const hashes = async (page, ids = CANVASES) => Object.fromEntries(await ids.reduce(
  async (all, id) => [...await all, [id, await hash(page, id)]], Promise.resolve(/** @type {[string, string][]} */ ([]))));

/** @param {Page} page @param {string} t */
async function scrubTo(page, t) {
  await page.locator("#blend-t").fill(t);
  await settled(page);
}


/** @param {Page} page @param {string} id @param {number} share  0…1 across */
async function across(page, id, share) {
  const box = /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator(id).boundingBox());
  return { x: box.x + share * box.width, y: box.y + box.height / 2 };
}

describe("paths", () => {
  const [a, b] = [Float32Array.of(3, 0, 0.1), Float32Array.of(0, 1, -0.7)];

  it("end_in_the_stops_themselves", () => {
    for (const path of [lerp, slerp]) {
      assert.equal(path(a, b, 0), a);
      assert.equal(path(a, b, 1), b);
      assert.equal(along([a, b, a], 1, path), b);
      assert.equal(along([a, b, a], 2, path), a);
    }
  });

  it("linear_is_half_of_both_and_spherical_keeps_its_distance", () => {
    lerp(a, b, 0.25).forEach((value, i) => assert.ok(Math.abs(value - (0.75 * a[i] + 0.25 * b[i])) < 1e-6));
    for (const s of [0.1, 0.5, 0.9]) {
      assert.ok(Math.abs(norm(slerp(a, b, s)) - ((1 - s) * norm(a) + s * norm(b))) < 1e-5);
      assert.ok(norm(lerp(a, b, s)) < norm(slerp(a, b, s)) - 0.05);
    }
    const quarter = slerp(Float32Array.of(1, 0), Float32Array.of(0, 1), 0.5);
    assert.ok(Math.abs(quarter[0] - Math.SQRT1_2) < 1e-6 && Math.abs(quarter[1] - Math.SQRT1_2) < 1e-6);
  });

  it("spherical_is_linear_where_there_is_no_arc", () => {
    for (const other of [a.map((v) => 2 * v), a.map((v) => -v), new Float32Array(3), a]) {
      assert.deepEqual(slerp(a, other, 0.3), lerp(a, other, 0.3));
      assert.ok(slerp(a, other, 0.3).every(Number.isFinite));
    }
  });

  it("every_stop_is_a_frame", () => {
    for (const [stops, most] of [[2, 19], [3, 19], [4, 18], [6, 6], [6, 19], [5, 10]]) {
      const times = frameTimes(stops, most);
      assert.ok(times.length <= most && times.length >= stops);
      for (let t = 0; t < stops; t += 1) assert.ok(times.includes(t), `${stops} ${most} ${t}`);
    }
  });

  it("sums_and_cross_fades", () => {
    assert.deepEqual([...carry(Float32Array.of(3, 1), Float32Array.of(1, 1), Float32Array.of(5, 6), 0.5)], [6, 6]);
    const c = Float32Array.of(1);
    assert.equal(carry(c, c, c, 0), c);
    const [dark, light] = [Uint8ClampedArray.of(1, 2, 3, 200), Uint8ClampedArray.of(1, 2, 3, 100)];
    assert.deepEqual([...crossFade([dark, light], 0.5, 0x102030)], [0x10, 0x20, 0x30, 150]);
  });
});

describe("blend", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("ends_in_the_two_reconstructions_exactly", async () => {
    for (const model of ["", "&model=map2", "&model=ae"]) {
      const { page, complaints } = await newPage(browser);
      await open(page, `#room=blend&z=mean${model}`);
      await judged(page);
      await scrubTo(page, "0");
      assert.equal(await hash(page, "blend-point"), await hash(page, "blend-slot-1"), model);
      assert.equal(await hash(page, "blend-mixed"), await hash(page, "blend-slot-1"), model);
      await scrubTo(page, "1");
      assert.equal(await hash(page, "blend-point"), await hash(page, "blend-slot-2"), model);
      assert.notEqual(await hash(page, "blend-slot-1"), await hash(page, "blend-slot-2"));
      await scrubTo(page, "0.5");
      assert.ok(difference(await inkOn(page, "blend-point"), await inkOn(page, "blend-mixed")) > 0.01, "not what mixing pixels gives");
      assert.equal(await hash(page, "reconstruction"), await hash(page, "blend-slot-1"), "z = mu is what the figure shows too");
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });

  it("follows_the_pad_until_it_is_told_to_keep", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page, "#room=blend");
    await judged(page);
    const before = await hashes(page, ["blend-slot-1", "blend-film", "blend-point"]);
    await draw(page, DIGITS.seven);
    const drawn = await hashes(page, ["blend-slot-1", "blend-film", "blend-point"]);
    for (const id of Object.keys(before)) assert.notEqual(drawn[id], before[id], id);
    await page.locator("#blend-follow").press("Space");
    await settled(page);
    await page.click("#clear");
    await draw(page, DIGITS.two);
    assert.deepEqual(await hashes(page, Object.keys(drawn)), drawn, "it kept the seven");
    await page.getByRole("button", { name: "2 example 0" }).click();
    await page.click("#blend-take");
    await settled(page);
    assert.notEqual((await hashes(page))["blend-film"], drawn["blend-film"]);
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.deepEqual(await hashes(page, Object.keys(drawn)), drawn, "undo gives the 0 back");
    await page.click("#blend-put");
    await settled(page);
    assert.equal(await hash(page, "seen"), await hash(page, "blend-seen-2"));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("scrubs_by_mouse_touch_and_keys_one_step_of_undo_a_gesture", async () => {
    const { page, complaints } = await newPage(browser, { hasTouch: true });
    await open(page, "#room=blend");
    await judged(page);
    const range = page.locator("#blend-t");
    const [from, to] = [await across(page, "#blend-film", 0.2), await across(page, "#blend-film", 0.9)];
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 10 });
    await page.mouse.up();
    await settled(page);
    const dragged = Number(await range.inputValue());
    assert.ok(dragged > 0.85 && dragged < 0.97, String(dragged));
    const there = await hash(page, "blend-point");
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.equal(await range.inputValue(), "0.5");
    assert.notEqual(await hash(page, "blend-point"), there);
    await page.keyboard.press("Control+y");
    await settled(page);
    assert.equal(await hash(page, "blend-point"), there);

    await range.focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowRight");
    await settled(page);
    assert.equal(await range.inputValue(), "0.02");
    const spot = await across(page, "#blend-fade", 0.5);
    await page.touchscreen.tap(spot.x, spot.y);
    await settled(page);
    assert.equal(await range.inputValue(), "0.5");
    assert.match(await range.getAttribute("aria-valuetext") ?? "", /50 per cent of the way from drawing 1 to 2/);
    const times = await page.evaluate(() => performance.getEntriesByName("scrub→paint").map(({ duration }) => duration));
    assert.ok(times.length > 3 && Math.max(...times) < 1000, String(times));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("holds_test_digits_moves_them_and_a_link_reproduces_it", async () => {
    const { page, complaints, requests } = await newPage(browser);
    await open(page, "#room=blend");
    await judged(page);
    await draw(page, DIGITS.two);
    await page.click("#blend-add");
    await settled(page);
    assert.equal(await page.locator(".blend-slot").count(), 3);
    assert.equal(requests.filter((url) => url.includes("mnist")).length, 0, "nobody asked for digits");
    await page.selectOption("#blend-digit", "4");
    await linked(page, /items=pad\.e0\.t4(?!\d)/);
    await page.click("#blend-next");
    await linked(page, /items=pad\.e0\.t6(?!\d)/);
    await page.click("#blend-left");
    await page.click("#blend-spherical");
    await page.selectOption("#blend-term-c", "m8");
    await page.locator("#blend-strength").fill("1.5");
    await scrubTo(page, "1.3");
    await settled(page);
    await linked(page, /items=pad\.t6\.e0.*blend\.t=1\.3/);
    assert.ok(page.url().length < 2048, `${page.url().length} characters`);
    await page.waitForFunction(() => /reads as 4/.test(document.getElementById("blend-slot-2")?.ariaLabel ?? ""));
    assert.match(await page.locator("#blend-film").getAttribute("aria-label") ?? "", /^\d+ pictures on the way through 3 drawings: frame/);

    const other = await newPage(browser);
    await open(other.page, page.url().slice(BASE_URL.length));
    await judged(other.page);
    assert.deepEqual(await hashes(other.page), await hashes(page));
    assert.equal(await other.page.locator("#blend-spherical").getAttribute("aria-pressed"), "true");
    await other.page.context().close();
    await page.getByRole("button", { name: /^3 / }).click();
    await page.click("#blend-remove");
    await settled(page);
    assert.equal(await page.locator(".blend-slot").count(), 2);
    assert.ok(await page.locator("#blend-remove").isDisabled(), "two at least");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("says_which_drawings_a_link_leaves_out", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page, "#room=blend");
    await judged(page);
    await page.click("#clear");
    await draw(page, [...DIGITS.four, ...DIGITS.two, ...DIGITS.seven], 40);
    for (let i = 0; i < 4; i += 1) {
      await page.click("#blend-add");
      await settled(page);
    }
    assert.match(await page.locator(".blend-note").innerText(), /Too long for a link, so only this tab has it: drawing .*6/);
    await linked(page, /(\.k\d+){4}/);
    assert.ok(page.url().length < 2600);
    const other = await newPage(browser);
    await open(other.page, page.url().slice(BASE_URL.length));
    await judged(other.page);
    assert.match(await other.page.locator(".blend-note").innerText(), /The link had no room for drawing .*6/);
    assert.deepEqual([...complaints, ...other.complaints], []);
    await other.page.context().close();
    await page.context().close();
  });

  it("adds_and_takes_away", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page, "#room=blend");
    await judged(page);
    assert.match(await page.locator("#blend-sum-reads").innerText(), /^reads as 7/);
    const leaning = await hash(page, "blend-sum-z");
    await page.locator("#blend-strength").fill("0");
    await settled(page);
    assert.equal(await hash(page, "blend-sum-z"), await hash(page, "blend-sum-c"), "nothing of a − b: c itself");
    assert.notEqual(await hash(page, "blend-sum-z"), leaning);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("walks_back_and_forth_or_steps_for_who_wants_no_motion", async () => {
    const { page } = await newPage(browser);
    await open(page, "#room=blend");
    await page.click("#blend-play");
    await page.waitForFunction(() => (/** @type {HTMLInputElement} */ (document.getElementById("blend-t"))).value === "1");
    await page.waitForFunction(() => Number((/** @type {HTMLInputElement} */ (document.getElementById("blend-t"))).value) < 0.9);
    await page.click("#blend-play");
    await settled(page);
    const at = await page.inputValue("#blend-t");
    await page.waitForTimeout(200);
    assert.equal(await page.inputValue("#blend-t"), at);
    await page.context().close();

    const calm = await newPage(browser, { reducedMotion: "reduce" });
    await open(calm.page, "#room=blend");
    await scrubTo(calm.page, "0");
    assert.equal(await calm.page.locator("#blend-play").innerText(), "Step");
    await calm.page.click("#blend-play");
    await settled(calm.page);
    const stepped = Number(await calm.page.inputValue("#blend-t"));
    assert.ok(stepped > 0.03 && stepped < 0.3, String(stepped));
    await calm.page.context().close();
  });

  it("is_nothing_serious_for_axe_and_fits_every_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page, complaints } = await newPage(browser, { colorScheme });
      await open(page, "#room=blend&blend.items=pad.e0.e7.e4.e9.e2");
      await judged(page);
      assert.deepEqual(await seriousFindings(page), []);
      assert.equal(await page.locator(".room-blend canvas:not([role=img][aria-label])").count(), 0);
      for (const width of [320, 360, 390, 768, 820, 1024, 1216, 1440, 1920]) {
        await page.setViewportSize({ width, height: 900 });
        await settled(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `at ${width}`);
        await hash(page, "blend-film");
        if (width === 320) assert.deepEqual(await seriousFindings(page), []);
      }
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });
});
