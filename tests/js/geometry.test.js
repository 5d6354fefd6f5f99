import assert from "node:assert/strict";
import { test } from "node:test";
import {
  FITTED, flip, held, imagePoint, imageSize, matrixOf, pan, rotate, scaleOf, shownSize, toggleFit, zoomAt,
} from "../../static/js/viewer/geometry.js";

const IMAGE = { width: 200, height: 100 };
const BOX = { width: 400, height: 400 };
const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-6, `${one} is not ${other}`);
const stagePoint = ([a, b, c, d, e, f], x, y) => ({ x: a * x + c * y + e, y: b * x + d * y + f });

test("a fitted picture is centered and whole", () => {
  const matrix = matrixOf(FITTED, IMAGE, BOX);
  assert.deepEqual(stagePoint(matrix, 0, 0), { x: 0, y: 100 });
  assert.deepEqual(stagePoint(matrix, 200, 100), { x: 400, y: 300 });
});

test("unequal pixel spacing (row, column) shapes the image", () => {
  assert.deepEqual(imageSize({ rows: 100, columns: 100, pixel_spacing: [1, 2] }), { width: 200, height: 100 });
  assert.deepEqual(imageSize({ rows: 100, columns: 50, pixel_spacing: null }), { width: 50, height: 100 });
  assert.deepEqual(imageSize({ rows: 100, columns: 50, pixel_spacing: [0, 0] }), { width: 50, height: 100 });
});

test("zooming keeps what is under the pointer under the pointer", () => {
  const point = { x: 130, y: 180 };
  const before = imagePoint(point, FITTED, IMAGE, BOX);
  const after = imagePoint(point, zoomAt(FITTED, 3, point, IMAGE, BOX), IMAGE, BOX);
  near(after.x, before.x);
  near(after.y, before.y);
});

test("zoom stays between fit and the most", () => {
  assert.equal(zoomAt(FITTED, 0.1, { x: 0, y: 0 }, IMAGE, BOX).zoom, 1);
  assert.equal(zoomAt(FITTED, 1000, { x: 0, y: 0 }, IMAGE, BOX).zoom, 20);
  // What is larger than the stage by far is shown until each of its pixels takes four.
  const slide = { width: 100_000, height: 80_000 };
  assert.equal(scaleOf(zoomAt(FITTED, 1e9, { x: 0, y: 0 }, slide, BOX), slide, BOX), 4);
  assert.deepEqual(zoomAt({ ...FITTED, zoom: 2, x: 50 }, 0.1, { x: 9, y: 9 }, IMAGE, BOX), FITTED);
});

test("a picture cannot be lost by moving it", () => {
  assert.deepEqual(pan(FITTED, 500, 500, IMAGE, BOX), FITTED);
  const moved = pan({ ...FITTED, zoom: 2 }, 9999, -9999, IMAGE, BOX);
  const { width } = shownSize(moved, IMAGE, BOX);
  assert.ok(moved.x < BOX.width / 2 + width / 2 && moved.x > 0 && moved.y < 0);
  assert.deepEqual(held(moved, IMAGE, BOX), moved);
});

test("double tap goes in twofold there, and back to fit", () => {
  const inside = toggleFit(FITTED, { x: 100, y: 200 }, IMAGE, BOX);
  assert.equal(inside.zoom, 2);
  assert.equal(toggleFit(inside, { x: 1, y: 1 }, IMAGE, BOX).zoom, 1);
});

test("a quarter turn fits the turned picture and puts the left edge on top", () => {
  const view = rotate(FITTED);
  near(scaleOf(view, IMAGE, { width: 100, height: 200 }), 1);
  const corner = stagePoint(matrixOf(view, IMAGE, { width: 100, height: 200 }), 0, 0);
  near(corner.x, 100);
  near(corner.y, 0);
});

test("four turns, or two mirrors, change nothing", () => {
  assert.deepEqual(rotate(rotate(rotate(rotate(FITTED)))), FITTED);
  assert.deepEqual(flip(flip(FITTED, false), false), FITTED);
});

test("mirroring and turning act on what is seen, in whatever order", () => {
  const size = { width: 100, height: 200 };
  const mirrored = stagePoint(matrixOf(flip(rotate(FITTED), false), IMAGE, size), 0, 0);
  near(mirrored.x, 0);
  near(mirrored.y, 0);
  const turned = stagePoint(matrixOf(rotate(flip(FITTED, false)), IMAGE, size), 0, 0);
  near(turned.x, 100);
  near(turned.y, 200);
});
