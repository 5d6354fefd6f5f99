import assert from "node:assert/strict";
import test from "node:test";

import { apart, follow, tie, together } from "../../static/js/viewer/extras/tiles/linked.js";
import { following, LAYOUTS, mostLike, pairIn, shareOf, wayOf } from "../../static/js/viewer/extras/tiles/layouts.js";
import { scoutLine } from "../../static/js/viewer/extras/tiles/scoutline.js";
import { planeOf, stackOf } from "../../static/js/viewer/extras/tiles/stack.js";

const AXIAL = [1, 0, 0, 0, 1, 0];
const CORONAL = [1, 0, 0, 0, 0, -1];
const SAGITTAL = [0, 1, 0, 0, 0, -1];

function stack(orientation, places, { reference = "here", rows = 100, columns = 100, spacing = [1, 1] } = {}) {
  const planes = [{ from: 1, orientation, spacing, regions: [] }];
  const series = { frame_count: places.length, rows, columns, planes: orientation ? planes : [] };
  return stackOf(series, { frame_of_reference: reference, positions: orientation ? places : [] });
}

const every = (count, place) => Array.from({ length: count }, (_, at) => place(at));
const thin = stack(AXIAL, every(100, (at) => [0, 0, at]));
const thick = stack(AXIAL, every(20, (at) => [7, 7, 5 * at]));
const down = stack(AXIAL, every(100, (at) => [0, 0, 99 - at]));
const elsewhere = stack(AXIAL, every(20, (at) => [0, 0, 1000 + 5 * at]), { reference: "there" });

test("in one frame of reference the nearest place is shown, whatever the thickness and the order", () => {
  const tied = tie(thin, 1, thick, 9);
  assert.deepEqual(tied, { depth: 0 });
  assert.equal(follow(thin, 1, thick, 9, tied), 1);
  assert.equal(follow(thin, 51, thick, 1, tied), 11);
  assert.equal(follow(thin, 53, thick, 1, tied), 11);
  assert.equal(follow(thin, 54, thick, 1, tied), 12);
  assert.equal(follow(thick, 20, thin, 1, tie(thick, 20, thin, 1)), 96);
  assert.equal(follow(thin, 11, down, 1, tie(thin, 1, down, 1)), 90);
});

test("in two frames of reference what was laid side by side stays so, in mm", () => {
  const tied = tie(thin, 11, elsewhere, 5);
  assert.equal(tied.depth, 1010);
  assert.equal(follow(thin, 11, elsewhere, 5, tied), 5);
  assert.equal(follow(thin, 26, elsewhere, 5, tied), 8);
  assert.equal(follow(thin, 100, elsewhere, 5, tied), 20);
});

test("planes that cut differently are not tied in one frame of reference", () => {
  const coronal = stack(CORONAL, every(50, (at) => [0, at, 0]));
  assert.equal(tie(thin, 1, coronal, 1), null);
  assert.equal(follow(thin, 40, coronal, 7, null), 7);
});

test("without positions the share of the way counts", () => {
  const unknown = stack(null, every(11, () => null));
  const first = together(thin, unknown);
  assert.equal(follow(thin, 100, unknown, 1, first), 11);
  assert.equal(follow(thin, 50, unknown, 1, first), 6);
  const tied = tie(thin, 1, unknown, 3);
  assert.ok(Math.abs(tied.share - 0.2) < 1e-9);
  assert.equal(follow(thin, 1, unknown, 3, tied), 3);
  assert.equal(follow(thin, 100, unknown, 3, tied), 11);
  const single = stack(null, [null]);
  assert.equal(follow(unknown, 9, single, 1, together(unknown, single)), 1);
});

test("two stacks are laid middle on middle, and it is told how far they are away from that", () => {
  assert.equal(follow(thin, 50, elsewhere, 1, together(thin, elsewhere)), 10);
  for (const [from, to] of [[thin, elsewhere], [elsewhere, thin], [thin, stack(null, every(11, () => null))]]) {
    assert.equal(apart(from, to, together(from, to)), 0);
  }
  assert.equal(apart(thin, elsewhere, tie(thin, 50, elsewhere, 13)), 13);
  assert.equal(apart(thin, elsewhere, tie(thin, 50, elsewhere, 7)), 17);
  assert.equal(apart(elsewhere, thin, tie(elsewhere, 10, thin, 55)), 7);
  const [one, other] = [stack(null, every(11, () => null)), stack(null, every(21, () => null))];
  assert.equal(apart(one, other, tie(one, 6, other, 15)), 4);
});

test("what comes of rounding, of one frame of reference or of a single frame is not apart", () => {
  // The nearest of the thick frames lies up to half a frame beside.
  for (let number = 1; number <= 99; number += 1) {
    const other = follow(thin, number, elsewhere, 1, together(thin, elsewhere));
    assert.equal(apart(elsewhere, thin, tie(elsewhere, other, thin, number)), 0, `${number}`);
  }
  assert.equal(apart(thin, thick, tie(thin, 1, thick, 20)), 0);
  assert.equal(apart(thin, stack(CORONAL, [[0, 0, 0]]), null), 0);
  assert.equal(apart(thin, stack(AXIAL, [[0, 0, 500]], { reference: "there" }), tie(thin, 1, stack(AXIAL, [[0, 0, 500]], { reference: "there" }), 1)), 0);
});

test("a coronal picture cuts an axial one in a level line at its own depth", () => {
  const axial = planeOf(stack(AXIAL, [[-50, -50, 10]]), 1);
  const coronal = planeOf(stack(CORONAL, [[-50, -20, 60]]), 1);
  assert.deepEqual(scoutLine(coronal, axial), [[100, 30.5], [0, 30.5]]);
});

test("a sagittal picture cuts an axial one upright, and the axial one cuts it level", () => {
  const axial = planeOf(stack(AXIAL, [[-50, -50, 10]], { spacing: [0.5, 2], rows: 200, columns: 50 }), 1);
  const sagittal = planeOf(stack(SAGITTAL, [[-10, -50, 60]]), 1);
  const [[x, y], [toX, toY]] = scoutLine(sagittal, axial);
  assert.deepEqual([x, toX], [20.5, 20.5]);
  assert.deepEqual([Math.min(y, toY), Math.max(y, toY)], [0, 199.5]);
  const level = scoutLine(axial, sagittal);
  assert.deepEqual(level.map(([, height]) => height), [50.5, 50.5]);
});

test("a line is no longer than the picture that cuts, nor than the one that is cut", () => {
  const axial = planeOf(stack(AXIAL, [[-50, -50, 10]]), 1);
  const small = planeOf(stack(CORONAL, [[-10, 0, 20]], { rows: 20, columns: 20 }), 1);
  const ends = scoutLine(small, axial).map(([x]) => x).sort((one, other) => one - other);
  assert.deepEqual(ends, [40, 60]);
});

test("pictures that do not meet, are parallel or have no scale have no line", () => {
  const axial = planeOf(stack(AXIAL, [[-50, -50, 10]]), 1);
  const above = planeOf(stack(CORONAL, [[-50, 0, 300]]), 1);
  const aside = planeOf(stack(CORONAL, [[-50, 90, 60]]), 1);
  const other = planeOf(stack(AXIAL, [[-50, -50, 11]]), 1);
  const unscaled = planeOf(stack(CORONAL, [[-50, 0, 60]], { spacing: null }), 1);
  for (const cutting of [above, aside, other, unscaled, null]) assert.equal(scoutLine(cutting, axial), null);
});

test("frames of one stack may lie in different ways", () => {
  const series = {
    frame_count: 2,
    rows: 10,
    columns: 10,
    planes: [
      { from: 1, orientation: AXIAL, spacing: [1, 1], regions: [] },
      { from: 2, orientation: CORONAL, spacing: [1, 1], regions: [] },
    ],
  };
  const mixed = stackOf(series, { frame_of_reference: "here", positions: [[0, 0, 0], null] });
  assert.deepEqual(planeOf(mixed, 1).normal, [0, 0, 1]);
  assert.equal(planeOf(mixed, 2), null);
  assert.equal(planeOf(stackOf(series), 1), null);
});

test("tiles take the series that follow, then those before, then the same again", () => {
  const all = ["a", "b", "c"].map((id) => ({ id }));
  const ids = (shown, count) => following(all, shown, count).map(({ id }) => id);
  assert.deepEqual(ids(all[1], 1), ["c"]);
  assert.deepEqual(ids(all[1], 3), ["c", "a", "b"]);
  assert.deepEqual(ids({ base: all[2] }, 2), ["a", "b"]);
  assert.deepEqual(following([all[0]], all[0], 1), [all[0]]);
});

test("to compare, the most alike series is taken: kind, plane, name, length", () => {
  const series = (modality, orientation, description, count) => ({
    modality,
    description,
    frame_count: count,
    planes: [{ from: 1, orientation }],
  });
  const shown = series("CT", AXIAL, "thin", 300);
  const others = [
    series("MR", AXIAL, "thin", 300),
    series("CT", CORONAL, "thin", 300),
    series("CT", AXIAL, "thick", 300),
    series("CT", AXIAL, "thin", 20),
    series("CT", AXIAL, "thin", 280),
  ];
  assert.equal(mostLike(shown, others), others[4]);
  assert.equal(mostLike(shown, others.slice(0, 3)), others[2]);
  assert.equal(mostLike(shown, others.slice(0, 2)), others[1]);
  assert.equal(mostLike(shown, []), null);
  assert.equal(wayOf(shown), "axial");
  assert.equal(wayOf(others[1]), "coronal");
  assert.equal(wayOf({ planes: [] }), "");
});

test("all pictures together have six requests at most", () => {
  for (const [layout, count] of Object.entries(LAYOUTS)) {
    const { active, beside } = shareOf(layout);
    assert.equal(active + beside * (count - 1), 6);
  }
});

test("a pair lies one over the other where there is more height", () => {
  assert.equal(pairIn({ width: 360, height: 500 }), "2x1");
  assert.equal(pairIn({ width: 1100, height: 700 }), "1x2");
});
