import assert from "node:assert/strict";
import { test } from "node:test";
import { nearest } from "../../static/js/viewer/scene.js";
import { around, evenRuns, previewOrder, runs, spread } from "../../static/js/viewer/plan.js";

test("the preview order names every frame once", () => {
  for (const count of [1, 2, 3, 7, 8, 9, 120, 301]) {
    const order = previewOrder(count);
    assert.equal(order.length, count);
    assert.deepEqual([...order].sort((a, b) => a - b), Array.from({ length: count }, (_, at) => at + 1));
  }
  assert.deepEqual(previewOrder(0), []);
});

test("middle, first and last come first, then every 8th", () => {
  assert.deepEqual(previewOrder(40).slice(0, 8), [20, 1, 40, 9, 17, 25, 33, 5]);
});

test("after the first pass no frame is more than 4 away from a loaded one", () => {
  const eighths = spread(300);
  for (let number = 1; number <= 300; number += 1) {
    assert.ok(Math.abs(nearest(eighths, number) - number) <= 4, `frame ${number}`);
  }
});

test("around leans to the direction of scrolling and stays inside", () => {
  assert.deepEqual(around(10, 1, 40, 6, 2), [10, 11, 12, 13, 9, 14, 15, 16, 8]);
  assert.deepEqual(around(10, -1, 40, 3, 1), [10, 9, 8, 7, 11]);
  assert.deepEqual(around(40, 1, 40, 3, 1), [40, 39]);
  assert.deepEqual(around(1, -1, 1, 9, 3), [1]);
});

test("runs are at most 32 long", () => {
  assert.deepEqual(runs(Array.from({ length: 65 }, (_, at) => at)).map((part) => part.length), [32, 32, 1]);
});

test("nearest of nothing is null", () => {
  assert.equal(nearest([], 3), null);
  assert.equal(nearest([1, 9], 4), 1);
});

test("the first pass is spread over runs of nearly the same length", () => {
  assert.deepEqual(evenRuns(spread(300)).map((part) => part.length), [14, 14, 12]);
  assert.deepEqual(evenRuns([]), []);
  assert.deepEqual(spread(0), []);
  assert.deepEqual(spread(1), [1]);
});
