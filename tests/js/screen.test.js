import assert from "node:assert/strict";
import { test } from "node:test";
import { choiceOf, choicesFor } from "../../static/js/viewer/windowing.js";
import { readCommand } from "../../static/js/viewer/commands.js";
import { frameWords, noteWords, qualityWords, windowWords } from "../../static/js/viewer/words.js";
import { limitsFor } from "../../static/js/viewer/device.js";
import { finalPicture, fittedSize } from "../../static/js/viewer/wants.js";
import { createState, startValues, toFrame, toSeries } from "../../static/js/viewer/state.js";
import { queryOf } from "../../static/js/viewer/extras/address.js";
import { wantOf } from "../../static/js/viewer/wants.js";
import { fill } from "../../static/js/viewer/words.js";

const CT = { id: "abc", modality: "CT", rows: 512, columns: 512, frame_count: 240, pixel_spacing: [1, 1], presets: ["bone"], windows: [], is_color: false };
const WORDS = {
  "frame-slice": "Slice {n} of {m}", "frame-picture": "Picture {n} of {m}", "frame-full": "Im {n}/{m}", window: "W {w} C {c}", preview: "Preview", final: "Final",
  "lossy-full": "lossy", "lossless-full": "lossless", "scaled-full": "scaled", "not-shown": "No", loading: "Loading",
  "stand-in": "{n} is loading, you see {other}", "frame-failed": "{n} failed",
  coming: "{n} is loading",
};
const say = (name, values) => fill(WORDS[name] ?? "", values);
const START = startValues({ series: CT, number: 120, window: null, mode: "simple" });

test("words are filled in as text; unknown names stay", () => {
  assert.equal(fill("{a} {b} {a}", { a: "<b>" }), "<b> {b} <b>");
});

test("patients read slices, physicians images", () => {
  assert.equal(frameWords(START, say), "Slice 120 of 240");
  assert.equal(frameWords({ ...START, series: { ...CT, modality: "CR" } }, say), "Picture 120 of 240");
  assert.equal(frameWords({ ...START, mode: "full" }, say), "Im 120/240");
  assert.equal(windowWords({ center: 40, width: 400 }, say), "W 400 C 40");
  assert.equal(windowWords(null, say), "");
});

test("a picture says what it is", () => {
  const final = { level: "final", info: { isLossy: true, isScaled: true } };
  assert.equal(qualityWords({ picture: final, from: null }, "full", say), "Final · lossy · scaled");
  assert.equal(qualityWords({ picture: final, from: { center: 1, width: 2 } }, "full", say), "Preview");
  assert.equal(qualityWords({ picture: { level: "sharp", info: {} }, from: null }, "full", say), "Preview");
  assert.equal(qualityWords({ picture: { ...final, info: {} }, from: null }, "full", say), "Final · lossless");
  assert.equal(qualityWords({ picture: { level: "preview", info: { reason: "tile" } } }, "full", say), "No");
  assert.equal(qualityWords(null, "full", say), "Loading");
  const remapped = { picture: { level: "sharp", info: {} }, from: { center: 1, width: 2 } };
  assert.equal(qualityWords(remapped, "full", say, { isLossy: false, isScaled: false }), "Final · lossless");
});

test("a stand-in is named with its own number", () => {
  assert.equal(noteWords({ number: 120 }, START, false, say), "");
  assert.equal(noteWords({ number: 113 }, START, false, say), "120 is loading, you see 113");
  assert.equal(noteWords({ number: 113 }, START, true, say), "120 failed");
  assert.equal(noteWords(null, START, false, say), "120 is loading");
});

test("sizes come in few steps and never above what is stored", () => {
  const xray = { rows: 3000, columns: 2500, is_color: false };
  assert.equal(fittedSize(CT, 300, 1024), 384);
  assert.equal(fittedSize(CT, 700, 1024), 0);
  assert.equal(fittedSize(xray, 5000, 1024), 1024);
  assert.equal(fittedSize(xray, 5000, 4096), 0);
  assert.deepEqual(finalPicture(CT, 700, true), { size: 0, format: "png" });
  assert.deepEqual(finalPicture(xray, 900, true), { size: 1024, format: "jpeg" });
  assert.deepEqual(finalPicture(CT, 300, false), { size: 384, format: "jpeg" });
});

test("a phone has 64 MB, slow links get smaller pictures", () => {
  assert.equal(limitsFor({ isPhone: true }).bytes, 64 * 1024 * 1024);
  assert.ok(limitsFor({ isPhone: false, effectiveType: "3g" }).previewSize < limitsFor({ isPhone: false }).previewSize);
  assert.ok(limitsFor({ isPhone: true, saveData: true }).qualityMost <= 512);
});

test("frames stay inside the series and remember the direction", () => {
  assert.deepEqual(toFrame(START, 999), { number: 240, direction: 1 });
  assert.deepEqual(toFrame(START, 119.6), { number: 120, direction: 1 });
  assert.deepEqual(toFrame(START, -4), { number: 1, direction: -1 });
});

test("another series opens in its middle with its own window, or where it was left", () => {
  const other = { ...CT, id: "other", frame_count: 9 };
  assert.equal(toSeries(other).number, 5);
  assert.equal(toSeries(other).window, null);
  assert.equal(toSeries(other, { number: 7, window: null }).number, 7);
});

test("listeners hear only of what changed", () => {
  const state = createState({ a: 1, b: 2 });
  const heard = [];
  state.listen((changed) => heard.push([...changed].join()));
  state.change({ a: 1 });
  state.change({ a: 2, b: 2 });
  assert.deepEqual(heard, ["a"]);
});

test("the loader is asked for this frame at the size of this screen", () => {
  const want = wantOf(START, { width: 360, height: 480 }, 2, limitsFor({ isPhone: true }));
  assert.deepEqual(want.sizes, { preview: { size: 256 }, sharp: { size: 0 }, final: { size: 0, format: "jpeg" } });
  assert.equal(want.isPaused, false);
  assert.ok(wantOf({ ...START, trouble: "signed-out" }, { width: 9, height: 9 }, 1, limitsFor({ isPhone: true })).isPaused);
});

test("on a slow link the lossless picture waits until somebody keeps looking", () => {
  const box = { width: 360, height: 480 };
  const final = (values, limits) => wantOf({ ...START, mode: "full", ...values }, box, 2, limitsFor(limits)).sizes.final;
  assert.equal(final({}, { isPhone: true }).format, "png");
  assert.equal(final({}, { isPhone: true, downlink: 1.5 }).format, "jpeg");
  assert.equal(final({ isSettled: true }, { isPhone: true, downlink: 1.5 }).format, "png");
});

test("the address leads to exactly this frame and window, and names nobody", () => {
  assert.equal(queryOf(START), "?series=abc&frame=120");
  assert.equal(queryOf({ ...START, window: { center: -600, width: 1500 } }, 3), "?series=abc&frame=3&window=-600%2C1500");
});

test("choices are those that make sense for the series", () => {
  const presets = [{ id: "bone", label: "Bone", center: 480, width: 2500 }, { id: "lung", label: "Lung", center: -600, width: 1500 }];
  const series = { ...CT, windows: [{ center: 1, width: 2 }, { name: "Special", center: 30, width: 90 }] };
  const choices = choicesFor(series, presets, (id, about) => about?.label ?? id);
  assert.deepEqual(choices.map((choice) => choice.id), ["", "bone", "file-2"]);
  assert.equal(choiceOf({ center: 480, width: 2500 }, choices), "bone");
  assert.equal(choiceOf({ center: 481, width: 2500 }, choices), "other");
  assert.equal(choiceOf(null, choices), "");
  assert.deepEqual(choicesFor({ ...series, is_color: true }, presets, () => ""), []);
});

test("a button's command is read from its attribute", () => {
  assert.deepEqual(readCommand("step:-10"), ["step", -10]);
  assert.deepEqual(readCommand("preset:"), ["preset", ""]);
  assert.deepEqual(readCommand("cine"), ["cine", undefined]);
  for (const id of ["0123456789012345", "12e5", "0123abcd"]) assert.deepEqual(readCommand(`open:${id}`), ["open", id]);
});
