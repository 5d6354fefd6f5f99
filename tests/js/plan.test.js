import assert from "node:assert/strict";
import { test } from "node:test";
import { evenRuns, isStillWanted, plan, previewNumbers, spread } from "../../static/js/viewer/plan.js";

const WANT = {
  series: "s", windowText: "", isDefaultWindow: true, number: 120, direction: 1, count: 240,
  isAtRest: false, isPaused: false, ahead: 9, behind: 3,
};
const none = () => false;

test("where nothing is shown, what is near comes first", () => {
  const [first] = plan(WANT, none);
  assert.equal(first.level, "preview");
  assert.deepEqual(first.numbers.slice(0, 4), [120, 121, 122, 123]);
});

test("with the first picture there, the fast pass begins with first and last", () => {
  const [first] = plan(WANT, (level, number) => number === 120);
  assert.deepEqual(first.numbers.slice(0, 4), [1, 240, 9, 17]);
  assert.ok(first.numbers.length <= 16);
});

test("the first runs are those that the page asks for ahead of the viewer", () => {
  const planned = plan(WANT, (level, number) => level === "sharp" && number === 120).map((job) => job.numbers);
  const ahead = evenRuns(spread(WANT.count));
  assert.deepEqual(planned.slice(0, ahead.length), ahead);
});

test("at rest the final frame is the most urgent", () => {
  const [first] = plan({ ...WANT, isAtRest: true }, none);
  assert.deepEqual(first, { kind: "frame", level: "final", numbers: [120] });
  assert.ok(!plan(WANT, none).some((job) => job.level !== "preview"));
});

test("every missing preview is planned, nothing that is there", () => {
  const planned = plan(WANT, (level, number) => number % 2 === 0).flatMap((job) => job.numbers);
  assert.equal(new Set(planned).size, 120);
  assert.ok(planned.every((number) => number % 2 === 1));
});

test("all there, or paused: nothing to do", () => {
  assert.deepEqual(plan({ ...WANT, isAtRest: true }, () => true), []);
  assert.deepEqual(plan({ ...WANT, isPaused: true }, none), []);
});

test("in another window only what is near and every 8th is fetched", () => {
  const numbers = previewNumbers({ ...WANT, isDefaultWindow: false });
  assert.ok(numbers.includes(100) && numbers.includes(1) && numbers.includes(9) && !numbers.includes(10));
});

test("a job is dropped when it is of no use any more", () => {
  const job = { level: "sharp", series: "s", windowText: "", numbers: [121, 122, 123, 124] };
  assert.ok(isStillWanted(job, WANT));
  assert.ok(!isStillWanted(job, { ...WANT, number: 200 }));
  assert.ok(!isStillWanted(job, { ...WANT, windowText: "40,400" }));
  assert.ok(!isStillWanted(job, { ...WANT, series: "other" }));
  assert.ok(isStillWanted({ ...job, level: "preview" }, { ...WANT, number: 200 }));
  assert.ok(!isStillWanted({ ...job, level: "final", numbers: [119] }, WANT));
});
