// How fast things go: the frames of a cine, tries after a failure, and the device.

export const SPEEDS = [0.25, 0.5, 1, 2];
const FIRST_WAIT = 1000;
const MOST_WAIT = 30_000;
const LATE = 12;
const LATE_MOST = 3;

/** Return frames per second: the file's own rate, else what suits the modality. */
export function rateOf({ cine_rate: rate, modality }) {
  if (rate && rate > 0) return Math.min(Math.max(rate, 1), 60);
  return ["US", "XA", "RF", "IVUS"].includes(modality) ? 30 : 15;
}

/** Return the frame number to show `milliseconds` after the cine began at `start`; it loops. A slow phone skips. */
export function frameAt(start, milliseconds, rate, count) {
  return ((start - 1 + Math.floor((milliseconds * rate) / 1000)) % count) + 1;
}

/** Return milliseconds to wait after `failures` failures in a row; `jitter` is 0..1. */
export function delayAfter(failures, jitter = 0.5, retryAfter = 0) {
  const wait = Math.min(FIRST_WAIT * 2 ** Math.max(failures - 1, 0), MOST_WAIT);
  return Math.max(wait * (0.75 + jitter / 2), retryAfter * 1000);
}

/** Learns whether a device is too slow for its own screen: it is when several animation frames in a row came late. */
export class Slowness {
  #late = 0;

  get isKnown() {
    return this.#late >= LATE_MOST;
  }

  /** Take how many milliseconds it took to draw and paint a frame. What is known stays known. */
  note(milliseconds) {
    if (!this.isKnown) this.#late = milliseconds > LATE ? this.#late + 1 : 0;
  }
}
