// What is drawn now: the best picture at hand for the frame and window that are wanted.

import { parseWindow, windowText } from "./windowing.js";

const LATE = 150;
const RECENT = 4;
const DECODED_AHEAD = 3;

/** Remembers the default window of each series as far as the server has told it. */
export class DefaultWindows {
  #known = new Map();

  learn({ series, window, info }) {
    if (window === "" && info.window) this.#known.set(series, info.window);
  }

  of(series) {
    const [first] = series.windows ?? [];
    return this.#known.get(series.id) ?? (first ? { ...first } : null);
  }
}

/** Return the window that a picture was made in, or null when nobody said. */
export function windowOf(picture, series, defaults) {
  return picture.info.window ?? parseWindow(picture.window) ?? (picture.window === "" ? defaults.of(series) : null);
}

/**
 * Return {picture, bitmap, from, number} to draw, or null: `from` is the window it must be re-mapped from,
 * null when it is right as it is. `others` are texts of windows in which pictures may be at hand as well.
 */
export function choose(pictures, { series, number, window }, others, defaults) {
  const wanted = windowText(window);
  const windows = [wanted, ...others.filter((text) => text !== wanted)];
  for (const text of windows) {
    const found = ready(pictures, series, number, text);
    if (found) return dressed(found, number, text === wanted, series, defaults);
  }
  return neighbor(pictures, series, number, windows, defaults);
}

/** Return the number in `loaded` that is nearest to `wanted`, or null when nothing is loaded. */
export function nearest(loaded, wanted) {
  let best = null;
  for (const number of loaded) {
    if (best === null || Math.abs(number - wanted) < Math.abs(best - wanted)) best = number;
  }
  return best;
}

function ready(pictures, series, number, text) {
  for (const picture of pictures.of(series.id, number, text)) {
    const bitmap = pictures.bitmap(picture);
    if (bitmap) return { picture, bitmap };
  }
  return null;
}

function dressed({ picture, bitmap }, number, isRight, series, defaults) {
  const isPlain = isRight || picture.info.reason || series.is_color;
  return { picture, bitmap, number, from: isPlain ? null : windowOf(picture, series, defaults) };
}

function neighbor(pictures, series, number, windows, defaults) {
  for (const text of windows) {
    const at = nearest(pictures.numbers(series.id, text), number);
    const found = at === null ? null : ready(pictures, series, at, text);
    if (found) return dressed(found, at, text === windows[0], series, defaults);
  }
  return null;
}

/** Keeps what the stage draws, and since when it is not quite what is wanted. */
export class Scene {
  #recent = [""];
  #late = { timer: 0, is: false };

  /** `ask()` has it drawn. */
  constructor(pictures, ask, defaults = new DefaultWindows()) {
    this.defaults = defaults;
    this.pictures = pictures;
    this.ask = ask;
    this.shown = null;
  }

  /** Learn from a picture what the default window of its series is. */
  learn(picture) {
    this.defaults.learn(picture);
  }

  /** Remember a window in which pictures may be at hand. */
  remember(window) {
    const text = windowText(window);
    this.#recent = [text, ...this.#recent.filter((other) => other !== text && other !== ""), ""].slice(0, RECENT);
  }

  /** Tell whether a picture that has come may be better than the one that is shown. */
  awaits(picture, { series, number }) {
    return picture.series === series.id && (picture.number === number || this.shown?.number !== number);
  }

  /** Return the window in which the frame is or should be shown, null when it has none or nobody knows. */
  window({ window, series, number }) {
    if (window || series.is_color) return window;
    const { shown } = this;
    const isIt = shown?.number === number && shown.picture.series === series.id;
    return (isIt && windowOf(shown.picture, series, this.defaults)) || this.defaults.of(series);
  }

  /** Return {shown, values, target, isLate}; `shown` is null when nothing of the series is at hand. */
  compose(values) {
    this.shown = choose(this.pictures, values, this.#recent, this.defaults);
    this.#decodeAhead(values);
    const target = this.shown?.picture.info.reason ? null : this.window(values);
    return { shown: this.shown, values, target, isLate: this.#isLate(values) };
  }

  // A stand-in is named only when it stays, not while the right picture is decoded.
  #isLate({ number }) {
    if (this.shown?.number === number) {
      clearTimeout(this.#late.timer);
      this.#late = { timer: 0, is: false };
    } else if (!this.#late.timer) {
      const wait = () => {
        this.#late.is = true;
        this.ask();
      };
      this.#late.timer = setTimeout(wait, LATE);
    }
    return this.#late.is;
  }

  #decodeAhead({ series, number, direction, window }) {
    for (let step = 1; step <= DECODED_AHEAD; step += 1) {
      const picture = this.pictures.of(series.id, number + step * direction, windowText(window)).at(-1);
      if (picture) this.pictures.bitmap(picture);
    }
  }
}
