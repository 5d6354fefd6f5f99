import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandOf as answer, readKeys } from "../../static/js/viewer/keys.js";

// The elements of the sheet as the browser gives them.
const sheet = readFileSync(new URL("../../templates/viewer/help.html", import.meta.url), "utf-8");
const elements = [...sheet.matchAll(/<kbd( data.*?)>(.*?)<\/kbd>/g)].map(([, attributes, textContent]) => {
  const named = [...attributes.matchAll(/data-(\w+)="(.*?)"/g)].map(([, name, value]) => [name, value]);
  return { dataset: Object.fromEntries(named), textContent };
});
const keys = readKeys(elements);
const commandOf = (event, letters) => answer(event, keys, letters);

const key = (name, more = {}) => ({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...more });

test("arrows move one frame, with Shift ten", () => {
  assert.deepEqual(commandOf(key("ArrowDown")), ["step", 1]);
  assert.deepEqual(commandOf(key("ArrowLeft")), ["step", -1]);
  assert.deepEqual(commandOf(key("ArrowUp", { shiftKey: true })), ["step", -10]);
});

test("letters work in both cases and can be turned off; arrows stay", () => {
  assert.deepEqual(commandOf(key("W")), ["tool", "window"]);
  assert.deepEqual(commandOf(key("w")), ["tool", "window"]);
  assert.deepEqual(commandOf(key("d")), ["tool", "distance"]);
  assert.deepEqual(commandOf(key("a")), ["tool", "angle"]);
  assert.equal(commandOf(key("w"), false), null);
  assert.equal(commandOf(key("2"), false), null);
  assert.deepEqual(commandOf(key("End"), false), ["frame", "last"]);
  assert.deepEqual(commandOf(key("?"), false), ["help", undefined]);
});

test("the sheet names each key once, and each has a command", () => {
  assert.equal(keys.size, elements.length);
  assert.equal(keys.size, 39);
  for (const [name, [command]] of keys) assert.match(command, /^[a-z]+$/i, name);
  assert.deepEqual(commandOf(key(" ")), ["cine", undefined]);
  assert.deepEqual(commandOf(key("-")), ["zoom", 0.8]);
  assert.deepEqual(commandOf(key("H")), ["flip", "horizontal"]);
});

test("the browser keeps its own keys", () => {
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) {
    assert.equal(commandOf(key("f", more)), null);
    assert.equal(commandOf(key("ArrowLeft", more)), null);
  }
  for (const name of ["Tab", "Enter", "F5", "x", "constructor", "toString"]) assert.equal(commandOf(key(name)), null);
});

test("each digit names a preset of the file that Python reads too", () => {
  const file = new URL("../../viewer/presets.json", import.meta.url);
  const ids = new Set(JSON.parse(readFileSync(file, "utf-8")).map((preset) => preset.id));
  assert.deepEqual(commandOf(key("0")), ["preset", ""]);
  for (const digit of "123456789") {
    const [name, id] = commandOf(key(digit));
    assert.equal(name, "preset");
    assert.ok(ids.has(id), `${digit} is ${id}`);
  }
});
