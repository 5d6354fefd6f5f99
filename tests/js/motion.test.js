import assert from "node:assert/strict";
import { test } from "node:test";
import { frameAt, rateOf } from "../../static/js/viewer/extras/cine.js";
import { delayAfter, Slowness } from "../../static/js/viewer/pace.js";
import { wheelFrames, wheelZoom } from "../../static/js/viewer/pointer.js";

const wheel = (deltaY, more = {}) => ({ deltaX: 0, deltaY, deltaMode: 0, shiftKey: false, ...more });

test("cine shows the frame that the time asks for, and loops", () => {
  assert.equal(frameAt(1, 0, 25, 60), 1);
  assert.equal(frameAt(1, 1000, 25, 60), 26);
  assert.equal(frameAt(50, 1000, 25, 60), 15);
});

test("the file's rate comes first, then what suits the modality", () => {
  assert.equal(rateOf({ cine_rate: 7.5, modality: "US" }), 7.5);
  assert.equal(rateOf({ cine_rate: 900, modality: "US" }), 60);
  assert.equal(rateOf({ cine_rate: null, modality: "XA" }), 30);
  assert.equal(rateOf({ cine_rate: null, modality: "CT" }), 15);
});

test("a notch of a mouse wheel is one frame, with Shift ten", () => {
  assert.deepEqual(wheelFrames(wheel(120), 0), [1, 0]);
  assert.deepEqual(wheelFrames(wheel(-100), 0), [-1, 0]);
  assert.deepEqual(wheelFrames(wheel(3, { deltaMode: 1 }), 0), [1, 0]);
  assert.deepEqual(wheelFrames(wheel(0, { shiftKey: true, deltaX: 120 }), 0), [10, 0]);
});

test("a trackpad adds up, and turning round starts anew", () => {
  assert.deepEqual(wheelFrames(wheel(15), 0), [0, 15]);
  assert.deepEqual(wheelFrames(wheel(30), 15), [1, 5]);
  assert.deepEqual(wheelFrames(wheel(-10), 35), [0, -10]);
});

test("Ctrl+wheel zooms in upwards, never by much at once", () => {
  assert.ok(wheelZoom(wheel(-120)) > 1.2 && wheelZoom(wheel(-120)) < 1.3);
  assert.ok(wheelZoom(wheel(2)) < 1);
});

test("waits grow, are bounded, and follow Retry-After", () => {
  assert.equal(delayAfter(1, 0.5), 1000);
  assert.equal(delayAfter(3, 0.5), 4000);
  assert.ok(delayAfter(50, 1) <= 37_500);
  assert.equal(delayAfter(1, 0.5, 20), 20_000);
});

test("a device is known to be slow after several late frames in a row, and then stays so", () => {
  const slowness = new Slowness();
  for (const milliseconds of [40, 40, 3, 40, 40]) slowness.note(milliseconds);
  assert.ok(!slowness.isKnown);
  slowness.note(40);
  assert.ok(slowness.isKnown);
  for (let frame = 0; frame < 9; frame += 1) slowness.note(1);
  assert.ok(slowness.isKnown);
});
