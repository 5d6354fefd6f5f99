import assert from "node:assert/strict";
import { test } from "node:test";
import { depthsOf, normalOf, offsetOf, partnerOf, stackOf } from "../../static/js/viewer/extras/linked.js";

const AXIAL = { row: [1, 0, 0], column: [0, 1, 0] };
const stack = (depths, frame_of_reference = "one", lie = AXIAL) => ({
  frame_of_reference,
  places: depths.map((z) => (z === null ? null : { ...lie, position: [-100, -80, z] })),
});

test("a stack is made of the manifest's planes and the positions; what does not tell is null", () => {
  const planes = [{ from: 1, orientation: [1, 0, 0, 0, 1, 0] }, { from: 3, orientation: null }];
  const made = stackOf({ frame_count: 3, planes }, { frame_of_reference: "f", positions: [[0, 0, 5], null, [0, 0, 7]] });
  assert.deepEqual(made, { frame_of_reference: "f", places: [{ ...AXIAL, position: [0, 0, 5] }, null, null] });
  assert.deepEqual(stackOf({ frame_count: 2, planes: [] }, { frame_of_reference: "", positions: [] }).places, [null, null]);
});

test("the normal points where rows times columns do, and has length 1", () => {
  assert.deepEqual(normalOf(AXIAL), [0, 0, 1]);
  assert.deepEqual(normalOf({ row: [1, 0, 0], column: [0, 0, -1] }), [0, 1, 0]);
  assert.deepEqual(normalOf({ row: [2, 0, 0], column: [0, 3, 0] }), [0, 0, 1]);
});

test("in one frame of reference the nearest frame in mm is shown, whatever the order and the steps", () => {
  const [thin, thick] = [stack([0, 2, 4, 6, 8, 10]), stack([9, 1, 5])];
  assert.equal(partnerOf(thin, 1, thick), 2);
  assert.equal(partnerOf(thin, 4, thick), 3); // 6 mm: 5 is nearer than 9.
  assert.equal(partnerOf(thin, 6, thick), 1);
  assert.equal(partnerOf(thick, 1, thin, { near: 5 }), 5); // 9 mm lies between 8 and 10: the one that is shown stays.
  assert.equal(partnerOf(thick, 1, thin, { near: 6 }), 6);
  assert.equal(partnerOf(thin, 1, stack([500, 700])), 1); // Beyond its end a stack shows its end.
});

test("a tilted gantry is measured along the normal of the target, not along the table", () => {
  // Rows along x, columns tilted by 30 degrees; the table moves along z, so that depth is z cos 30.
  const tilted = { row: [1, 0, 0], column: [0, Math.sqrt(3) / 2, -0.5] };
  const [from, to] = [stack([0, 10, 20, 30], "one", tilted), stack([30, 20, 10, 0], "one", tilted)];
  assert.deepEqual(depthsOf(from, normalOf(tilted)).map((depth) => depth.toFixed(3)), ["-40.000", "-31.340", "-22.679", "-14.019"]);
  assert.deepEqual([1, 2, 3, 4].map((number) => partnerOf(from, number, to)), [4, 3, 2, 1]);
});

test("stacks that lie across each other are not linked", () => {
  const coronal = stack([0, 1], "one", { row: [1, 0, 0], column: [0, 0, -1] });
  assert.equal(partnerOf(stack([0, 1]), 1, coronal), null);
});

test("in two frames of reference the same part of the way is shown", () => {
  const [now, then] = [stack([0, 5, 10, 15, 20]), stack([300, 310, 320], "two")];
  assert.deepEqual([1, 2, 3, 5].map((number) => partnerOf(now, number, then, { near: 2 })), [1, 2, 2, 3]);
  assert.deepEqual([1, 3, 5].map((number) => partnerOf(now, number, stack([320, 310, 300], "two"))), [3, 2, 1]);
});

test("two unnamed frames of reference are not one", () => {
  assert.equal(partnerOf(stack([0, 10], ""), 2, stack([0, 10, 20], "")), 3);
});

test("stacks seen from opposite ends run against each other", () => {
  const upside = stack([10, 20, 30], "two", { row: [1, 0, 0], column: [0, -1, 0] });
  assert.deepEqual([1, 2, 3].map((number) => partnerOf(stack([0, 1, 2]), number, upside)), [1, 2, 3]);
});

test("an offset is kept, and held at the ends", () => {
  const [now, then] = [stack([0, 10, 20, 30, 40]), stack([0, 10, 20, 30, 40], "two")];
  const offset = offsetOf(now, 2, then, 3);
  assert.equal(offset, 0.25);
  assert.deepEqual([1, 2, 4, 5].map((number) => partnerOf(now, number, then, { offset })), [2, 3, 5, 5]);
  const upside = stack([0, 10, 20], "two", { row: [1, 0, 0], column: [0, -1, 0] });
  assert.equal(partnerOf(now, 3, upside, { offset: offsetOf(now, 3, upside, 3) }), 3);
});

test("without positions frames are counted", () => {
  const untold = { frame_of_reference: "", places: Array(9).fill(null) };
  assert.deepEqual([1, 2, 3].map((number) => partnerOf(stack([0, 5, 10]), number, untold)), [1, 5, 9]);
  assert.equal(partnerOf(untold, 9, stack([0, null, 10])), 3);
});

test("a single frame is beside the middle, and one frame is always its own partner", () => {
  const single = stack([77], "two");
  assert.equal(partnerOf(stack([0, 10, 20]), 3, single), 1);
  assert.equal(partnerOf(single, 1, stack([0, 10, 20])), 2);
});
