// What a drag, pinch or double tap changes. Pure: from the values at its start to a change of the state.

import { imageSize, pan, shownSize, toggleFit, zoomAt } from "../geometry.js";
import { pixelsPerFrame } from "../gestures.js";
import { toFrame } from "../state.js";
import { dragWindow } from "../windowing.js";

/** Return the change that a drag with `tool` makes; `start` are the values and `window` the one shown at its start. */
export function dragged(tool, intent, start, window, box) {
  const image = imageSize(start.series);
  const { dx, dy, x, y } = intent;
  switch (tool) {
    case "scroll":
      return toFrame(start, start.number + Math.trunc(dy / pixelsPerFrame(start.series.frame_count, box.height)));
    case "window":
      return window ? windowed(start, window, dx, dy, shownSize(start.view, image, box).width) : {};
    case "zoom":
      return { view: zoomAt(start.view, Math.exp(-dy * 0.01), { x, y }, image, box) };
    case "pan":
      return { view: pan(start.view, dx, dy, image, box) };
    case "magnify":
      return { lens: { x: x + dx, y: y + dy - (intent.isTouch ? 90 : 0) } };
    default:
      return {};
  }
}

function windowed({ series, upIsBrighter }, window, dx, dy, width) {
  return { window: dragWindow(window, dx, dy, width, { upIsBrighter, isInverted: Boolean(series.is_inverted) }) };
}

/** Return the change that a pinch makes: zoom where the fingers are, and move with them. Never the window. */
export function pinched({ factor, x, y, dx, dy }, { view, series }, box) {
  const image = imageSize(series);
  return { view: pan(zoomAt(view, factor, { x, y }, image, box), dx, dy, image, box) };
}

/** Return the change that a double tap makes. */
export function doubled({ x, y }, { view, series }, box) {
  return { view: toggleFit(view, { x, y }, imageSize(series), box) };
}
