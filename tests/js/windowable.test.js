import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { grayTable } from "../../static/js/viewer/lut.js";
import { readPlanes } from "../../static/js/viewer/planes.js";
import { parseWindow } from "../../static/js/viewer/windowing.js";

// Written by the server's own code: tests/viewer/rendering/golden.py.
const VECTORS = JSON.parse(readFileSync(new URL("../viewer/rendering/windowable.json", import.meta.url)));
const bytesOf = ({ planes }) => new Uint8Array(Buffer.from(planes, "base64"));

for (const vector of VECTORS) {
  test(`the samples of ${vector.name} are the server's`, () => {
    assert.deepEqual([...readPlanes(bytesOf(vector)).samples], vector.samples);
  });

  for (const { window, runs } of vector.tables) {
    test(`the grays of ${vector.name} in "${window}" are the server's`, () => {
      const table = grayTable(readPlanes(bytesOf(vector)), parseWindow(window));
      assert.deepEqual([...table], runs.flatMap(([gray, count]) => Array(count).fill(gray)));
    });
  }
}

test("a frame that begins inside a larger buffer is read too", () => {
  const bytes = bytesOf(VECTORS[0]);
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  assert.deepEqual([...readPlanes(larger.subarray(3)).samples], VECTORS[0].samples);
});

test("what is cut off, too long or of another version is refused", () => {
  const bytes = bytesOf(VECTORS[0]);
  const later = new TextEncoder().encode(new TextDecoder("latin1").decode(bytes).replace('"version":1', '"version":2'));
  for (const wrong of [bytes.subarray(0, 3), bytes.subarray(0, 20), bytes.subarray(0, -1), later, new Uint8Array(0)]) {
    assert.throws(() => readPlanes(wrong));
  }
  const longer = new Uint8Array(bytes.length + 1);
  longer.set(bytes);
  assert.throws(() => readPlanes(longer), RangeError);
});
