// Scrolling together: which frame of one stack shows the place that a frame of another one shows.

import { areParallel, dot, planeOf } from "./stack.js";

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

/** Return the frame of `to` that lies as far along its stack as frame `number` along `from`. */
export function alike(from, number, to) {
  return frameAtShare(to, shareOf(from, number));
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
