// Frames of exact values: fetched when somebody is about to window or measure, kept as long as memory allows.

import { modalityValue } from "../lut.js";
import { ask, Trouble } from "../network.js";
import { delayAfter } from "../pace.js";
import { readPlanes } from "../planes.js";
import { addressOf } from "../variants.js";

const TRIES = 5;

/** Return the size of the proxy to ask for before a frame, 0 where the frame itself is small enough. */
export function proxySize({ rows, columns }, { previewSize }) {
  return Math.max(rows, columns) > 2 * previewSize ? previewSize : 0;
}

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

  /** Keep at most `bytes`, but always the newest frame. `onFrame()` tells of each, `load(url)` gives its bytes. */
  constructor(bytes, onFrame = () => {}, load = fetchBytes) {
    this.most = bytes;
    this.onFrame = onFrame;
    this.load = load;
  }

  /**
   * Return a frame, or a proxy of it, as lut.js wants it, undefined when it is not here, null when it has no values to give: a presentation
   * state may change them and move them, so that those of the file are no longer what is seen.
   */
  get(series, number) {
    return series.extra?.state ? null : this.#found.get(key(series, number));
  }

  /** Return the modality values of a frame (valuesOf), null or undefined as get() does; never those of a proxy. */
  values(series, number) {
    const found = this.get(series, number);
    const frame = isProxy(found) ? undefined : found;
    if (frame && !this.#values.has(frame)) this.#values.set(frame, valuesOf(frame));
    return frame ? this.#values.get(frame) : frame;
  }

  /**
   * Return a promise of get(): it comes even when there is trouble, then with undefined. With a size, a proxy of at most
   * so many rows and columns comes before the frame.
   */
  want(series, number, size = 0) {
    const name = key(series, number);
    if (series.extra?.state) return Promise.resolve(null);
    const found = this.#found.get(name);
    if (found !== undefined && !isProxy(found)) return Promise.resolve(found);
    if (!this.#coming.has(name)) {
      const coming = this.#load(name, `${series.frames_url}${number}/windowable`, found ? 0 : size);
      this.#coming.set(name, coming.finally(() => this.#coming.delete(name)));
    }
    return this.#coming.get(name);
  }

  async #load(name, url, size) {
    if (size) {
      const proxy = this.#keep(name, await this.#fetch(`${url}?size=${size}`));
      if (!isProxy(proxy)) return proxy;
    }
    return this.#keep(name, await this.#fetch(url));
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
    if (frame === undefined) return undefined;
    this.#drop(name);
    this.#found.set(name, frame);
    this.#bytes += sizeOf(frame);
    for (const oldest of this.#found.keys()) {
      if (this.#bytes <= this.most || oldest === name) break;
      this.#drop(oldest);
    }
    this.onFrame();
    return frame;
  }

  #drop(name) {
    this.#bytes -= sizeOf(this.#found.get(name));
    this.#found.delete(name);
  }
}

function key(series, number) {
  return `${addressOf(series)} ${number}`;
}

function isProxy(frame) {
  return frame?.every > 1;
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
