// The viewer's state: one plain object, changed only through `change`, and pure steps from one to the next.

import { FITTED } from "./geometry.js";

/** Return a holder of `values` that tells its listeners which names changed. */
export function createState(values) {
  const listeners = [];
  return {
    values,
    listen: (listener) => listeners.push(listener),
    change(next) {
      const changed = new Set(Object.keys(next).filter((name) => next[name] !== values[name]));
      if (!changed.size) return;
      Object.assign(values, next);
      for (const listener of listeners) listener(changed, values);
    },
  };
}

/** Return the values at the start. */
export function startValues({ series, number, window, mode, ...preferences }) {
  return {
    series,
    number,
    window,
    mode,
    direction: 1,
    view: FITTED,
    isInverted: false,
    tool: "scroll",
    isDragging: false,
    isPlaying: false,
    speed: 1,
    isAtRest: false,
    isSettled: false,
    hasOverlay: true,
    letters: true,
    upIsBrighter: true,
    trouble: "",
    lens: null,
    startsWithWindow: false,
    hasOnlyKeys: false,
    ...preferences,
  };
}

/** Return the change that shows frame `number`, kept inside the series. */
export function toFrame(values, number) {
  const inside = Math.min(Math.max(Math.round(number), 1), values.series.frame_count);
  const direction = inside === values.number ? values.direction : Math.sign(inside - values.number);
  return { number: inside, direction };
}

/** Return the number of the frame that stands for a series. */
export function middleFrame({ frame_count: count }) {
  return Math.floor((count + 1) / 2);
}

/** Return the change that shows another series, where it was left. */
export function toSeries(series, place) {
  return {
    series,
    number: place?.number ?? middleFrame(series),
    window: place?.window ?? null,
    view: place?.view ?? FITTED,
    isInverted: place?.isInverted ?? false,
    direction: 1,
    isPlaying: false,
    lens: null,
  };
}

/** Return what toSeries needs to come back. */
export function placeOf({ number, window, view, isInverted }) {
  return { number, window, view, isInverted };
}
