// Scrolling two series together by where their frames lie in the patient (PS3.3 C.7.6.2.1.1).
// A stack is {frame_of_reference, places}, one place {position, row, column} or null for each frame.

import { planeAt } from "./measures.js";

const ALIKE = Math.SQRT1_2; // Stacks that lie more than 45 degrees apart are not scrolled together.

/** Return the stack of a series of the manifest and its geometry.json. */
export function stackOf(series, { frame_of_reference, positions }) {
  const places = Array.from({ length: series.frame_count }, (_, index) => {
    const orientation = planeAt(series, index + 1)?.orientation;
    const position = positions[index];
    if (!orientation || !position) return null;
    return { position, row: orientation.slice(0, 3), column: orientation.slice(3) };
  });
  return { frame_of_reference, places };
}

/** Return the direction in which rows and columns are seen, of length 1. */
export function normalOf({ row: [a, b, c], column: [d, e, f] }) {
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...normal);
  return normal.map((part) => part / length + 0);
}

export function dot([a, b, c], [d, e, f]) {
  return a * d + b * e + c * f;
}

/** Return how far along `normal` each frame lies in mm, null for a frame that does not tell. */
export function depthsOf({ places }, normal) {
  return places.map((place) => place && dot(place.position, normal));
}

/**
 * Return the number of the frame of `to` that belongs beside frame `number` of `from`, null when the stacks lie across
 * each other. In one frame of reference it is the nearest in mm; else the same part of the way through the stack, moved
 * by `offset`, a part of the way too. `near` is the frame that wins among equally near ones: the one shown now.
 */
export function partnerOf(from, number, to, { offset = 0, near = 1 } = {}) {
  const normals = [from, to].map(normalOfStack);
  const cosine = normals.every(Boolean) ? dot(...normals) : 1;
  if (Math.abs(cosine) < ALIKE) return null;
  const place = from.places[number - 1];
  if (place && normals[1] && from.frame_of_reference && from.frame_of_reference === to.frame_of_reference)
    return nearest(depthsOf(to, normals[1]), dot(place.position, normals[1]), near);
  const way = Math.min(Math.max(wayAt(from, normals[0], number, cosine < 0) + offset, 0), 1);
  const scale = scaleOf(to, normals[1]);
  return nearest(scale, least(scale) + way * (most(scale) - least(scale)), near);
}

/** Return the offset that keeps frame `toNumber` of `to` beside frame `number` of `from`. */
export function offsetOf(from, number, to, toNumber) {
  const normals = [from, to].map(normalOfStack);
  const isOpposite = normals.every(Boolean) && dot(...normals) < 0;
  return wayAt(to, normals[1], toNumber, false) - wayAt(from, normals[0], number, isOpposite);
}

function normalOfStack({ places }) {
  const known = places.find(Boolean);
  return known ? normalOf(known) : null;
}

// Frames by depth; by number where one of them does not tell.
function scaleOf(stack, normal) {
  const depths = normal ? depthsOf(stack, normal) : [null];
  return depths.includes(null) ? stack.places.map((_, index) => index) : depths;
}

// How far through the stack a frame is, from 0 to 1; a single frame is in the middle.
function wayAt(stack, normal, number, isOpposite) {
  const scale = scaleOf(stack, normal);
  const span = most(scale) - least(scale);
  const way = span > 0 ? (scale[number - 1] - least(scale)) / span : 0.5;
  return isOpposite ? 1 - way : way;
}

function nearest(depths, wanted, near) {
  let [best, distance] = [null, Infinity];
  const order = [near - 1, ...depths.keys()].filter((index) => (depths[index] ?? null) !== null);
  for (const index of order) {
    const apart = Math.abs(depths[index] - wanted);
    if (apart < distance) [best, distance] = [index + 1, apart];
  }
  return best;
}

const least = (numbers) => numbers.reduce((one, other) => Math.min(one, other), Infinity);
const most = (numbers) => numbers.reduce((one, other) => Math.max(one, other), -Infinity);
