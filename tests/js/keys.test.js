import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { commandOf } from "../../static/js/viewer/keys.js";

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
  assert.deepEqual(commandOf(key("?"), false), ["help"]);
});

// What a key is called on the sheet, where that is not the key itself.
const NAMES = { "↑": "ArrowUp", "↓": "ArrowDown", "←": "ArrowLeft", "→": "ArrowRight", "Page ↑": "PageUp", "Page ↓": "PageDown", "−": "-", Esc: "Escape", Space: " " };
const PRINTABLE = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).filter((one) => one === one.toLowerCase());
const POSSIBLE = [...PRINTABLE, ...Object.values(NAMES), "Home", "End", "Enter", "Tab", "Delete", "Backspace", "Insert"];

test("the sheet of keys tells every key that does something, and no other", () => {
  const sheet = readFileSync(new URL("../../templates/viewer/help.html", import.meta.url), "utf-8");
  const said = [...sheet.matchAll(/<kbd>(.*?)<\/kbd>/g)].map(([, text]) => text.replace(/{% translate "(.*?)" %}/, "$1"));
  const keys = new Set(said.map((text) => NAMES[text] ?? (text.length === 1 ? text.toLowerCase() : text)));
  // "1 … 9" stands for what is between.
  for (const digit of "2345678") keys.add(digit);
  const works = new Set(POSSIBLE.filter((name) => commandOf(key(name))));
  assert.deepEqual([...keys].sort(), [...works].sort());
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
