import assert from "node:assert/strict";
import { test } from "node:test";
import { FITTED, flip, rotate } from "../../static/js/viewer/geometry.js";
import { cubeFaces, edgeLetters, lettersOf, scaleBar } from "../../static/js/viewer/extras/orientation.js";

const AXIAL = { orientation: [1, 0, 0, 0, 1, 0] };
const CORONAL = { orientation: [1, 0, 0, 0, 0, -1] };
const edges = (left, right, top, bottom) => ({ left, right, top, bottom });

test("an axial slice is seen from the feet: the patient's right is on the left", () => {
  assert.deepEqual(edgeLetters(AXIAL, FITTED), edges("R", "L", "A", "P"));
  assert.deepEqual(edgeLetters(CORONAL, FITTED), edges("R", "L", "H", "F"));
});

test("letters turn and flip with the view", () => {
  assert.deepEqual(edgeLetters(AXIAL, rotate(FITTED)), edges("P", "A", "R", "L"));
  assert.deepEqual(edgeLetters(AXIAL, flip(FITTED, false)), edges("L", "R", "A", "P"));
  assert.deepEqual(edgeLetters(AXIAL, flip(FITTED, true)), edges("R", "L", "P", "A"));
  assert.deepEqual(edgeLetters(AXIAL, flip(rotate(FITTED), false)), edges("A", "P", "R", "L"));
  const whole = [1, 2, 3, 4].reduce(rotate, FITTED);
  assert.deepEqual(edgeLetters(AXIAL, whole), edges("R", "L", "A", "P"));
});

test("letters stay where they are when the picture is zoomed and moved", () => {
  assert.deepEqual(edgeLetters(AXIAL, { ...FITTED, zoom: 5, x: 90, y: -40 }), edges("R", "L", "A", "P"));
});

test("an oblique slice has two letters, the main one first; a small tilt has one", () => {
  assert.equal(lettersOf([0.8, 0.6, 0]), "LP");
  assert.equal(lettersOf([-0.6, 0, 0.8]), "HR");
  assert.equal(lettersOf([0.99, 0.14, 0]), "L");
});

test("a radiograph tells its letters itself, and nothing is guessed", () => {
  assert.deepEqual(edgeLetters({ orientation: null, ways: ["L", "F"] }, FITTED), edges("R", "L", "H", "F"));
  assert.deepEqual(edgeLetters({ orientation: null, ways: ["A", "FL"] }, FITTED), edges("P", "A", "HR", "FL"));
  assert.equal(edgeLetters({ orientation: null, ways: [] }, FITTED), null);
  assert.equal(edgeLetters(null, FITTED), null);
});

test("the cube shows the faces that look at whoever looks", () => {
  const letters = (plane, view = FITTED) => cubeFaces(plane, view).map((face) => face.letter).sort().join("");
  assert.equal(cubeFaces(AXIAL, FITTED).length, 3);
  assert.ok(letters(AXIAL).includes("F"), "axial slices are seen from the feet");
  assert.ok(letters(CORONAL).includes("A"), "coronal slices are seen from the front");
  assert.ok(letters(AXIAL, flip(FITTED, false)).includes("H"), "mirrored, the other way round");
  assert.deepEqual(cubeFaces(null, FITTED), []);
  for (const { points } of cubeFaces(AXIAL, FITTED)) {
    for (const [x, y] of points) assert.ok(Math.abs(x) <= 1 && Math.abs(y) <= 1);
  }
});

test("the bar is a round length of at most a quarter of the stage", () => {
  assert.deepEqual(scaleBar(0.5, 400), { millimeters: 50, pixels: 100 });
  assert.equal(scaleBar(0.03, 1000).millimeters, 5);
  assert.equal(scaleBar(1.9, 390).millimeters, 100);
  for (const scale of [0.001, 0.013, 0.2, 1, 7, 40]) {
    const { pixels } = scaleBar(scale, 360);
    assert.ok(pixels <= 90 && pixels >= 36, `${scale}: ${pixels}`);
  }
  assert.equal(scaleBar(0, 100), null);
  assert.equal(scaleBar(NaN, 100), null);
});
