// Shows a picture of 256 grays, made in one window, as if it had been made in another.

import { share } from "../windowing.js";

/** Return the value that lies at `part` (0..1) of a window: the other way round of share(). */
export function valueAt(part, { center, width, function: name = "LINEAR" }) {
  if (name === "SIGMOID") {
    const inside = Math.min(Math.max(part, 0.002), 0.998);
    return center - (width / 4) * Math.log(1 / inside - 1);
  }
  const isExact = name === "LINEAR_EXACT";
  return (part - 0.5) * (isExact ? width : width - 1) + (isExact ? center : center - 0.5);
}

/**
 * Return the 256 grays that show, in window `to`, a picture that was made in window `from`.
 * Exact only where the picture is not saturated: for the time until the server's own frame is here.
 */
export function remapTable(from, to, isInverted = false) {
  const table = new Uint8Array(256);
  for (let gray = 0; gray < 256; gray += 1) {
    const part = isInverted ? 1 - gray / 255 : gray / 255;
    const shown = share(valueAt(part, from), to);
    table[gray] = Math.round(255 * (isInverted ? 1 - shown : shown));
  }
  return table;
}
