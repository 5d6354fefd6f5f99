import assert from "node:assert/strict";
import { test } from "node:test";
import { autoWindow, sliderRange } from "../../static/js/viewer/extras/auto.js";
import { optionsOf, snapped, wordsOf } from "../../static/js/viewer/extras/beside.js";
import { baseOf, variantOf } from "../../static/js/viewer/variants.js";
import { queryOf } from "../../static/js/viewer/extras/address.js";

const series = {
  id: "s",
  planes: ["plane"],
  windows: ["window"],
  key_frames: [3, 9],
  states: [{ id: "a", label: "Arrows", frames: [1, 2], notes: ["Not all is drawn."], moves_pixels: false }, { id: "b", label: "", frames: [1], notes: [], moves_pixels: true }],
  segmentations: [{ id: "c", label: "Liver", frames: [1], notes: [], legend: [{ number: 1, label: "liver", color: "#ff0000" }] }],
};

test("a variant has its own pictures and leads back to its series", () => {
  const marked = variantOf(series, "a");
  assert.notEqual(marked.id, series.id);
  assert.deepEqual([marked.extra, baseOf(marked), marked.planes], [{ state: "a" }, series, ["plane"]]);
  assert.deepEqual(variantOf(series, "c").extra, { seg: "c" });
  assert.equal(variantOf(series, "nobody's"), series);
  assert.equal(variantOf(series, ""), series);
  assert.equal(baseOf(series), series);
});

test("where a state moves pixels, the places of the file no longer hold", () => {
  assert.deepEqual(variantOf(series, "b").planes, []);
});

test("the address names the series and what lies over it", () => {
  assert.equal(queryOf({ series: variantOf(series, "a"), number: 4, window: null }), "?series=s&frame=4&state=a");
});

test("what can be chosen, and what is said of what is on", () => {
  const say = (name, { n } = {}) => [name, n].join(" ").trim();
  assert.deepEqual(optionsOf(variantOf(series, "a"), say).map(({ id, label }) => [id, label]), [
    ["", "preset-default"], ["a", "Arrows"], ["b", "beside-state 2"], ["c", "Liver"],
  ]);
  assert.deepEqual(optionsOf({ id: "plain" }, say).length, 1);
  assert.deepEqual(wordsOf(variantOf(series, "a"), 2).notes, ["Not all is drawn."]);
  assert.deepEqual(wordsOf(variantOf(series, "a"), 3).notes, []);
  assert.equal(wordsOf(variantOf(series, "c"), 1).legend[0].label, "liver");
  assert.deepEqual(wordsOf(series, 1), { legend: [], notes: [] });
});

test("among key images a step leads to the next one that way, at the ends it stays", () => {
  assert.equal(snapped(4, 1, [3, 9]), 9);
  assert.equal(snapped(8, -1, [3, 9]), 3);
  assert.equal(snapped(9, 1, [3, 9]), 9);
  assert.equal(snapped(10, 1, [3, 9]), 9);
  assert.equal(snapped(2, -1, [3, 9]), 3);
});

const frame = (values, more = {}) => {
  const first = Math.min(...values);
  return { first, last: Math.max(...values), slope: 1, intercept: 0, modality_lut: null, padding: null, samples: Uint16Array.from(values, (value) => value - first), ...more };
};

test("auto takes the values from the 1st to the 99th percentile, without padding", () => {
  const ramp = Array.from({ length: 1001 }, (_, value) => value);
  assert.deepEqual(autoWindow(frame(ramp)), { center: 500, width: 980, function: "LINEAR" });
  assert.deepEqual(autoWindow(frame(ramp, { slope: 2, intercept: -1000 })), { center: 0, width: 1960, function: "LINEAR" });
  const padded = [...Array(5000).fill(0), ...ramp.slice(200)];
  assert.equal(autoWindow(frame(padded, { padding: [0, 0] })).center, 600);
  assert.equal(autoWindow(frame([7, 7], { padding: [7, 7] })), null);
  assert.deepEqual(autoWindow(frame([7, 7])), { center: 7, width: 1, function: "LINEAR" });
});

test("sliders span Hounsfield units, else four times the default window", () => {
  assert.deepEqual(sliderRange("HU", { center: 40, width: 400 }), { least: -1024, most: 3071, widest: 4095 });
  assert.deepEqual(sliderRange("", { center: 100, width: 50 }), { least: -100, most: 300, widest: 400 });
});
