// The ways to lay pictures out, rows by columns, and what goes where.

import { baseOf } from "../../variants.js";
import { directionsOf } from "../orientation.js";
import { planeAt } from "../measures.js";
import { cross } from "./stack.js";

/** How many tiles each layout has. */
export const LAYOUTS = { "1x1": 1, "1x2": 2, "2x1": 2, "2x2": 4 };

// Of the six requests at once, how many the picture that is worked with may have, and each of the others.
const SHARES = { 1: [6, 0], 2: [4, 2], 4: [3, 1] };

export function shareOf(layout) {
  const [active, beside] = SHARES[LAYOUTS[layout]];
  return { active, beside };
}

/** Return the layout for two pictures to compare in a room: one over the other where it is higher than wide. */
export function pairIn({ width, height }) {
  return height > width ? "2x1" : "1x2";
}

/** Return the series for `count` more tiles: those that follow `shown`, then those before it, then `shown` itself. */
export function following(all, shown, count) {
  const at = all.indexOf(baseOf(shown));
  const others = [...all.slice(at + 1), ...all.slice(0, Math.max(at, 0))];
  return Array.from({ length: count }, (_, tile) => others[tile] ?? baseOf(shown));
}

/** Return the one of `candidates` that is most like `series`: its modality, the way it cuts, its description, its length. */
export function mostLike(series, candidates) {
  const score = (other) => [
    Number(other.modality === series.modality),
    Number(wayOf(other) === wayOf(series)),
    Number(other.description === series.description),
    -Math.abs(other.frame_count - series.frame_count),
  ];
  return [...candidates].sort((one, other) => byScore(score(other), score(one)))[0] ?? null;
}

function byScore(one, other) {
  const at = one.findIndex((part, place) => part !== other[place]);
  return at < 0 ? 0 : one[at] - other[at];
}

/** Return "axial", "coronal" or "sagittal", "" where nobody knows. */
export function wayOf(series) {
  const directions = directionsOf(planeAt(series, 1));
  if (!directions) return "";
  const normal = cross(...directions).map(Math.abs);
  return ["sagittal", "coronal", "axial"][normal.indexOf(Math.max(...normal))];
}
