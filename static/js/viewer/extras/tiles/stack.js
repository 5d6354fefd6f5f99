// How a series lies in the patient, frame by frame (PS3.3 C.7.6.2.1.1): positions and depths in mm, patient axes.

import { planeAt } from "../measures.js";

const SAME_WAY = 0.95; // Cosine: planes within 18 degrees count as parallel.

export function dot([a, b, c], [d, e, f]) {
  return a * d + b * e + c * f;
}

export function cross([a, b, c], [d, e, f]) {
  return [b * f - c * e, c * d - a * f, a * e - b * d];
}

/** Return {series, reference, positions} of a series and what geometry.json tells of it (viewer/geometry.py). */
export function stackOf(series, { frame_of_reference: reference = "", positions = [] } = {}) {
  return { series, reference, positions };
}

/** Return the plane of frame `number`, or null: {origin, row, column, normal, spacing, rows, columns}. */
export function planeOf({ series, positions }, number) {
  const [plane, origin] = [planeAt(series, number), positions[number - 1]];
  if (!origin || !plane?.orientation) return null;
  const [row, column] = [plane.orientation.slice(0, 3), plane.orientation.slice(3)];
  const { rows, columns } = series;
  return { origin, row, column, normal: cross(row, column), spacing: plane.spacing, rows, columns };
}

/** Return whether two planes look the same way, or exactly the opposite way. */
export function areParallel(one, other) {
  return Math.abs(dot(one.normal, other.normal)) >= SAME_WAY;
}
