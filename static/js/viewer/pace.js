// How fast things go: tries after a failure, the hand and the device.

export const SPEEDS = [0.25, 0.5, 1, 2];
/** After so many milliseconds a picture that nobody moves is at rest, and after these more it is settled. */
export const [REST, SETTLE] = [250, 1500];
const FIRST_WAIT = 1000;
const MOST_WAIT = 30_000;
const LATE = 12;
const LATE_MOST = 3;

/** Return milliseconds to wait after `failures` failures in a row; `jitter` is 0..1. */
export function delayAfter(failures, jitter = 0.5, retryAfter = 0) {
  const wait = Math.min(FIRST_WAIT * 2 ** Math.max(failures - 1, 0), MOST_WAIT);
  return Math.max(wait * (0.75 + jitter / 2), retryAfter * 1000);
}

/** Learns whether a device is slow: several frames in a row came late. */
export class Slowness {
  #late = 0;

  get isKnown() {
    return this.#late >= LATE_MOST;
  }

  /** Take the milliseconds of a frame; what is known stays known. */
  note(milliseconds) {
    if (!this.isKnown) this.#late = milliseconds > LATE ? this.#late + 1 : 0;
  }
}
