import assert from "node:assert/strict";
import { test } from "node:test";
import { levelCount, levelFor, sizeAt, tilePath, tilesIn } from "../../static/js/viewer/extras/detailgrid.js";
import { Loader, MOST_REQUESTS } from "../../static/js/viewer/loader.js";
import { fittedSize, finalPicture } from "../../static/js/viewer/wants.js";

const LARGE = { columns: 2611, rows: 2102 };

test("the last level is one tile, as the server counts (tests/viewer/rendering/test_detail.py)", () => {
  const counts = [[1, 1, 1], [512, 512, 1], [513, 1, 2], [1024, 3, 2], [1025, 3, 3], [2611, 2102, 4], [100000, 80000, 9]];
  for (const [columns, rows, count] of counts) assert.equal(levelCount({ columns, rows }), count);
  assert.deepEqual(sizeAt(LARGE, 2), { width: 653, height: 526 });
});

test("the level has a pixel for each of the screen, or nearly", () => {
  assert.equal(levelFor(LARGE, 3), 0);
  assert.equal(levelFor(LARGE, 1), 0);
  assert.equal(levelFor(LARGE, 0.5), 1);
  assert.equal(levelFor(LARGE, 0.26), 2);
  assert.equal(levelFor(LARGE, 0.001), 3);
});

test("a part of the picture needs the tiles that show any of it, its middle first", () => {
  const named = (tiles) => tiles.map(({ column, row }) => `${column},${row}`);
  assert.deepEqual(named(tilesIn(LARGE, 0, [600, 600, 900, 900])), ["1,1"]);
  assert.deepEqual(new Set(named(tilesIn(LARGE, 0, [500, 500, 520, 1024]))), new Set(["0,0", "1,0", "0,1", "1,1"]));
  assert.equal(named(tilesIn(LARGE, 0, [0, 0, 1500, 1500]))[0], "1,1");
  assert.deepEqual(tilesIn(LARGE, 0, [-900, -900, 0, 0]), []);
  assert.deepEqual(tilesIn(LARGE, 0, [3100, 0, 9999, 500]), []);
});

test("tiles cover the picture once and end where it ends", () => {
  for (const level of [0, 1, 2, 3]) {
    const tiles = tilesIn(LARGE, level, [-100, -100, 9999, 9999]);
    const area = tiles.reduce((sum, { box: [left, top, right, bottom] }) => sum + (right - left) * (bottom - top), 0);
    assert.equal(area, LARGE.columns * LARGE.rows);
  }
  assert.deepEqual(tilesIn(LARGE, 1, [2100, 2060, 2200, 2070])[0].box, [2048, 2048, 2611, 2102]);
});

test("the address of a tile follows that of its frame", () => {
  assert.equal(tilePath({ level: 2, column: 1, row: 0 }), "/tiles/2/1/0");
});

test("a picture that comes in parts is never fetched whole in all its pixels", () => {
  const series = { rows: 4000, columns: 3300, is_color: false, has_tiles: true };
  assert.deepEqual(finalPicture(series, 9000, true), { size: 1536, format: "jpeg" });
  assert.equal(finalPicture(series, 700, false).size, 768);
  assert.equal(finalPicture({ ...series, extra: { state: "x" } }, 9000, false).size, fittedSize(series, 9000, 4096));
});

test("parts take their requests from the loader's", () => {
  const loader = new Loader({ has: () => true }, { onPicture() {}, onTrouble() {} });
  const taken = Array.from({ length: MOST_REQUESTS + 2 }, () => loader.take());
  assert.equal(taken.filter(Boolean).length, MOST_REQUESTS);
  loader.release();
  assert.ok(loader.take());
});
