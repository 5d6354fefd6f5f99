// Frames of exact values: fetched when somebody is about to window or measure, kept as long as memory allows.

import { modalityValue } from "../lut.js";
import { ask, Trouble } from "../network.js";
import { delayAfter } from "../pace.js";
import { readPlanes } from "../planes.js";
import { addressOf } from "../variants.js";

const TRIES = 5;

/** Return {rows, columns, valueAt(index)} of a windowable frame: modality values, NaN for padding. */
export function valuesOf(frame) {
  const { rows, columns, first, last, padding, samples } = frame;
  const table = Float64Array.from({ length: last - first + 1 }, (_, sample) => {
    const stored = first + sample;
    return padding && stored >= padding[0] && stored <= padding[1] ? NaN : modalityValue(stored, frame);
  });
  return { rows, columns, valueAt: (index) => table[samples[index]] };
}

export class ExactFrames {
  #found = new Map();
  #coming = new Map();
  #values = new WeakMap();
  #bytes = 0;

  /** Keep at most `bytes`, but always the newest frame. `load(url)` gives the bytes of a frame. */
  constructor(bytes, load = fetchBytes) {
    this.most = bytes;
    this.load = load;
  }

  /**
   * Return a frame as lut.js wants it, undefined when it is not here, null when it has no values to give: a presentation
   * state may change them and move them, so that those of the file are no longer what is seen.
   */
  get(series, number) {
    return series.extra?.state ? null : this.#found.get(key(series, number));
  }

  /** Return the modality values of a frame (valuesOf), null or undefined as get() does. */
  values(series, number) {
    const frame = this.get(series, number);
    if (frame && !this.#values.has(frame)) this.#values.set(frame, valuesOf(frame));
    return frame ? this.#values.get(frame) : frame;
  }

  /** Return a promise of get(): it comes even when there is trouble, then with undefined. */
  want(series, number) {
    const name = key(series, number);
    if (series.extra?.state) return Promise.resolve(null);
    if (this.#found.has(name)) return Promise.resolve(this.#found.get(name));
    if (!this.#coming.has(name)) {
      const coming = this.#fetch(`${series.frames_url}${number}/windowable`).then((frame) => this.#keep(name, frame));
      this.#coming.set(name, coming);
    }
    return this.#coming.get(name);
  }

  async #fetch(url) {
    for (let tries = 1; ; tries += 1) {
      try {
        return readPlanes(await this.load(url));
      } catch (error) {
        if (!(error instanceof Trouble) || error.kind === "bad") return null;
        if (tries === TRIES || error.kind === "signed-out" || error.kind === "gone") return undefined;
        await new Promise((resolve) => setTimeout(resolve, delayAfter(tries, Math.random(), error.retryAfter)));
      }
    }
  }

  #keep(name, frame) {
    this.#coming.delete(name);
    if (frame === undefined) return undefined;
    this.#found.set(name, frame);
    this.#bytes += sizeOf(frame);
    for (const [oldest, kept] of this.#found) {
      if (this.#bytes <= this.most || oldest === name) break;
      this.#found.delete(oldest);
      this.#bytes -= sizeOf(kept);
    }
    return frame;
  }
}

function key(series, number) {
  return `${addressOf(series)} ${number}`;
}

function sizeOf(frame) {
  return frame ? frame.samples.byteLength : 0;
}

async function fetchBytes(url) {
  const response = await ask(url);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new Trouble("offline");
  }
}
