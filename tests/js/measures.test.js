import assert from "node:assert/strict";
import { test } from "node:test";
import { angle, area, distance, eachInside, measured, planeAt, scaleAt, statistics, valueAt } from "../../static/js/viewer/extras/measures.js";
import { lines, numberWriter, sentence } from "../../static/js/viewer/extras/measurewords.js";

const at = (x, y) => ({ x, y });
const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`);
const frame = (rows, columns, values) => ({ rows, columns, valueAt: (index) => values[index] });

test("a distance takes the spacing of rows downwards and of columns sideways", () => {
  near(distance([at(0, 0), at(3, 0)], [2, 0.5]), 1.5);
  near(distance([at(0, 0), at(0, 3)], [2, 0.5]), 6);
  near(distance([at(1, 1), at(9, 4)], [2, 0.5]), Math.hypot(4, 6));
});

test("an angle is that of the patient, not of the pixels", () => {
  near(angle([at(1, 0), at(0, 0), at(0, 1)], [1, 1]), 90);
  near(angle([at(1, 0), at(0, 0), at(1, 1)], [1, 1]), 45);
  near(angle([at(1, 0), at(0, 0), at(1, 1)], [Math.sqrt(3), 1]), 60);
  near(angle([at(1, 0), at(0, 0), at(-1, 0)], [1, 1]), 180);
});

test("areas", () => {
  near(area("rectangle", [at(5, 5), at(1, 2)], [2, 0.5]), 12);
  near(area("ellipse", [at(0, 0), at(4, 2)], [1, 1]), 2 * Math.PI);
});

function inside(kind, points, rows, columns) {
  const found = [];
  eachInside(kind, points, { rows, columns }, (index) => found.push(index));
  return found;
}

test("a rectangle holds the pixels whose centers lie in it, whichever corner came first", () => {
  assert.deepEqual(inside("rectangle", [at(1, 1), at(3, 2)], 4, 4), [5, 6]);
  assert.deepEqual(inside("rectangle", [at(3, 2), at(1, 1)], 4, 4), [5, 6]);
  assert.deepEqual(inside("rectangle", [at(-9, -9), at(99, 0.6)], 4, 4), [0, 1, 2, 3]);
  assert.deepEqual(inside("rectangle", [at(1.6, 1), at(2.4, 2)], 4, 4), []);
});

test("an ellipse leaves the corners out", () => {
  assert.deepEqual(inside("ellipse", [at(0, 0), at(3, 3)], 3, 3), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(inside("ellipse", [at(0, 0), at(4, 4)], 4, 4), [1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14]);
  const count = inside("ellipse", [at(100, 100), at(300, 200)], 400, 400).length;
  assert.ok(Math.abs(count - Math.PI * 100 * 50) < 100);
});

test("statistics leave padding out; nothing inside is nothing", () => {
  const square = [at(0, 0), at(2, 2)];
  assert.deepEqual(statistics("rectangle", square, frame(2, 2, [1, 3, NaN, 8])), {
    count: 3,
    mean: 4,
    deviation: Math.sqrt((9 + 1 + 16) / 3),
    least: 1,
    most: 8,
  });
  assert.equal(statistics("rectangle", square, frame(2, 2, [NaN, NaN, NaN, NaN])), null);
  assert.equal(statistics("ellipse", [at(1, 1), at(1, 1)], frame(2, 2, [1, 2, 3, 4])), null);
});

test("a value is that of the pixel under the point", () => {
  const two = frame(2, 2, [1, 2, 3, NaN]);
  assert.equal(valueAt(at(1.9, 0.1), two), 2);
  assert.equal(valueAt(at(0, 1), two), 3);
  for (const outside of [at(-0.1, 0), at(2, 0), at(0, 2), at(1.5, 1.5)]) assert.equal(valueAt(outside, two), null);
});

const plane = (more) => ({ from: 1, orientation: null, ways: [], spacing: null, spacing_kind: "", regions: [], ...more });

test("the plane of a frame is the last that began before it", () => {
  const planes = [plane({ from: 1 }), plane({ from: 4, spacing: [1, 1] })];
  assert.equal(planeAt({ planes }, 3), planes[0]);
  assert.equal(planeAt({ planes }, 4), planes[1]);
  assert.equal(planeAt({}, 4), null);
});

test("ultrasound is measured inside one region only", () => {
  const regions = [{ box: [0, 0, 9, 9], spacing: [0.1, 0.1] }, { box: [20, 0, 29, 9], spacing: [0.2, 0.2] }];
  const sound = plane({ regions, spacing: [9, 9], spacing_kind: "patient" });
  assert.deepEqual(scaleAt(sound, [at(1, 1), at(9, 9)]), { spacing: [0.1, 0.1], kind: "patient" });
  assert.equal(scaleAt(sound, [at(1, 1), at(21, 1)]), null);
  assert.equal(scaleAt(sound, [at(15, 1), at(16, 1)]), null);
});

const words = (name, values = {}) => [name, ...Object.values(values)].join(" ");
const plain = numberWriter("en");
const told = (measure, where, values) => lines(measured(measure, where, values), { unit: "HU" }, words, plain);

test("a length says what it was measured with, and is refused in words without a scale", () => {
  const line = { kind: "distance", points: [at(0, 0), at(10, 0)] };
  assert.deepEqual(told(line, plane({ spacing: [1, 1.26], spacing_kind: "patient" })), ["length-patient 12.6"]);
  assert.deepEqual(told(line, plane({ spacing: [1, 1], spacing_kind: "detector" })), ["length-detector 10"]);
  assert.deepEqual(told(line, plane()), ["measure-no-scale"]);
  assert.equal(sentence(line, measured(line, null, null), { unit: "" }, words, plain), "measure-distance: measure-no-scale-why");
});

test("an angle needs no scale", () => {
  assert.deepEqual(told({ kind: "angle", points: [at(1, 0), at(0, 0), at(0, 1)] }, plane()), ["angle-words 90"]);
});

test("values are said with their unit, waited for, or refused", () => {
  const spot = { kind: "rectangle", points: [at(0, 0), at(2, 1)] };
  const where = plane({ spacing: [1, 1], spacing_kind: "patient" });
  assert.deepEqual(told(spot, where, frame(1, 2, [-10, 30])), ["values-mean 10 HU 20", "values-range -10 30", "area-patient 2"]);
  assert.deepEqual(told(spot, plane(), frame(1, 2, [-10, 30])), ["values-mean 10 HU 20", "values-range -10 30"]);
  assert.deepEqual(told(spot, where, undefined), ["area-patient 2", "measure-waiting"]);
  assert.deepEqual(told(spot, where, null), ["area-patient 2", "measure-no-values"]);
  assert.deepEqual(told({ kind: "probe", points: [at(0.5, 0.5)] }, where, frame(1, 2, [-10, 30])), ["-10 HU"]);
  assert.deepEqual(told({ kind: "probe", points: [at(9, 9)] }, where, frame(1, 2, [-10, 30])), ["measure-nothing"]);
});

test("where a series tells of the dose, values are standardized uptake", () => {
  const pet = { unit: "BQML", suv_factor: 0.0005 };
  const where = plane({ spacing: [1, 1], spacing_kind: "patient" });
  const said = (measure) => lines(measured(measure, where, frame(1, 2, [4000, 8000])), pet, words, plain);
  assert.deepEqual(said({ kind: "probe", points: [at(0.5, 0.5)] }), ["2 SUVbw · 4,000 BQML"]);
  const spot = { kind: "rectangle", points: [at(0, 0), at(2, 1)] };
  assert.deepEqual(said(spot), ["values-mean 3 SUVbw 1", "values-range 2 4", "area-patient 2"]);
});

test("on a slide what is shorter than a millimeter is told in micrometers", () => {
  const said = (points) => lines(measured({ kind: "distance", points }, plane({ spacing: [0.0005, 0.0005], spacing_kind: "glass" })), { unit: "" }, (name, { n }) => `${name} ${n}`, numberWriter("en"));
  assert.deepEqual(said([at(0, 0), at(21, 0)]), ["length-glass 10.5"]);
  assert.deepEqual(said([at(0, 0), at(2500, 0)]), ["length-patient 1.25"]);
});
