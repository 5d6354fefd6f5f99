import assert from "node:assert/strict";
import { test } from "node:test";
import { Gestures, pixelsPerFrame, toolOf } from "../../static/js/viewer/gestures.js";

const at = (id, x, y, more = {}) => ({ id, x, y, button: 0, isTouch: true, time: 0, ...more });
const kinds = (intents) => intents.map((intent) => intent.phase ?? intent.kind);

test("a drag begins after a few pixels and is measured from its start", () => {
  const hand = new Gestures();
  assert.deepEqual(kinds(hand.down(at(1, 10, 10))), ["press"]);
  assert.deepEqual(hand.move(at(1, 12, 12)), []);
  assert.deepEqual(kinds(hand.move(at(1, 10, 30))), ["start", "move"]);
  const [move] = hand.move(at(1, 15, 50));
  assert.deepEqual([move.dx, move.dy, move.x, move.y], [5, 40, 10, 10]);
  assert.deepEqual(kinds(hand.up(at(1, 15, 50))), ["end"]);
});

test("two fingers end the drag and pinch; the finger that stays does nothing more", () => {
  const hand = new Gestures();
  hand.down(at(1, 100, 100));
  hand.move(at(1, 100, 130));
  assert.deepEqual(kinds(hand.down(at(2, 200, 130))), ["end"]);
  const [pinch] = hand.move(at(2, 300, 130));
  assert.deepEqual([pinch.kind, pinch.factor, pinch.dx, pinch.x], ["pinch", 2, 50, 200]);
  hand.up(at(2, 300, 130));
  assert.deepEqual(hand.move(at(1, 100, 300)), []);
  assert.deepEqual(hand.up(at(1, 100, 300)), []);
});

test("three fingers are left alone", () => {
  const hand = new Gestures();
  hand.down(at(1, 0, 0));
  hand.down(at(2, 50, 0));
  hand.down(at(3, 100, 0));
  assert.deepEqual(hand.move(at(1, 0, 90)), []);
  assert.deepEqual(hand.move(at(3, 100, 90)), []);
});

test("two quick taps in one place are a double tap, three are not two", () => {
  const hand = new Gestures();
  const tap = (x, time) => [...hand.down(at(1, x, 50, { time })), ...hand.up(at(1, x, 50, { time: time + 40 }))];
  assert.deepEqual(kinds(tap(50, 0)), ["press", "tap"]);
  assert.deepEqual(kinds(tap(52, 150)), ["press", "double"]);
  assert.deepEqual(kinds(tap(52, 300)), ["press", "tap"]);
  assert.deepEqual(kinds(tap(200, 420)), ["press", "tap"]);
  assert.deepEqual(kinds(tap(200, 2000)), ["press", "tap"]);
});

test("when the browser takes the finger over, the drag ends where it was", () => {
  const hand = new Gestures();
  hand.down(at(1, 0, 0));
  hand.move(at(1, 0, 40));
  const [end] = hand.cancel(at(1, 0, 0));
  assert.deepEqual([end.phase, end.dy], ["end", 40]);
  assert.deepEqual(hand.move(at(1, 0, 80)), []);
});

test("buttons and fingers find their tool", () => {
  assert.equal(toolOf({ button: 0, isTouch: false }, "window", false), "window");
  assert.equal(toolOf({ button: 1, isTouch: false }, "window", false), "pan");
  assert.equal(toolOf({ button: 2, isTouch: false }, "window", false), "zoom");
  assert.equal(toolOf({ button: 0, isTouch: true }, "scroll", true), "pan");
  assert.equal(toolOf({ button: 0, isTouch: true }, "scroll", false), "scroll");
  assert.equal(toolOf({ button: 0, isTouch: false }, "scroll", true), "scroll");
});

test("a short stack needs longer drags per frame, a long one stays steady", () => {
  assert.equal(pixelsPerFrame(4, 400), 24);
  assert.equal(pixelsPerFrame(50, 400), 8);
  assert.equal(pixelsPerFrame(2000, 400), 4);
});
