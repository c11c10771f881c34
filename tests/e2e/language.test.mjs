// @ts-check
/** The page in two languages: which it takes, how a person changes it, and every room in Chinese, in words and in layout. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { ROOMS } from "../../www/address.js";
import { BASE_URL, DIGITS, draw, hashOf, inkOn, launch, linked, newPage, open, ready, seriousFindings, settled } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** Names and symbols that are the same in Chinese. */
const NAMES = /Latent Ink|relaxed SIMD/g;

/** @param {Page} page */
const languageOf = (page) => page.evaluate(() => document.documentElement.lang);

/** @param {Page} page @param {string} lang */
async function arrived(page, lang) {
  await page.waitForFunction((wanted) => document.documentElement.lang === wanted && document.getElementById("status")?.dataset.mood === "ready", lang);
  await settled(page);
}

/** Every text that a person sees or hears. @param {Page} page @returns {Promise<string[]>} */
const textsOf = (page) => page.evaluate(() => {
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.parentElement?.closest("code")) texts.push(node.textContent ?? ""); // Rust is Rust in every language
  }
  for (const element of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "aria-roledescription", "aria-valuetext", "title", "alt", "placeholder"]) texts.push(element.getAttribute(name) ?? "");
  }
  return texts.map((text) => text.trim()).filter(Boolean);
});

/** What stands over the right edge, or over an edge of its own. @param {Page} page */
const clipped = (page) => page.evaluate(() => [...document.querySelectorAll("button, a, label, h1, h2, h3, p, output, legend, td, th")]
  .filter((element) => element instanceof HTMLElement && element.checkVisibility({ visibilityProperty: true }) && !element.closest(".unseen, [inert]"))
  .filter((element) => {
    const { right } = element.getBoundingClientRect();
    return right > innerWidth + 0.5 || element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline";
  })
  .map((element) => `${element.id || element.className}: ${element.textContent?.slice(0, 40)} (${element.scrollWidth} in ${element.clientWidth} px)`));

describe("the language", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  it("is_the_first_of_the_browsers_that_there_is", async () => {
    for (const [locale, lang] of [["zh-CN", "zh-Hans"], ["zh-TW", "zh-Hans"], ["en-US", "en"], ["fr-FR", "en"]]) {
      const { page, requests, complaints } = await newPage(browser, { locale });
      await open(page);
      assert.equal(await languageOf(page), lang, locale);
      assert.match(await page.locator("#status").innerText(), lang === "en" ? /^Ready$/ : /^就绪$/);
      const other = lang === "en" ? ".zh.js" : ".en.js";
      assert.deepEqual(requests.filter((url) => url.endsWith(other)), [], "nobody fetches the other language");
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
    const { page } = await newPage(browser, { locale: "fr-FR" });
    await page.addInitScript(() => Object.defineProperty(navigator, "languages", { get: () => ["fr-FR", "zh-Hans-CN", "en"] }));
    await open(page);
    assert.equal(await languageOf(page), "zh-Hans");
    await page.context().close();
  });

  it("is_what_a_link_says_and_a_link_is_not_remembered", async () => {
    const { page } = await newPage(browser);
    for (const [search, lang] of [["?lang=zh", "zh-Hans"], ["?lang=zh-CN", "zh-Hans"], ["?lang=en", "en"], ["?lang=xx", "en"], ["?lang=", "en"], ["", "en"]]) {
      await open(page, search);
      assert.equal(await languageOf(page), lang, search);
    }
    await page.context().close();
  });

  it("changes_by_mouse_and_keyboard_keeps_the_view_and_is_remembered", async () => {
    const { page, complaints } = await newPage(browser);
    await open(page);
    const other = page.locator("#language");
    assert.deepEqual([await other.innerText(), await other.getAttribute("lang"), await other.getAttribute("hreflang")], ["中文", "zh-Hans", "zh-Hans"]);
    await page.click("#clear");
    await draw(page, DIGITS.seven);
    await page.fill("#z-seed", "77");
    await linked(page, /z=77.*ink=/);
    await settled(page);
    const view = async () => [new URL(page.url()).hash, ...await Promise.all(["pad", "seen", "reconstruction", "prior"].map(async (id) => hashOf((await inkOn(page, id)).alpha)))];
    const before = await view();
    await other.click();
    await arrived(page, "zh-Hans");
    assert.deepEqual(await view(), before);
    assert.equal(new URL(page.url()).search, "?lang=zh");
    assert.equal(await other.innerText(), "English");
    await other.focus();
    await page.keyboard.press("Enter");
    await arrived(page, "en");
    assert.deepEqual(await view(), before);
    await other.click();
    await arrived(page, "zh-Hans");
    await open(page); // without a word of it in the address
    assert.equal(await languageOf(page), "zh-Hans");
    await open(page, "?lang=en");
    assert.equal(await languageOf(page), "en");
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  it("takes_along_what_was_done_a_moment_ago_and_where_a_person_is", async () => {
    const { page } = await newPage(browser);
    await open(page, "#room=posterior");
    await page.waitForSelector("#posterior-again");
    await page.fill("#posterior-seed", "5");
    await page.click("#language"); // sooner than the address is written
    await arrived(page, "zh-Hans");
    await page.waitForFunction(() => /** @type {HTMLInputElement | null} */ (document.getElementById("posterior-seed"))?.value === "5");
    assert.match(page.url(), /room=posterior/);
    await page.context().close();
  });

  it("shows_no_english_before_chinese_comes_and_english_where_it_does_not_come", async () => {
    const { page } = await newPage(browser, { locale: "zh-CN" });
    /** @type {() => void} */
    let come = () => {};
    await page.route("**/main.zh.js", async (route) => {
      await new Promise((resolve) => { come = () => resolve(undefined); });
      await route.continue();
    });
    await page.goto(BASE_URL, { waitUntil: "commit" });
    const visibility = () => page.evaluate(() => getComputedStyle(document.body).visibility);
    await page.waitForFunction(() => document.querySelector("footer") && [...document.styleSheets].length > 2);
    assert.equal(await visibility(), "hidden");
    await page.waitForFunction(() => getComputedStyle(document.body).visibility === "visible");
    assert.match(await page.locator(".standfirst").innerText(), /^A drawing/);
    come();
    await ready(page);
    assert.match(await page.locator(".standfirst").innerText(), /^一幅图/);
    await page.context().close();
  });

  for (const [width, colorScheme] of /** @type {[number, "light" | "dark"][]} */ ([[1440, "light"], [360, "dark"]])) {
    for (const room of ROOMS) {
      it(`is_chinese_all_through_in_${room}_at_${width}`, async () => {
        const { page, complaints } = await newPage(browser, { locale: "zh-CN", viewport: { width, height: 800 }, colorScheme, hasTouch: width < 500 });
        await open(page, room === "draw" ? "" : `#room=${room}`);
        if (room !== "draw") await page.waitForSelector(`[data-room-body="${room}"] h2`);
        else await page.waitForFunction(() => /网络看到的图，/.test(document.getElementById("seen")?.ariaLabel ?? ""));
        await page.evaluate(() => { for (const more of document.querySelectorAll("details")) more.open = true; });
        await settled(page);
        assert.deepEqual(complaints, []); // later ones may be axe's: it sets styles that the policy refuses
        await checked(page);
        if (room === "draw") {
          for (const [button, panel] of [["keep", "keep-panel"], ["test-digits", "test-digits-panel"]]) {
            await page.click(`#${button}`);
            await page.waitForSelector(`#${panel}[open]`);
            await settled(page);
            await checked(page);
            await page.keyboard.press("Escape");
            await page.waitForSelector(`#${panel}[open]`, { state: "hidden" });
          }
        }
        await page.context().close();
      });
    }
  }

  it("is_spoken_by_workers_too", async () => {
    const { page } = await newPage(browser, { locale: "zh-CN" });
    await open(page, "#room=train");
    await page.click("#train-own");
    await page.waitForSelector("#own-data-panel[open]");
    await checked(page);
    await page.setInputFiles("#own-files-input", [{ name: "a.txt", mimeType: "", buffer: Buffer.from("no picture") }]);
    await page.waitForFunction(() => /应为 PNG/.test(document.querySelector("#own-refused li")?.textContent ?? ""));
    await page.context().close();
  });

  it("gives_a_finger_room", async () => {
    for (const locale of ["zh-CN", "en-US"]) {
      const { page } = await newPage(browser, { locale, viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true });
      await open(page);
      const { width, height } = /** @type {{ width: number, height: number }} */ (await page.locator("#language").boundingBox());
      assert.ok(width >= 44 && height >= 44, `${width} x ${height}`);
      const tops = await page.evaluate(() => [".masthead h1", "#keep", "#language", "#theme"].map((name) => {
        const { top, height: high } = /** @type {Element} */ (document.querySelector(name)).getBoundingClientRect();
        return Math.round(top + high / 2);
      }));
      assert.ok(Math.max(...tops) - Math.min(...tops) <= 4, `on one line: ${tops}`);
      await page.context().close();
    }
  });

  /** @param {Page} page */
  async function checked(page) {
    const english = (await textsOf(page)).filter((text) => /[A-Za-z]+,? [A-Za-z]+,? [A-Za-z]{2,}/.test(text.replace(NAMES, "")));
    assert.deepEqual(english, []);
    assert.deepEqual(await clipped(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "nothing scrolls sideways");
    assert.deepEqual(await seriousFindings(page), []);
  }
});
