// @ts-check
/** The map: the plane, what stands on it, what hands and keys do there, and the link that brings it back. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { Axis, centreWith, quantilesBetween } from "../../www/rooms/map/axis.js";
import { cdf, quantile } from "../../www/rooms/map/normal.js";
import { readSettings } from "../../www/rooms/map/settings.js";
import { DIGITS, difference, draw, hashOf, inkOn, judged, launch, linked, newPage, open, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };

/** Waits until every test digit has its place. @param {Page} page */
async function placed(page) {
  await page.waitForFunction(() => / shown$/.test(document.getElementById("map-progress")?.textContent ?? ""));
  await settled(page);
}

/** @param {Page} page @param {string} [hash]  what follows `#room=map` */
async function enter(page, hash = "") {
  await open(page, `#room=map${hash}`);
  await judged(page);
  await placed(page);
}

/** Middle and half-axes of the ellipse at one sigma, as painted, px. @param {Page} page */
const ellipse = async (page) => (await page.locator("#map").getAttribute("data-ellipse") ?? "").split(" ").map(Number);

/** Where z is painted, px. @param {Page} page */
const placeOfZ = async (page) => (await page.locator("#map").getAttribute("data-z") ?? "").split(" ").map(Number);

/** @param {Page} page */
async function z(page) {
  const match = /^\((−?[\d.]+), (−?[\d.]+)\)$/.exec(await page.locator("#map-z").innerText());
  assert.ok(match);
  return match.slice(1).map((text) => Number(text.replace("−", "-")));
}

/** mu and sigma of the drawing, as the figure's chart says them, to two places. @param {Page} page */
async function posterior(page) {
  await page.waitForTimeout(500); // texts follow the hand
  const text = await page.evaluate(() => document.getElementById("posterior")?.ariaLabel ?? "");
  const [a, b] = [...text.matchAll(/mu (−?\d+\.\d+), sigma (\d+\.\d+)/g)].map((match) => match.slice(1).map((each) => Number(each.replace("−", "-"))));
  return { mu: [a[0], b[0]], sigma: [a[1], b[1]] };
}

/** @param {Page} page */
const box = async (page) => /** @type {{ x: number, y: number, width: number, height: number }} */ (await page.locator("#map").boundingBox());


/** Every canvas of the room that can be seen, by the hash of its pixels. @param {Page} page */
async function pictures(page) {
  const pixels = await page.evaluate(() => [...document.querySelectorAll(".room-map canvas")].filter((canvas) => canvas.checkVisibility())
    .map((canvas) => /** @type {HTMLCanvasElement} */ (canvas).toDataURL()));
  return pixels.map((each) => hashOf(each));
}

/** How many different colours a canvas has, and how much of it the most frequent one covers. @param {Page} page */
const colours = (page) => page.evaluate(() => {
  const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("map"));
  const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(0, 0, canvas.width, canvas.height);
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const word of new Uint32Array(data.buffer)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return { count: counts.size, most: Math.max(...counts.values()) / (data.length / 4) };
});

describe("the mathematics of the map", () => {
  it("quantiles_are_those_of_the_standard_normal", () => {
    // Python's statistics.NormalDist().inv_cdf
    for (const [p, expected] of [[1e-20, -9.262340089798405], [1e-5, -4.2648907939228256], [0.025, -1.9599639845400538], [0.074, -1.4466320671589785],
      [0.3, -0.5244005127080407], [0.5, 0], [0.75, 0.6744897501960817], [0.999, 3.090232306167813]]) {
      assert.ok(Math.abs(quantile(p) - expected) <= 1e-14 * Math.abs(expected), `${p}: ${quantile(p)}`);
    }
    assert.equal(quantile(0), -Infinity);
    assert.equal(quantile(1), Infinity);
    for (let value = -6; value <= 6; value += 0.37) assert.ok(Math.abs(quantile(cdf(value)) - value) < 1e-7, String(value));
    assert.ok(Math.abs(cdf(1.959963984540054) - 0.975) < 1e-15);
  });

  it("cells_have_equal_probabilities_within_their_range", () => {
    for (const [from, to] of [[-4, 4], [0.1, 0.2], [3, 6], [-6, -3]]) {
      const axis = new Axis(from, to, 560, "prior");
      const edges = axis.edges(20);
      assert.ok(Math.abs(edges[0] - from) < 1e-6 && Math.abs(edges[20] - to) < 1e-6);
      axis.middles(20).forEach((middle, i) => assert.ok(edges[i] < middle && middle < edges[i + 1]));
      const shares = edges.slice(1).map((edge, i) => (cdf(-edges[i]) - cdf(-edge)) / (cdf(-from) - cdf(-to)));
      for (const share of shares) assert.ok(Math.abs(share - 0.05) < 1e-6, `${from}…${to}: ${share}`);
      edges.forEach((edge, i) => assert.ok(Math.abs(axis.px(edge) - i * 28) < 1e-3, "equal on the screen too"));
    }
    assert.deepEqual(quantilesBetween(-Infinity, Infinity, [0.5]), [0]);
  });

  it("a_plane_held_by_a_point_keeps_it_under_the_hand", () => {
    for (const spacing of /** @type {const} */ (["scale", "prior"])) {
      for (const half of [4, 0.5, 0.0625]) {
        const middle = centreWith(0.7, 123, half, 560, spacing);
        const axis = new Axis(middle - half, middle + half, 560, spacing);
        assert.ok(Math.abs(axis.px(0.7) - 123) < 1e-3, `${spacing} ${half}`);
        assert.ok(Math.abs(axis.z(123) - 0.7) < 1e-6, `${spacing} ${half}`);
      }
    }
  });

  it("settings_that_are_not_what_they_should_be_take_their_defaults", () => {
    const usual = readSettings({});
    assert.deepEqual(readSettings({ "map.at": "1", "map.view": "a,b,c", "map.grid": "many", "map.axes": "x", "map.digit": "1.5" }), usual);
    assert.equal(usual.grid, 20);
    assert.equal(readSettings({ "map.grid": "1000" }).grid, 40);
    assert.deepEqual(readSettings({ "map.at": "1e9,-2" }).at, [6, -2]);
    assert.equal(readSettings({ "map.grid": "off" }).spacing, "scale");
  });
});

describe("the map", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("shows_ten_thousand_digits_on_a_manifold_and_hides_classes", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    assert.equal(await page.locator("#map-progress").innerText(), "all 10,000 shown");
    const full = await colours(page);
    assert.ok(full.count > 1000 && full.most < 0.9, `${full.count} colours, ${full.most}`);
    const [withAll] = await pictures(page);

    await page.locator("[data-class='1']").click();
    await settled(page);
    assert.equal(await page.locator("[data-class='1']").getAttribute("aria-pressed"), "false");
    assert.equal(await page.locator("#map-progress").innerText(), "8,865 of 10,000 shown");
    const [withoutOnes] = await pictures(page);
    assert.notEqual(withoutOnes, withAll);
    await page.locator("[data-class='1']").press("Enter");
    await settled(page);
    assert.equal((await pictures(page))[0], withAll, "they come back to where they were");

    await page.locator("#map-all").click();
    await linked(page, /map\.hide=0123456789/);
    const [manifold] = await pictures(page);
    assert.ok((await colours(page)).count > 50, "the manifold is there without them");
    await page.locator("#map-manifold").press("Space");
    await settled(page);
    assert.notEqual((await pictures(page))[0], manifold);
    assert.ok((await colours(page)).most > 0.4, "an empty plane is quiet");
    await linked(page, /map\.grid=off/);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("decodes_where_the_mouse_points_and_keeps_where_it_clicks", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, "&map.hide=0123456789");
    const { x, y, width, height } = await box(page);
    const before = await inkOn(page, "map-decoded");
    assert.ok(before.sum > 5000, "not blank");
    const [atMu, placeOfMu] = [await z(page), await placeOfZ(page)];

    await page.mouse.move(x + width * 0.9, y + height * 0.08);
    await settled(page);
    const pointed = await z(page);
    assert.ok(pointed[0] > 1 && pointed[1] > 1, String(pointed));
    assert.ok(difference(before, await inkOn(page, "map-decoded")) > 0.03, "another digit");
    assert.equal(await page.locator("#map-reads").innerText().then((text) => text.slice(0, 4)), "as 0");
    await page.waitForFunction(() => /reads as 0/.test(document.getElementById("map-says")?.textContent ?? ""));

    await page.mouse.move(x + width * 0.5, y - 60);
    await settled(page);
    assert.deepEqual(await z(page), atMu, "it comes back");
    assert.equal(difference(before, await inkOn(page, "map-decoded")), 0);

    await page.mouse.click(x + width * 0.9, y + height * 0.08);
    await page.mouse.move(x + width * 0.5, y - 60);
    await settled(page);
    assert.deepEqual(await z(page), pointed, "chosen");
    await linked(page, /map\.at=1\.\d+,1\.\d+/);
    await page.keyboard.press("Control+z");
    await settled(page);
    assert.deepEqual(await placeOfZ(page), placeOfMu, "one step back");

    // A drag carries z along, and is one step.
    await page.mouse.move(x + 100, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + 200, y + 300, { steps: 5 });
    await page.mouse.up();
    await page.mouse.move(x + width * 0.5, y - 60);
    await settled(page);
    const [px, py] = await placeOfZ(page);
    assert.ok(Math.hypot(px - 200, py - 300) < 1, `${px}, ${py}`);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("shows_the_posterior_to_scale_while_a_person_draws", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, "&map.axes=scale&map.view=0,0,2");
    const { width } = await box(page);
    const unit = (2 * width) / 8;
    for (const digit of [DIGITS.seven, DIGITS.two]) {
      await page.click("#clear");
      await settled(page);
      assert.deepEqual(await ellipse(page), [0], "nothing drawn, no posterior");
      await draw(page, digit);
      const { mu, sigma } = await posterior(page);
      const [cx, cy, across, down] = await ellipse(page);
      assert.ok(Math.abs(across - sigma[0] * unit) < 1 && Math.abs(down - sigma[1] * unit) < 1, `${across} x ${down} px for ${sigma}`);
      assert.ok(Math.abs(cx - (width / 2 + mu[0] * unit)) < 1 && Math.abs(cy - (width / 2 - mu[1] * unit)) < 1, `${cx}, ${cy} for ${mu}`);
      assert.ok(across > 0.3 && down > 0.3);
    }
    // It moves within the stroke, not after it.
    const pad = /** @type {{ x: number, y: number, width: number }} */ (await page.locator("#pad").boundingBox());
    const before = await ellipse(page);
    await page.mouse.move(pad.x + 0.3 * pad.width, pad.y + 0.3 * pad.width);
    await page.mouse.down();
    await page.mouse.move(pad.x + 0.7 * pad.width, pad.y + 0.6 * pad.width, { steps: 8 });
    await settled(page);
    assert.notDeepEqual(await ellipse(page), before);
    await page.mouse.up();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("takes_the_digit_behind_a_dot_and_puts_it_on_the_pad", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, "&map.at=1.3,0.9");
    await page.locator("#map").focus();
    await page.keyboard.press("n");
    await settled(page);
    await linked(page, /map\.digit=\d+/);
    const title = await page.locator(".taken p").first().innerText();
    assert.match(title, /^No\. [\d,]+, labelled 0$/);
    const small = page.locator(".taken .small");
    for (const i of [0, 1]) {
      const ink = await small.nth(i).evaluate((canvas) => /** @type {CanvasRenderingContext2D} */ (/** @type {HTMLCanvasElement} */ (canvas)
        .getContext("2d")).getImageData(0, 0, 28, 28).data.reduce((sum, value, at) => sum + (at % 4 === 3 ? value : 0), 0));
      assert.ok(ink > 5000, `picture ${i} is not blank`);
    }
    const [px, py] = await placeOfZ(page);
    await page.locator("#map-put").click();
    await settled(page);
    const [cx, cy] = await ellipse(page);
    assert.ok(Math.hypot(px - cx, py - cy) < 0.5, "the drawing's posterior is now that of the digit");
    await linked(page, /ink=/);

    // A click beside a dot means that dot; a click elsewhere lets it go.
    const { x, y } = await box(page);
    await page.mouse.click(x + px + 2, y + py + 1);
    await settled(page);
    assert.equal(await page.locator(".taken p").first().isVisible(), true);
    await page.locator("#map-all").click();
    await page.mouse.click(x + 20, y + 300);
    await settled(page);
    assert.equal(await page.locator(".taken p").first().isVisible(), false);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("works_with_the_keyboard", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    const map = page.locator("#map");
    await map.focus();
    const [x, y] = await placeOfZ(page);
    const before = await inkOn(page, "map-decoded");
    for (let i = 0; i < 5; i += 1) await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("ArrowRight");
    await settled(page);
    const moved = await placeOfZ(page);
    assert.ok(moved[0] > x && y - moved[1] > 100, `${x}, ${y} to ${moved}`);
    assert.ok(difference(before, await inkOn(page, "map-decoded")) > 0.01);
    await linked(page, /map\.at=/);
    await page.keyboard.press("Home");
    await settled(page);
    assert.deepEqual(await placeOfZ(page), [x, y]);

    const [whole] = await pictures(page);
    await page.keyboard.press("+");
    await page.keyboard.press("+");
    await linked(page, /map\.view=[^&]+,2\.25/);
    await settled(page);
    assert.ok(Math.hypot(...(await placeOfZ(page)).map((value, i) => value - [x, y][i])) < 0.1, "it grows about z");
    await page.keyboard.press("Alt+ArrowRight");
    await settled(page);
    assert.ok((await placeOfZ(page))[0] < x - 20, "the plane moves");
    await page.keyboard.press("0");
    await settled(page);
    await page.waitForTimeout(100);
    assert.equal((await pictures(page))[0], whole, "back to the whole plane");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("is_moved_and_zoomed_with_the_mouse", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page);
    const { x, y, width } = await box(page);
    await page.mouse.move(x + 150, y + 150);
    await settled(page);
    const under = await z(page);
    await page.mouse.wheel(0, -600);
    await page.waitForTimeout(700);
    await page.mouse.move(x + 150.4, y + 150);
    await settled(page);
    const after = await z(page);
    assert.ok(Math.hypot(after[0] - under[0], after[1] - under[1]) < 0.03, "zooming keeps what is under the pointer");
    await linked(page, /map\.view=/);

    for (const [take, leave] of [
      [() => page.mouse.down({ button: "middle" }), () => page.mouse.up({ button: "middle" })],
      [async () => { await page.locator("#map").focus(); await page.keyboard.down("Space"); await page.mouse.down(); },
        async () => { await page.mouse.up(); await page.keyboard.up("Space"); }],
      [async () => { await page.locator("#map-pan").click(); await page.mouse.move(x + 250, y + 250); await page.mouse.down(); }, () => page.mouse.up()],
    ]) {
      await page.mouse.move(x + 250, y + 250);
      const [px, py] = await placeOfZ(page);
      const isPreview = await page.locator("#map-z").innerText();
      await take();
      await page.mouse.move(x + 290, y + 230, { steps: 4 });
      await leave();
      await page.waitForTimeout(600);
      await settled(page);
      const [qx, qy] = await placeOfZ(page);
      assert.ok(Math.hypot(qx - px, qy - py) > 20, `${px}, ${py} to ${qx}, ${qy} at ${isPreview}`);
    }
    await page.locator("#map-whole").click();
    await page.mouse.move(x + width / 2, y - 60);
    await settled(page);
    await page.waitForFunction(() => !location.hash.includes("view"));
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("works_with_fingers", async () => {
    const { page, complaints } = await newPage(browser, PHONE);
    await enter(page);
    await page.locator("#map").scrollIntoViewIfNeeded();
    const { x, y, width } = await box(page);
    const cdp = await page.context().newCDPSession(page);
    /** @param {"touchStart" | "touchMove" | "touchEnd"} type @param {...[number, number]} fingers */
    const touch = (type, ...fingers) => cdp.send("Input.dispatchTouchEvent", {
      type, touchPoints: fingers.map(([px, py], id) => ({ x: x + px, y: y + py, id })),
    });
    const before = await inkOn(page, "map-decoded");
    await touch("touchStart", [180, 180]);
    await touch("touchMove", [250, 100]);
    await touch("touchMove", [330, 30]);
    await settled(page);
    assert.ok(difference(before, await inkOn(page, "map-decoded")) > 0.02, "it follows the finger");
    await touch("touchEnd");
    await settled(page);
    const [px, py] = await placeOfZ(page);
    assert.ok(Math.hypot(px - 330, py - 30) < 1, `${px}, ${py}`);
    await linked(page, /map\.at=/);

    const kept = await z(page);
    await touch("touchStart", [150, 180]);
    await touch("touchStart", [150, 180], [210, 180]);
    await touch("touchMove", [120, 180], [240, 180]);
    await touch("touchMove", [90, 180], [270, 180]);
    await touch("touchEnd");
    await linked(page, /map\.view=[^&]+,3/);
    await settled(page);
    assert.deepEqual(await z(page), kept, "two fingers leave z alone");
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    assert.ok(width > 300);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("a_link_brings_the_same_pictures_back", async () => {
    const first = await newPage(browser);
    await enter(first.page);
    const { x, y } = await box(first.page);
    await first.page.mouse.move(x + 200, y + 330);
    await first.page.mouse.wheel(0, -700);
    await first.page.waitForTimeout(600);
    await first.page.locator("#map").focus();
    await first.page.keyboard.press("n");
    await first.page.locator("[data-class='4']").click();
    await first.page.locator("#map-grid").fill("12");
    await first.page.mouse.move(5, 5);
    await linked(first.page, /map\.hide=4/);
    await linked(first.page, /map\.grid=12/);
    await first.page.waitForTimeout(300);
    await settled(first.page);
    const shown = await pictures(first.page);
    assert.ok((await colours(first.page)).count > 1000, "the plane is not blank");
    assert.equal(shown.length, 4);
    assert.equal(new Set(shown).size, 4, "no two are alike, as blanks would be");

    const second = await newPage(browser);
    await enter(second.page, new URL(first.page.url()).hash.replace("#room=map", ""));
    await second.page.waitForTimeout(300);
    await settled(second.page);
    assert.deepEqual(await pictures(second.page), shown);
    assert.deepEqual([...first.complaints, ...second.complaints], []);
    await first.page.context().close();
    await second.page.context().close();
  });

  it("the_manifold_is_what_the_plane_decodes_to", async () => {
    const { page, complaints } = await newPage(browser);
    await enter(page, "&map.hide=0123456789&map.grid=5&map.axes=prior");
    const { x, y, width } = await box(page);
    // Each cell shows, in its middle, the digit decoded from there.
    for (const [column, row] of [[0, 0], [2, 1], [4, 4]]) {
      await page.mouse.move(x + (width * (column + 0.5)) / 5, y + (width * (row + 0.5)) / 5);
      await settled(page);
      const { alpha } = await inkOn(page, "map-decoded");
      const cell = await page.evaluate(([left, top, side]) => {
        const canvas = /** @type {HTMLCanvasElement} */ (document.getElementById("map"));
        const { data } = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).getImageData(left, top, side, side);
        return Array.from({ length: 784 }, (_, i) => data[4 * (Math.floor((Math.floor(i / 28) + 0.5) * (side / 28)) * side + Math.floor(((i % 28) + 0.5) * (side / 28)))]);
      }, [(column * width) / 5, (row * width) / 5, width / 5]);
      const inked = cell.map((red) => 255 - red);
      const mean = (/** @type {ArrayLike<number>} */ values) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
      const [a, b] = [mean(alpha), mean(inked)];
      const covariance = mean(inked.map((value, i) => (value - b) * (alpha[i] - a)));
      const correlation = covariance / Math.sqrt(mean(inked.map((value) => (value - b) ** 2)) * mean(Array.from(alpha).map((value) => (value - a) ** 2)));
      assert.ok(correlation > 0.85, `cell ${column}, ${row}: ${correlation}`);
    }
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("says_when_the_digits_cannot_be_fetched_and_works_without", async () => {
    const { page } = await newPage(browser);
    await page.route("**/digits/mnist-test.bin", (route) => route.fulfill({ status: 404 }));
    await open(page, "#room=map");
    await page.waitForFunction(() => /could not be fetched/.test(document.getElementById("map-progress")?.textContent ?? ""));
    await settled(page);
    assert.ok((await inkOn(page, "map-decoded")).sum > 5000);
    assert.ok((await colours(page)).count > 50, "the manifold is there");
    await page.unroute("**/digits/mnist-test.bin");
    await page.locator(".map-classes .head button").click();
    await placed(page);
    assert.equal(await page.locator("#map-progress").innerText(), "all 10,000 shown");
    await page.context().close();
  });

  it("is_accessible_in_both_themes_and_fits_every_width", async () => {
    for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
      const { page, complaints } = await newPage(browser, { colorScheme });
      await enter(page, "&map.hide=3&map.at=1.3,0.9&map.digit=3");
      assert.deepEqual(await seriousFindings(page), []);
      assert.match(await page.evaluate(() => document.getElementById("map")?.ariaLabel ?? ""), /9,\d+ test digits|8,\d+ test digits|10,000 test digits/);
      for (const [width, height] of [[1440, 900], [820, 1180], [320, 700]]) {
        await page.setViewportSize({ width, height });
        await settled(page);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${width} px`);
        if (width === 1440) assert.ok(await page.evaluate(() => document.documentElement.scrollHeight <= innerHeight), "no scrolling on a desktop");
      }
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });
});
