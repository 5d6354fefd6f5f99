import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ExactFrames, proxySize, valuesOf } from "../../static/js/viewer/extras/exact.js";
import { inValues, proxyOf } from "../../static/js/viewer/extras/exacttone.js";
import { Trouble } from "../../static/js/viewer/network.js";

const VECTORS = JSON.parse(readFileSync(new URL("../viewer/rendering/windowable.json", import.meta.url)));
const BYTES = new Uint8Array(Buffer.from(VECTORS[0].planes, "base64"));
const series = { id: "s", frames_url: "/frames/" };

test("a frame is fetched once and kept", async () => {
  const asked = [];
  const exact = new ExactFrames(1e6, undefined, async (url) => asked.push(url) && BYTES);
  assert.equal(exact.get(series, 3), undefined);
  const [one, other] = await Promise.all([exact.want(series, 3), exact.want(series, 3)]);
  assert.equal(one, other);
  assert.equal(exact.get(series, 3), one);
  await exact.want(series, 3);
  assert.deepEqual(asked, ["/frames/3/windowable"]);
});

test("memory is bounded: the oldest goes, the newest stays whatever its size", async () => {
  const exact = new ExactFrames(1, undefined, async () => BYTES);
  await exact.want(series, 1);
  await exact.want(series, 2);
  assert.equal(exact.get(series, 1), undefined);
  assert.ok(exact.get(series, 2));
});

test("a frame without values is known to have none; trouble that lasts leaves the question open", async () => {
  const none = new ExactFrames(1e6, undefined, async () => { throw new Trouble("bad"); });
  assert.equal(await none.want(series, 1), null);
  assert.equal(none.get(series, 1), null);
  const garbled = new ExactFrames(1e6, undefined, async () => new Uint8Array(3));
  assert.equal(await garbled.want(series, 1), null);
  const out = new ExactFrames(1e6, undefined, async () => { throw new Trouble("signed-out"); });
  assert.equal(await out.want(series, 1), undefined);
  assert.equal(out.get(series, 1), undefined);
});

test("on intent a proxy comes first and stands in for the frame, never for its values", async () => {
  const asked = [];
  const [ct, few] = ["ct", "ct, every second"].map((name) => VECTORS.find((vector) => vector.name === name).planes);
  const seen = [];
  const load = async (url) => {
    asked.push(url);
    return new Uint8Array(Buffer.from(url.endsWith("?size=7") ? few : ct, "base64"));
  };
  const exact = new ExactFrames(1e6, () => seen.push([exact.get(series, 3).every, exact.values(series, 3)?.columns]), load);
  const frame = await exact.want(series, 3, 7);
  assert.deepEqual(asked, ["/frames/3/windowable?size=7", "/frames/3/windowable"]);
  assert.deepEqual(seen, [[2, undefined], [1, 14]]);
  assert.equal(exact.get(series, 3), frame);
});

test("a frame that has no values is not asked for again after its proxy; a small one needs none", async () => {
  const asked = [];
  const none = new ExactFrames(1e6, undefined, async (url) => { asked.push(url); throw new Trouble("bad"); });
  assert.equal(await none.want(series, 1, 128), null);
  assert.deepEqual(asked, ["/frames/1/windowable?size=128"]);
  assert.equal(proxySize({ rows: 512, columns: 400 }, { previewSize: 128 }), 128);
  assert.equal(proxySize({ rows: 256, columns: 256 }, { previewSize: 128 }), 0);
});

test("exact values are final only where they are the lossless picture itself", () => {
  const shown = { picture: { info: {} }, number: 3, from: { center: 1, width: 2 } };
  const values = { series, number: 3, window: { center: 40, width: 400 }, isDragging: false };
  const scene = { shown, target: values.window, values };
  const whole = { every: 1, rows: 9, columns: 9, is_picture: true, is_lossy: false };
  const told = (frame, change = {}) => inValues({ ...scene, values: { ...values, ...change } }, { get: () => frame });
  assert.deepEqual(told(whole).final, { isLossy: false, isScaled: false });
  assert.equal(told({ ...whole, is_lossy: true }).final.isLossy, true);
  assert.equal(told(whole, { isDragging: true }).final, null);
  assert.equal(told(whole, { number: 4 }).final, null);
  assert.equal(told(whole, { series: { ...series, extra: { seg: "a" } } }).final, null);
  assert.equal(told({ ...whole, is_picture: false }).final, null);
  assert.equal(told({ ...whole, every: 2 }).final, null);
  assert.equal(told({ ...whole, rows: 3000 }).final, null);
  assert.equal(told(undefined).frame, undefined);
});

test("where the picture is right already, a proxy or a segmentation's values do not take its place", () => {
  const shown = { picture: { info: {} }, number: 3, from: null };
  const values = { series, number: 3, window: { center: 40, width: 400 }, isDragging: false };
  const drawn = (frame, change = {}) => inValues({ shown, target: values.window, values: { ...values, ...change } }, { get: () => frame }).frame;
  const whole = { every: 1, rows: 9, columns: 9, is_picture: true };
  assert.equal(drawn(whole), whole);
  assert.equal(drawn({ ...whole, every: 2 }), undefined);
  assert.equal(drawn(whole, { window: null }), undefined);
  assert.equal(drawn(whole, { series: { ...series, extra: { seg: "a" } } }), undefined);
});

test("values go through the modality LUT, and padding is no number", () => {
  const facts = { rows: 1, columns: 3, first: 10, last: 12, slope: 2, intercept: -1000, modality_lut: null };
  const frame = valuesOf({ ...facts, padding: [12, 12], samples: Uint16Array.of(0, 1, 2) });
  assert.deepEqual([0, 1, 2].map(frame.valueAt), [-980, -978, NaN]);
  const lut = { first: 10, bits: 16, entries: [7, 70, 700] };
  const looked = valuesOf({ ...facts, modality_lut: lut, padding: null, samples: Uint16Array.of(2, 1, 0) });
  assert.deepEqual([0, 1, 2].map(looked.valueAt), [700, 70, 7]);
});

test("the proxy of a large frame takes every n-th sample", () => {
  const samples = Uint16Array.from({ length: 20 }, (_, index) => index);
  assert.deepEqual([...proxyOf({ samples, rows: 4, columns: 5 }, 3).samples], [0, 2, 4, 10, 12, 14]);
  assert.equal(proxyOf({ samples, rows: 4, columns: 5 }, 5).samples, samples);
});
