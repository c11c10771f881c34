// @ts-check
/** The page's modules that need no page: searching, choosing, pace, and drawings as files. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { EMPTY } from "../../www/drawing.js";
import { EXAMPLES } from "../../www/examples.js";
import { largest, someOfEach } from "../../www/rooms/choice.js";
import { readDrawing, writeDrawing } from "../../www/rooms/drawing-file.js";
import { inked, pixelsOf } from "../../www/picture.js";
import { keyOf } from "../../www/rooms/model-key.js";
import { nearestImage, nearestPoint, NONE, quantile } from "../../www/rooms/nearest.js";
import { Pace } from "../../www/rooms/pace.js";
import { Portion } from "../../www/rooms/portion.js";

const P = 784;

/** A row of whole numbers that looks like chance and is always the same. @param {number} count @param {number} end */
function numbers(count, end, state = 7) {
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * end);
  });
}

describe("the nearest", () => {
  it("image_is_the_one_with_the_least_squared_error", () => {
    const images = Uint8Array.from(numbers(50 * P, 256));
    const query = Uint8Array.from(numbers(P, 256, 99));
    const errors = Array.from({ length: 50 }, (_, i) =>
      query.reduce((sum, value, p) => sum + ((value - images[i * P + p]) / 255) ** 2, 0));
    const { index, squared } = nearestImage(query, images);
    assert.equal(index, errors.indexOf(Math.min(...errors)));
    assert.ok(squared > 1 && Math.abs(squared - errors[index]) < 1e-9 * squared);
    // In two parts it is the same one.
    const half = nearestImage(query, images.subarray(0, 20 * P));
    assert.deepEqual(nearestImage(query, images.subarray(20 * P), half, 20), { index, squared });
    assert.deepEqual(nearestImage(images.slice(7 * P, 8 * P), images), { index: 7, squared: 0 });
    assert.deepEqual(nearestImage(query, new Uint8Array(0)), NONE);
  });

  it("point_is_the_one_at_the_least_distance_of_those_that_count", () => {
    const points = Float32Array.from(numbers(300, 1000), (n) => n / 100);
    const query = Float32Array.of(1, 5, 9);
    const distances = Array.from({ length: 100 }, (_, i) => Math.hypot(...query.map((q, d) => q - points[i * 3 + d])));
    for (const count of [100, 10]) {
      const { index, squared } = nearestPoint(query, points, count);
      assert.equal(index, distances.indexOf(Math.min(...distances.slice(0, count))));
      assert.ok(squared > 0 && Math.abs(Math.sqrt(squared) - distances[index]) < 1e-6);
    }
    assert.equal(nearestPoint(query, points, 0).index, -1);
  });

  it("quantiles_of_a_hundred_are_its_members", () => {
    const values = numbers(100, 1000);
    const sorted = [...values].sort((a, b) => a - b);
    assert.deepEqual([0, 0.1, 0.5, 1].map((share) => quantile(values, share)), [sorted[0], sorted[10], sorted[50], sorted[99]]);
  });
});

describe("the choice", () => {
  const labels = numbers(1000, 10);

  it("has_so_many_of_each_class_and_none_twice", () => {
    const some = someOfEach(labels, 10, 10, 1);
    some.forEach((places, label) => {
      assert.equal(new Set(places).size, 10);
      for (const i of places) assert.equal(labels[i], label);
    });
    assert.deepEqual(someOfEach(labels, 10, 10, 1), some);
    assert.notDeepEqual(someOfEach(labels, 10, 10, 2), some);
  });

  it("takes_all_where_there_are_too_few", () => assert.deepEqual(someOfEach([1, 0, 1], 2, 10, 1).map((all) => all.length), [1, 2]));

  it("finds_the_largest_in_order", () => assert.deepEqual(largest([3, 9, 1, 7], 3), [1, 3, 0]));
});

describe("the pace", () => {
  it("counts_from_where_it_began", () => {
    const pace = new Pace(100, 0);
    assert.deepEqual(pace.at(300, 1100, 2000), { rate: 100, left: 8 });
    assert.deepEqual(new Pace(0, 5).at(0, 10, 5), { rate: 0, left: 0 });
  });
});

describe("a portion", () => {
  it("comes_to_take_about_a_frame_on_slow_machines_and_fast_ones", () => {
    for (const [msEach, least, most] of [[2, 7, 9], [0.1, 150, 170], [0, 512, 512], [100, 4, 4]]) {
      const portion = new Portion();
      for (let i = 0; i < 12; i += 1) portion.took(portion.size * msEach);
      assert.ok(portion.size >= least && portion.size <= most, `${portion.size} at ${msEach} ms each`);
    }
  });
});

describe("what is known of a model", () => {
  it("is_kept_under_its_name_and_for_one_made_here_under_its_weights", () => {
    const shipped = { name: "vae", title: "", file: "", bytes: 0, latent: 16 };
    assert.equal(keyOf(shipped), keyOf({ ...shipped }));
    const yours = { ...shipped, name: "yours", weights: new ArrayBuffer(4) };
    assert.equal(keyOf(yours), keyOf({ ...yours }));
    assert.notEqual(keyOf(yours), keyOf({ ...yours, weights: new ArrayBuffer(4) }));
  });
});

describe("inked pixels", () => {
  it("keep_their_values_as_alpha", () => {
    const pixels = Uint8Array.from(numbers(P, 256));
    const rgba = inked(pixels, 0x123456);
    assert.deepEqual([...rgba.subarray(0, 4)], [0x12, 0x34, 0x56, pixels[0]]);
    assert.deepEqual(pixelsOf(rgba), pixels);
  });
});

describe("a drawing as a file", () => {
  it("comes_back_as_it_was", () => {
    const { strokes } = EXAMPLES[4];
    assert.equal(strokes.length, 2);
    assert.deepEqual(readDrawing(writeDrawing(EXAMPLES[4]), "a.json"), { strokes });
    assert.match(writeDrawing(EXAMPLES[4]), /^\{"latent-ink":1,"grid":1120,"strokes":\[\[\d/);
    const pixels = Uint8Array.from(numbers(P, 256));
    assert.deepEqual(readDrawing(writeDrawing({ strokes: [], pixels }), "a.json"), { strokes: [], pixels });
    assert.deepEqual(readDrawing(writeDrawing(EMPTY), "a.json"), { strokes: [] });
  });

  it("says_what_is_wrong_and_where", () => {
    const head = '{"latent-ink":1,"grid":1120,"strokes":';
    for (const [text, said] of /** @type {const} */ ([
      ["", /^a\.json is not a drawing/],
      ["[1]", /^a\.json is not a drawing/],
      ["null", /^a\.json is not a drawing/],
      ['{"strokes":[]}', /^a\.json: "latent-ink" should be 1 and is missing$/],
      ['{"latent-ink":2}', /^a\.json: "latent-ink" should be 1 and is 2$/],
      ['{"latent-ink":1,"grid":28,"strokes":[]}', /^a\.json: "grid" should be 1120 and is 28$/],
      ['{"latent-ink":1,"grid":1120}', /^a\.json: "strokes" should be a list of strokes and is missing$/],
      [`${head}[7]}`, /^a\.json: strokes\[0\] should be a list of whole numbers from 0 to 1119 and is 7$/],
      [`${head}[[1,2],[3,-4]]}`, /^a\.json: strokes\[1\]\[1\] should be a whole number from 0 to 1119 and is -4$/],
      [`${head}[[1,1120]]}`, /^a\.json: strokes\[0\]\[1\] should be a whole number from 0 to 1119 and is 1120$/],
      [`${head}[[1,2,3]]}`, /^a\.json: strokes\[0\] should be pairs of x and y and is a list of 3$/],
      [`${head}[[]]}`, /^a\.json: strokes\[0\] should be pairs of x and y and is a list of 0$/],
      ['{"latent-ink":1,"side":28,"pixels":[1,2]}', /^a\.json: "pixels" should be a list of 784 and is a list of 2$/],
      ['{"latent-ink":1,"side":28,"pixels":[1,256]}', /^a\.json: pixels\[1\] should be a whole number from 0 to 255 and is 256$/],
      ['{"latent-ink":1,"side":29,"pixels":[]}', /^a\.json: "side" should be 28 and is 29$/],
      [`${head}[[${"1,2,".repeat(100_001)}1,2]]}`, /^a\.json: "strokes" should be 100,000 points at most and is 100002$/],
      [`${head}"${"long".repeat(100)}"}`, /^a\.json: "strokes" should be a list of strokes and is .{25}$/],
    ])) assert.throws(() => readDrawing(text, "a.json"), { message: said }, text.slice(0, 60));
  });
});
