// Where the slice that is looked at cuts another picture. Points are as in measures.js: the first pixel from 0 to 1.

import { dot, normalOf } from "./linked.js";

const LEAST_SINE = 0.087; // Under 5 degrees apart the line would lie anywhere.

/**
 * Return the ends [{x, y}, {x, y}] of the line in which the plane of `place` cuts a picture, null when it does not or
 * when both lie nearly alike. Both places are as in linked.js and in one frame of reference; the picture is
 * {place, rows, columns, spacing}, its spacing between rows, then between columns, in mm (PS3.3 10.7.1.3).
 */
export function scoutLine(place, picture) {
  const normal = normalOf(place);
  const { position, row, column } = picture.place;
  const [down, across] = picture.spacing;
  const [alongRow, alongColumn] = [dot(normal, row), dot(normal, column)];
  if (Math.hypot(alongRow, alongColumn) < LEAST_SINE) return null;
  const [a, b] = [alongRow * across, alongColumn * down];
  // Positions are of the middle of the first pixel, which is at half a pixel here.
  const rest = dot(normal, position) - dot(normal, place.position) - (a + b) / 2;
  return clipped([a, b, rest], picture.columns, picture.rows);
}

// The part of a x + b y + rest = 0 that lies in the picture.
function clipped([a, b, rest], width, height) {
  const square = a * a + b * b;
  const start = { x: (-a * rest) / square, y: (-b * rest) / square };
  const [one, other] = [
    [start.x, -b, width],
    [start.y, a, height],
  ].map(within);
  const [first, last] = [Math.max(one[0], other[0]), Math.min(one[1], other[1])];
  if (!(first < last)) return null;
  return [first, last].map((way) => ({ x: start.x - b * way + 0, y: start.y + a * way + 0 }));
}

// From where to where on the line one coordinate is between 0 and its end.
function within([start, step, end]) {
  if (step === 0) return start >= 0 && start <= end ? [-Infinity, Infinity] : [Infinity, -Infinity];
  const [one, other] = [-start / step, (end - start) / step];
  return [Math.min(one, other), Math.max(one, other)];
}
