import assert from "node:assert/strict";
import { test } from "node:test";
import { phaseAfter } from "../../static/js/account/session.js";
import { fieldsOf } from "../../static/js/viewer/extras/remember.js";

test("the warning comes two minutes before the end, which may be a minute earlier than it seems", () => {
  assert.equal(phaseAfter(0, 1800), "active");
  assert.equal(phaseAfter(1619, 1800), "active");
  assert.equal(phaseAfter(1620, 1800), "warn");
  assert.equal(phaseAfter(1739, 1800), "warn");
  assert.equal(phaseAfter(1740, 1800), "over");
});

test("settings are sent as a form sends them: what is off is not there", () => {
  const all = { mode: "full", upIsBrighter: true, letters: true, startsWithWindow: true };
  assert.deepEqual(fieldsOf(all), { mode: "full", tool: "window", up_is_brighter: "on", letters: "on" });
  const few = { mode: "simple", upIsBrighter: false, letters: false, startsWithWindow: false };
  assert.deepEqual(fieldsOf(few), { mode: "simple", tool: "scroll" });
});
