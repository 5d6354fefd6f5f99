import assert from "node:assert/strict";
import { test } from "node:test";
import {
  brighten, dragWindow, isSameWindow, parseWindow, share, widen, windowText,
} from "../../static/js/viewer/windowing.js";
import { remapTable, valueAt } from "../../static/js/viewer/extras/remap.js";

const SOFT = { center: 40, width: 400, function: "LINEAR" };

test("a window goes to text and back", () => {
  assert.deepEqual(parseWindow("40,400"), SOFT);
  assert.equal(windowText(SOFT), "40,400");
  assert.equal(windowText({ center: -600.5, width: 1500, function: "SIGMOID" }), "-600.5,1500,SIGMOID");
  assert.equal(windowText(null), "");
  assert.ok(isSameWindow(parseWindow("40,400,LINEAR"), SOFT));
});

test("text that is no window is refused", () => {
  for (const text of ["", null, undefined, "40", "40,", ",400", "a,b", "40,0", "40,-1", "Infinity,5"]) {
    assert.equal(parseWindow(text), null, String(text));
  }
});

test("a drag of 0.6 of the image's width doubles the window, up is brighter", () => {
  assert.equal(dragWindow(SOFT, 300, 0, 500).width, 800);
  assert.equal(dragWindow(SOFT, 0, -30, 500).center, 0);
  assert.equal(dragWindow(SOFT, 0, 30, 500).center, 80);
});

test("the vertical direction can be turned, and turns with an inverted picture", () => {
  assert.equal(dragWindow(SOFT, 0, -30, 500, { upIsBrighter: false }).center, 80);
  assert.equal(dragWindow(SOFT, 0, -30, 500, { isInverted: true }).center, 80);
});

test("a window never becomes impossible", () => {
  assert.equal(dragWindow(SOFT, -5000, 0, 500).width, 1);
  assert.equal(dragWindow({ ...SOFT, width: 1e6 }, 5000, 0, 5).width, 1e6);
  assert.ok(parseWindow(windowText(dragWindow(SOFT, -5000, 9999, 1))));
});

test("brighter lowers the center, less contrast widens", () => {
  assert.equal(brighten(SOFT, 0.1).center, 0);
  assert.equal(brighten(SOFT, 0.1, true).center, 80);
  assert.equal(widen(SOFT, 1.5).width, 600);
});

test("LINEAR follows PS3.3 C.11.2.1.2", () => {
  const window = { center: 2048, width: 4096, function: "LINEAR" };
  assert.equal(share(0, window), 0);
  assert.equal(share(4095, window), 1);
  assert.ok(Math.abs(share(2048, window) * 255 - 127.53) < 0.02);
  assert.equal(share(99, { center: 100, width: 1, function: "LINEAR" }), 0);
  assert.equal(share(100, { center: 100, width: 1, function: "LINEAR" }), 1);
});

test("valueAt undoes share in each function", () => {
  for (const name of ["LINEAR", "LINEAR_EXACT", "SIGMOID"]) {
    const window = { ...SOFT, function: name };
    for (const part of [0.1, 0.5, 0.75]) assert.ok(Math.abs(share(valueAt(part, window), window) - part) < 1e-9, name);
  }
});

test("the re-map table is the identity for the same window and never falls", () => {
  assert.deepEqual([...remapTable(SOFT, SOFT)], Array.from({ length: 256 }, (_, gray) => gray));
  const narrow = remapTable(SOFT, { ...SOFT, width: 100 });
  assert.equal(narrow[0], 0);
  assert.equal(narrow[255], 255);
  assert.ok(narrow.every((gray, at) => at === 0 || gray >= narrow[at - 1]));
});

test("the re-map table agrees with windowing the values anew, within the rounding of 8 bits", () => {
  const to = { center: 70, width: 300, function: "LINEAR" };
  const table = remapTable(SOFT, to);
  for (let value = -150; value < 230; value += 7) {
    const shown = table[Math.round(share(value, SOFT) * 255)];
    assert.ok(Math.abs(shown - share(value, to) * 255) <= 1.5, `value ${value}`);
  }
});

test("a brighter window makes an inverted picture brighter too", () => {
  const table = remapTable(SOFT, brighten(SOFT, 0.2, true), true);
  assert.ok(table[128] > 128);
});
