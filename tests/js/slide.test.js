import assert from "node:assert/strict";
import { test } from "node:test";
import { toolOn } from "../../static/js/viewer/extras/hand.js";
import { slideCommand } from "../../static/js/viewer/extras/slide.js";

test("a drag moves a slide unless another tool is on", () => {
  assert.equal(toolOn({ tool: "scroll", series: { is_slide: true } }), "pan");
  assert.equal(toolOn({ tool: "distance", series: { is_slide: true } }), "distance");
  assert.equal(toolOn({ tool: "scroll", series: { is_slide: false } }), "scroll");
});

test("arrow keys move a slide, other keys do what they always do", () => {
  assert.deepEqual(slideCommand({ key: "ArrowLeft" }), ["pan", "left"]);
  assert.deepEqual(slideCommand({ key: "ArrowDown", shiftKey: true }), ["pan", "down"]);
  assert.equal(slideCommand({ key: "ArrowLeft", altKey: true }), null);
  assert.equal(slideCommand({ key: "+" }), null);
  assert.equal(slideCommand({ key: "Home" }), null);
});
