// Draws a frame of exact values in any window, on the spot: the same grays as the server's.

import { grayTable } from "../lut.js";
import { windowText } from "../windowing.js";

const LONGEST = 1024;
const OPAQUE = 0xff000000;

/** Return every n-th sample of a frame so that its longer side is at most `longest`: {samples, rows, columns}. */
export function proxyOf({ samples, rows, columns }, longest = LONGEST) {
  const step = Math.ceil(Math.max(rows, columns) / longest);
  if (step <= 1) return { samples, rows, columns };
  const [fewRows, fewColumns] = [Math.ceil(rows / step), Math.ceil(columns / step)];
  const few = new Uint16Array(fewRows * fewColumns);
  for (let row = 0, at = 0; row < fewRows; row += 1) {
    for (let column = 0; column < fewColumns; column += 1, at += 1) few[at] = samples[row * step * columns + column * step];
  }
  return { samples: few, rows: fewRows, columns: fewColumns };
}

/**
 * Return a scene with `frame`, the exact values to draw its picture from, where they are here and better than what is
 * shown; and with `final`, what is to be said of them, where they come to the very grays of the lossless picture.
 */
export function inValues(scene, exact) {
  const { shown, target, values } = scene;
  if (!shown || !target || shown.picture.info.reason) return scene;
  const { series, number, window, isDragging } = values;
  const frame = exact.get(series, shown.number);
  const isPlain = !series.extra;
  if (!frame) return scene;
  const hasAll = frame.every === 1 && Math.max(frame.rows, frame.columns) <= LONGEST;
  if (!shown.from && !isDragging && !(isPlain && window && hasAll)) return scene;
  const isFinal = hasAll && frame.is_picture && isPlain && !isDragging && shown.number === number;
  return { ...scene, frame, final: isFinal ? { isLossy: frame.is_lossy, isScaled: false } : null };
}

export class ExactTone {
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d");
  #frame = null;
  #proxy = null;
  #image = null;
  #shown = "";

  /** Return a canvas with `frame` in `window`. */
  apply(frame, window) {
    if (frame !== this.#frame) this.#take(frame);
    const shown = windowText(window);
    if (shown !== this.#shown) this.#write(grayTable(frame, window));
    this.#shown = shown;
    return this.#canvas;
  }

  #take(frame) {
    this.#frame = frame;
    this.#proxy = proxyOf(frame);
    this.#canvas.width = this.#proxy.columns;
    this.#canvas.height = this.#proxy.rows;
    this.#image = this.#context.createImageData(this.#proxy.columns, this.#proxy.rows);
    this.#shown = null;
  }

  #write(table) {
    const grays = Uint32Array.from(table, (gray) => (OPAQUE | (gray << 16) | (gray << 8) | gray) >>> 0);
    const out = new Uint32Array(this.#image.data.buffer);
    const { samples } = this.#proxy;
    for (let at = 0; at < out.length; at += 1) out[at] = grays[samples[at]];
    this.#context.putImageData(this.#image, 0, 0);
  }
}
