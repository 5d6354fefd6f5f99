import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsOf } from "../../static/js/viewer/extras/beside.js";
import { calculatedAt, calculatedFrom, calculatedOf, choicesOf } from "../../static/js/viewer/extras/reformats.js";
import { addressOf, baseOf, variantOf } from "../../static/js/viewer/variants.js";
import { queryOf } from "../../static/js/viewer/extras/address.js";

const series = {
  id: "s",
  planes_url: "/planes",
  frames_url: "/s/frames/",
  frame_count: 300,
  key_frames: [3],
  states: [{ id: "a", frames: [1] }],
  segmentations: [],
  windows: ["window"],
};
const coronal = { id: "s~coronal", label: "Coronal", note: "Calculated: Coronal", frame_count: 512, frames_url: "/s~coronal/frames/" };
const load = async () => ({ planes: [coronal], refusal: "" });
const say = (name) => `<${name}>`;

test("what is calculated has its own pictures and none of the marks of its series", () => {
  const made = calculatedOf(series, coronal);
  assert.deepEqual([made.frame_count, made.frames_url, made.windows], [512, "/s~coronal/frames/", ["window"]]);
  assert.deepEqual([made.states, made.key_frames, baseOf(made)], [[], [], series]);
  assert.deepEqual(wordsOf(made, 7), { legend: [], notes: ["Calculated: Coronal"] });
});

test("an address names what is calculated, and the series of a state", () => {
  const made = calculatedOf(series, coronal);
  assert.equal(addressOf(made), "s~coronal");
  assert.equal(addressOf(variantOf(series, "a")), "s");
  assert.equal(new URLSearchParams(queryOf({ series: made, number: 7, window: null })).get("series"), "s~coronal");
});

test("the series of an address is found with what the server says of it", async () => {
  assert.equal((await calculatedAt([series], "s~coronal", load)).frame_count, 512);
  assert.equal(await calculatedAt([series], "s~oblique", load), null);
  assert.equal(await calculatedAt([series], "t~coronal", load), null);
  assert.equal(await calculatedAt([{ ...series, planes_url: "" }], "s~coronal", load), null);
});

test("the list begins with the series as stored and says why there is nothing else", async () => {
  const choices = choicesOf(series, await calculatedFrom(series, load), say);
  assert.deepEqual(choices.map(({ id }) => id), ["s", "s~coronal"]);
  const refused = choicesOf(series, { refusal: "Slices are missing.", series: [] }, say);
  assert.deepEqual(refused.at(-1), { id: "none", label: "Slices are missing.", isOff: true });
});
