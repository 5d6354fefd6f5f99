import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteBudget } from "../../static/js/viewer/budget.js";

test("what was used longest ago goes first, and is told of", () => {
  const dropped = [];
  const store = new ByteBudget(100, (value, key) => dropped.push(`${key}=${value}`));
  store.put("a", 1, 40);
  store.put("b", 2, 40);
  store.get("a");
  store.put("c", 3, 40);
  assert.deepEqual(dropped, ["b=2"]);
  assert.deepEqual([...store.keys()], ["a", "c"]);
  assert.equal(store.bytes, 80);
});

test("looking is not using", () => {
  const store = new ByteBudget(100);
  store.put("a", 1, 60);
  store.put("b", 2, 40);
  assert.equal(store.peek("a"), 1);
  store.put("c", 3, 40);
  assert.equal(store.has("a"), false);
});

test("the bound holds after ten thousand pictures", () => {
  const store = new ByteBudget(1_000_000);
  for (let at = 0; at < 10_000; at += 1) {
    store.put(`frame ${at}`, at, 1000 + ((at * 7919) % 250_000));
    assert.ok(store.bytes <= 1_000_000);
  }
});

test("putting anew replaces and counts once", () => {
  const dropped = [];
  const store = new ByteBudget(100, (value) => dropped.push(value));
  store.put("a", "old", 60);
  store.put("a", "new", 70);
  assert.deepEqual(dropped, ["old"]);
  assert.equal(store.bytes, 70);
});

test("a picture larger than the budget is still kept, alone", () => {
  const store = new ByteBudget(100);
  store.put("a", 1, 50);
  store.put("big", 2, 500);
  assert.deepEqual([...store.keys()], ["big"]);
  store.drop("big");
  assert.equal(store.bytes, 0);
});
