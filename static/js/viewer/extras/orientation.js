// Which way the patient lies in the picture as it is shown now (PS3.3 C.7.6.2.1.1). Patient axes: +x left, +y back, +z head.

import { matrixOf } from "../geometry.js";

const AXES = [
  ["R", "L"],
  ["A", "P"],
  ["F", "H"],
];
const LEAST = 0.25; // About 15 degrees: less is not worth a second letter.
const TILT = { x: 0.42, y: 0.52 };
const UNIT = { width: 1, height: 1 };

/** Return the directions of the image's rows and columns, or null: [row, column], each [x, y, z]. */
export function directionsOf(plane) {
  if (plane?.orientation) return [plane.orientation.slice(0, 3), plane.orientation.slice(3)];
  const [row, column] = (plane?.ways ?? []).map(fromLetters);
  return row && column ? [row, column] : null;
}

// Patient Orientation (PS3.3 C.7.6.1.1.1) names the main direction first.
function fromLetters(letters) {
  const vector = [0, 0, 0];
  let weight = 1;
  for (const letter of letters) {
    const axis = AXES.findIndex((ends) => ends.includes(letter));
    if (axis < 0) return null;
    vector[axis] += letter === AXES[axis][1] ? weight : -weight;
    weight /= 2;
  }
  const length = Math.hypot(...vector);
  return length ? vector.map((part) => part / length) : null;
}

/** Return {right, down} of the screen as directions in the patient. */
export function screenDirections([row, column], view) {
  const [a, b, c, d] = matrixOf({ ...view, zoom: 1, x: 0, y: 0 }, UNIT, UNIT);
  const mix = (p, q) => row.map((part, axis) => p * part + q * column[axis] + 0);
  return { right: mix(a, c), down: mix(b, d) };
}

/** Return the letters of a direction, the main one first: "L", "PH". */
export function lettersOf(direction) {
  return direction
    .map((part, axis) => ({ size: Math.abs(part), letter: AXES[axis][part > 0 ? 1 : 0] }))
    .filter(({ size }) => size > LEAST)
    .sort((one, other) => other.size - one.size)
    .map(({ letter }) => letter)
    .join("");
}

/** Return the letters at the four edges of the stage, null when nobody knows. */
export function edgeLetters(plane, view) {
  const directions = directionsOf(plane);
  if (!directions) return null;
  const { right, down } = screenDirections(directions, view);
  const opposite = (direction) => direction.map((part) => -part);
  return {
    left: lettersOf(opposite(right)),
    right: lettersOf(right),
    top: lettersOf(opposite(down)),
    bottom: lettersOf(down),
  };
}

function cross([a, b, c], [d, e, f]) {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

function tilted([x, y, z]) {
  const [sinY, cosY] = [Math.sin(TILT.y), Math.cos(TILT.y)];
  const [u, w] = [x * cosY + z * sinY, z * cosY - x * sinY];
  const [sinX, cosX] = [Math.sin(TILT.x), Math.cos(TILT.x)];
  return [u, y * cosX + w * sinX, w * cosX - y * sinX];
}

/** Return the visible faces of a cube that lies as the patient does: [{letter, points}], each point [x, y] in -1..1. */
export function cubeFaces(plane, view) {
  const directions = directionsOf(plane);
  if (!directions) return [];
  const { right, down } = screenDirections(directions, view);
  const into = cross(right, down);
  const axes = [0, 1, 2].map((axis) => tilted([right[axis], down[axis], into[axis]]));
  return axes.flatMap((normal, axis) => {
    const end = normal[2] < 0 ? 1 : 0; // The end of the axis that points to whoever looks.
    const sign = end ? 1 : -1;
    const [one, other] = [axes[(axis + 1) % 3], axes[(axis + 2) % 3]];
    const corner = ([p, q]) => [0, 1].map((at) => (sign * normal[at] + p * one[at] + q * other[at]) / Math.sqrt(3));
    const points = [[-1, -1], [1, -1], [1, 1], [-1, 1]].map(corner);
    return Math.abs(normal[2]) > 0.05 ? [{ letter: AXES[axis][end], points }] : [];
  });
}

/** Return {millimeters, pixels} of a round length that takes up to a quarter of the stage, null without a scale. */
export function scaleBar(millimetersPerPixel, width) {
  if (!(millimetersPerPixel > 0)) return null;
  const most = (width / 4) * millimetersPerPixel;
  const power = 10 ** Math.floor(Math.log10(most));
  const millimeters = [5, 2, 1].find((step) => step * power <= most) * power;
  return { millimeters, pixels: millimeters / millimetersPerPixel };
}
