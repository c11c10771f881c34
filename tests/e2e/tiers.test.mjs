// @ts-check
/** A link shows the same pictures whichever build of the core a browser runs: to within one grey level. */

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { inkOn, launch, newPage, open, settled } from "./browser.mjs";

/** A link into every room, and pictures there that are computed from it. @type {[string, string[]][]} */
const LINKS = [
  ["#z=7", ["seen", "reconstruction"]],
  ["#room=map&map.at=0.42,-1.1", ["map-decoded", "reconstruction"]],
  ["#room=dimensions&dimensions.z=2:1.5,26:-0.7", ["dimensions-picture", "dimensions-drawing"]],
  ["#room=posterior&posterior.seed=3&posterior.t=1.4", ["posterior-sample-1", "posterior-sample-9", "posterior-map"]],
  ["#room=blend&blend.t=0.3&blend.path=spherical", ["blend-point", "blend-mixed", "blend-sum-z"]],
  ["#room=prior&seed=9&prior.t=0.8&prior.pick=3", ["prior-picked"]],
];

describe("a link on every tier", () => {
  /** @type {import("playwright-core").Browser} */
  let browser;
  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  for (const [link, ids] of LINKS) {
    it(`shows_the_same_for_${link}`, async () => {
      /** @type {Record<string, Uint8Array[]>} */
      const shown = Object.fromEntries(ids.map((id) => [id, []]));
      for (const tier of ["relaxed", "simd128", "scalar"]) {
        const { page } = await newPage(browser);
        await open(page, `${link}&tier=${tier}`);
        for (const id of ids) await page.waitForSelector(`#${id}`);
        await page.waitForTimeout(300);
        await settled(page);
        for (const id of ids) {
          const { alpha, sum } = await inkOn(page, id);
          assert.ok(sum > 1000, `${id} holds ${sum}`);
          shown[id].push(alpha);
        }
        await page.context().close();
      }
      for (const [id, [first, ...others]] of Object.entries(shown)) {
        assert.equal(first.length, 784, id);
        for (const other of others) {
          const most = first.reduce((worst, value, i) => Math.max(worst, Math.abs(value - other[i])), 0);
          assert.ok(most <= 1, `${id} differs by ${most} grey levels`);
        }
      }
    });
  }
});
