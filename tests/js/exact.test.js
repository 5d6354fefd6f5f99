import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ExactFrames, valuesOf } from "../../static/js/viewer/extras/exact.js";
import { proxyOf } from "../../static/js/viewer/extras/exacttone.js";
import { Trouble } from "../../static/js/viewer/network.js";

const VECTORS = JSON.parse(readFileSync(new URL("../viewer/rendering/windowable.json", import.meta.url)));
const BYTES = new Uint8Array(Buffer.from(VECTORS[0].planes, "base64"));
const series = { id: "s", frames_url: "/frames/" };

test("a frame is fetched once and kept", async () => {
  const asked = [];
  const exact = new ExactFrames(1e6, async (url) => asked.push(url) && BYTES);
  assert.equal(exact.get(series, 3), undefined);
  const [one, other] = await Promise.all([exact.want(series, 3), exact.want(series, 3)]);
  assert.equal(one, other);
  assert.equal(exact.get(series, 3), one);
  await exact.want(series, 3);
  assert.deepEqual(asked, ["/frames/3/windowable"]);
});

test("memory is bounded: the oldest goes, the newest stays whatever its size", async () => {
  const exact = new ExactFrames(1, async () => BYTES);
  await exact.want(series, 1);
  await exact.want(series, 2);
  assert.equal(exact.get(series, 1), undefined);
  assert.ok(exact.get(series, 2));
});

test("a frame without values is known to have none; trouble that lasts leaves the question open", async () => {
  const none = new ExactFrames(1e6, async () => { throw new Trouble("bad"); });
  assert.equal(await none.want(series, 1), null);
  assert.equal(none.get(series, 1), null);
  const garbled = new ExactFrames(1e6, async () => new Uint8Array(3));
  assert.equal(await garbled.want(series, 1), null);
  const out = new ExactFrames(1e6, async () => { throw new Trouble("signed-out"); });
  assert.equal(await out.want(series, 1), undefined);
  assert.equal(out.get(series, 1), undefined);
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
