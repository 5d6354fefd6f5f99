// From the state to what the loader is asked for, and how large. Pure. Few different sizes share the server's cache.

import { previewSize } from "./device.js";
import { imageSize, shownSize } from "./geometry.js";
import { windowText } from "./windowing.js";

const STEPS = [256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];
const LOSSLESS_PIXELS = 4_200_000;
const LASTING = new Set(["signed-out", "gone"]);

/** Return the longest side to ask for, 0 for the stored size; `shown` is in device pixels. */
export function fittedSize({ rows, columns }, shown, most) {
  const stored = Math.max(rows, columns);
  const wanted = STEPS.find((step) => step >= Math.min(shown, most)) ?? STEPS.at(-1);
  return wanted >= stored ? 0 : Math.min(wanted, Math.max(most, STEPS[0]));
}

/** Return {size, format} of the picture shown at rest: lossless and whole, where wanted and as far as is sensible. */
export function finalPicture(series, shown, isLossless) {
  const isInParts = series.has_tiles && !series.extra;
  const isModest = !isInParts && series.rows * series.columns <= LOSSLESS_PIXELS;
  if (isLossless && isModest) return { size: 0, format: series.is_color ? "jpeg" : "png" };
  // What is larger comes in parts (extras/detail.js).
  return { size: fittedSize(series, shown, isInParts ? 1536 : 4096), format: "jpeg" };
}

/** Return what the loader wants for `values` on a stage of `box` CSS pixels with `ratio` device pixels each. */
export function wantOf(values, box, ratio, limits) {
  const { series, number, direction, window, view, mode } = values;
  const shown = shownSize(view, imageSize(series), box);
  const longest = Math.max(shown.width, shown.height) * ratio;
  return {
    series: series.id,
    seriesEntry: series,
    windowText: windowText(window),
    isDefaultWindow: window === null,
    number,
    direction,
    count: series.frame_count,
    isAtRest: values.isAtRest,
    isPaused: LASTING.has(values.trouble),
    ahead: limits.ahead,
    behind: limits.behind,
    isSlow: limits.isSlow,
    sizes: {
      preview: { size: previewSize(Math.max(series.rows, series.columns), limits) },
      sharp: { size: fittedSize(series, longest, limits.qualityMost) },
      // On a slow link the lossless picture waits until somebody keeps looking.
      final: finalPicture(series, longest, mode === "full" && (values.isSettled || !limits.isSlow)),
    },
  };
}
