import assert from "node:assert/strict";
import { test } from "node:test";
import { scoutLine } from "../../static/js/viewer/extras/scoutline.js";

const axial = (z) => ({ position: [0, 0, z], row: [1, 0, 0], column: [0, 1, 0] });
// Looked at from the front: 100 columns of 2 mm to the left, 50 rows of 4 mm downwards from 200 mm.
const CORONAL = { place: { position: [-99, 0, 198], row: [1, 0, 0], column: [0, 0, -1] }, rows: 50, columns: 100, spacing: [4, 2] };
const rounded = (line) => line.map(({ x, y }) => [Number(x.toFixed(6)), Number(y.toFixed(6))]).sort((p, q) => p[0] - q[0] || p[1] - q[1]);

test("an axial slice is a level line in a coronal picture, at its height", () => {
  // 198 mm is the middle of the first row; 98 mm is 25 rows further down.
  assert.deepEqual(rounded(scoutLine(axial(198), CORONAL)), [[0, 0.5], [100, 0.5]]);
  assert.deepEqual(rounded(scoutLine(axial(98), CORONAL)), [[0, 25.5], [100, 25.5]]);
});

test("a sagittal slice is an upright line", () => {
  const sagittal = { position: [1, -50, 60], row: [0, 1, 0], column: [0, 0, -1] };
  assert.deepEqual(rounded(scoutLine(sagittal, CORONAL)), [[50.5, 0], [50.5, 50]]);
});

test("an oblique slice is clipped to the picture", () => {
  // The plane x + z = 98 mm: -98 + 4 (x - 0.5) + 198 - 4 (y - 0.5) = 98 makes y = x + 0.5.
  const half = Math.SQRT1_2;
  const oblique = { position: [98, 0, 0], row: [0, 1, 0], column: [half, 0, -half] };
  const square = { place: { position: [-98, 0, 198], row: [1, 0, 0], column: [0, 0, -1] }, rows: 25, columns: 50, spacing: [4, 4] };
  assert.deepEqual(rounded(scoutLine(oblique, square)), [[0, 0.5], [24.5, 25]]);
});

test("a slice beyond the picture is no line in it", () => {
  assert.equal(scoutLine(axial(201), CORONAL), null);
  assert.equal(scoutLine(axial(-1), CORONAL), null);
});

test("slices that lie alike, or nearly so, do not cut each other", () => {
  assert.equal(scoutLine({ ...CORONAL.place, position: [0, 10, 0] }, CORONAL), null);
  const tilt = (degrees) => [0, Math.sin((degrees * Math.PI) / 180), -Math.cos((degrees * Math.PI) / 180)];
  assert.equal(scoutLine({ position: [0, 0, 100], row: [1, 0, 0], column: tilt(4) }, CORONAL), null);
  assert.equal(scoutLine({ position: [0, 0, 100], row: [1, 0, 0], column: tilt(8) }, CORONAL)?.length, 2);
});
