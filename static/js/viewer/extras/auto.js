// A window from the values of a frame, and the ranges of the sliders.

import { modalityValue } from "../lut.js";

const [LOW, HIGH] = [0.01, 0.99];
const HOUNSFIELD = { least: -1024, most: 3071 };

/** Return the window that holds the values of a windowable frame from the 1st to the 99th percentile. */
export function autoWindow(frame) {
  const { first, last, padding, samples } = frame;
  const counts = new Uint32Array(last - first + 1);
  for (const sample of samples) counts[sample] += 1;
  if (padding) counts.fill(0, Math.max(padding[0] - first, 0), Math.max(padding[1] - first + 1, 0));
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (!total) return null;
  const ends = [LOW, HIGH].map((share) => modalityValue(first + at(counts, share * total), frame));
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const digits = high - low >= 20 ? 0 : 2;
  const round = (value) => Number(value.toFixed(digits));
  return { center: round((low + high) / 2), width: Math.max(round(high - low), 1), function: "LINEAR" };
}

function at(counts, wanted) {
  let sum = 0;
  for (let index = 0; index < counts.length; index += 1) {
    sum += counts[index];
    if (sum > wanted) return index;
  }
  return counts.length - 1;
}

/** Return {least, most, widest}: where sliders for center and width begin and end. */
export function sliderRange(unit, window) {
  const { least, most } = unit === "HU" ? HOUNSFIELD : { least: window.center - 4 * window.width, most: window.center + 4 * window.width };
  return { least: Math.floor(least), most: Math.ceil(most), widest: Math.ceil(most - least) };
}
