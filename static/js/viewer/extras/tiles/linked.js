// Scrolling together: which frame of one stack shows the place that a frame of another one shows.

import { middleFrame } from "../../state.js";
import { areParallel, dot, planeOf } from "./stack.js";

const A_FRAME = 0.75;

/**
 * Return how the depths of two stacks differ while frame `number` of `from` and frame `other` of `to` belong together:
 * {depth} in mm along the normal of `to`, {share} of its length where positions are not known, or null where the stacks
 * have one frame of reference and cut the patient in different ways: then a scout line says more than scrolling.
 * In one frame of reference the patient says what belongs together, and `other` is not asked.
 */
export function tie(from, number, to, other) {
  const [here, there] = [planeOf(from, number), planeOf(to, other)];
  const isOneFrame = from.reference !== "" && from.reference === to.reference;
  if (here && there && areParallel(here, there)) {
    return { depth: isOneFrame ? 0 : dot(there.origin, there.normal) - dot(here.origin, there.normal) };
  }
  if (here && there && isOneFrame) return null;
  return { share: shareOf(to, other) - shareOf(from, number) };
}

/** Return the number of the frame of `to` that belongs to frame `number` of `from`, `now` where nothing says which. */
export function follow(from, number, to, now, tied) {
  if (!tied) return now;
  if (tied.share !== undefined) return frameAtShare(to, shareOf(from, number) + tied.share);
  const [here, there] = [planeOf(from, number), planeOf(to, now)];
  if (!here || !there) return now;
  return nearest(to, there.normal, dot(here.origin, there.normal) + tied.depth) ?? now;
}

/** Return the tie of two stacks as they are laid at first: where nobody knows better, their middles belong together. */
export function together(from, to) {
  const tied = tie(from, middleFrame(from.series), to, middleFrame(to.series));
  if (!tied) return null;
  if (tied.share !== undefined) return { share: 0 };
  const there = planeOf(to, middleFrame(to.series));
  const [here, other] = [from, to].map(centerOf);
  return from.reference === to.reference || !here || !other ? tied : { depth: dot(other, there.normal) - dot(here, there.normal) };
}

function centerOf({ positions }) {
  const [first, last] = [positions[0], positions.at(-1)];
  return first && last ? first.map((part, axis) => (part + last[axis]) / 2) : null;
}

/**
 * Return how far a tie is away from together(): in mm, or where positions are not known in frames of `to`. What comes of
 * rounding to whole frames is none.
 */
export function apart(from, to, tied) {
  const first = together(from, to);
  if (!tied || !first) return 0;
  const isShare = tied.share !== undefined;
  const away = Math.abs(isShare ? tied.share - first.share : tied.depth - first.depth);
  const [here, there] = [from, to].map((stack) => (isShare ? 1 / (stack.series.frame_count - 1) : gapOf(stack)));
  return away >= A_FRAME * Math.max(here, there) ? Math.round(isShare ? away / there : away) : 0;
}

// Mean distance of two neighbors in mm; a single frame has none and scrolls with nothing.
function gapOf({ positions }) {
  const [first, last] = [positions[0], positions.at(-1)];
  return positions.length > 1 && first && last ? Math.hypot(...first.map((part, axis) => part - last[axis])) / (positions.length - 1) : Infinity;
}

function nearest({ positions }, normal, depth) {
  let [best, least] = [null, Infinity];
  positions.forEach((place, at) => {
    const away = place ? Math.abs(dot(place, normal) - depth) : Infinity;
    if (away < least) [best, least] = [at + 1, away];
  });
  return best;
}

function shareOf({ series }, number) {
  return series.frame_count > 1 ? (number - 1) / (series.frame_count - 1) : 0;
}

function frameAtShare({ series }, share) {
  const inside = Math.min(Math.max(share, 0), 1);
  return 1 + Math.round(inside * (series.frame_count - 1));
}
