// Scout lines: where the plane of one picture cuts another picture.

import { areParallel, dot } from "./stack.js";

const CORNERS = [[0, 0], [1, 0], [1, 1], [0, 1]];

/**
 * Return [[x, y], [x, y]] in pixels of the picture `onto` (0 is the left or top edge of its first pixel), the line in
 * which the picture `cutting` cuts it; null when they are parallel or do not meet. Both are planes of stack.js with
 * spacing, in one frame of reference.
 */
export function scoutLine(cutting, onto) {
  if (!cutting?.spacing || !onto?.spacing || areParallel(cutting, onto)) return null;
  const corners = CORNERS.map((corner) => placeOf(cutting, corner));
  const heights = corners.map((corner) => dot(minus(corner, onto.origin), onto.normal));
  const meets = corners.flatMap((corner, at) => crossing(corner, heights[at], corners[(at + 1) % 4], heights[(at + 1) % 4]));
  if (meets.length < 2) return null;
  return clipped(pixelOf(onto, meets[0]), pixelOf(onto, meets[1]), onto);
}

function minus(one, other) {
  return one.map((part, axis) => part - other[axis]);
}

// A corner of the picture in the patient; Image Position (Patient) is the middle of the first pixel.
function placeOf({ origin, row, column, spacing, rows, columns }, [u, v]) {
  const [along, down] = [(u * columns - 0.5) * spacing[1], (v * rows - 0.5) * spacing[0]];
  return origin.map((part, axis) => part + along * row[axis] + down * column[axis]);
}

function crossing(start, from, end, to) {
  if (from < 0 === to < 0) return [];
  const share = from / (from - to);
  return [start.map((part, axis) => part + share * (end[axis] - part))];
}

function pixelOf({ origin, row, column, spacing }, place) {
  const away = minus(place, origin);
  return [dot(away, row) / spacing[1] + 0.5, dot(away, column) / spacing[0] + 0.5];
}

// Liang and Barsky: the part of a line that lies inside the picture.
function clipped([x, y], [toX, toY], { rows, columns }) {
  const [dx, dy] = [toX - x, toY - y];
  let [from, to] = [0, 1];
  for (const [step, room] of [[-dx, x], [dx, columns - x], [-dy, y], [dy, rows - y]]) {
    if (step === 0 && room < 0) return null;
    if (step < 0) from = Math.max(from, room / step);
    if (step > 0) to = Math.min(to, room / step);
  }
  return from < to ? [[x + from * dx, y + from * dy], [x + to * dx, y + to * dy]] : null;
}
