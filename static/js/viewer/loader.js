// Fetches what plan.js asks for: at most six requests at once, what is no longer wanted is aborted.

import { delayAfter } from "./pace.js";
import { fetchFrame, fetchRun, Trouble } from "./network.js";
import { keyOf } from "./pictures.js";
import { isStillWanted, plan } from "./plan.js";
import { FAILED, TILE } from "./runstream.js";

export const MOST_REQUESTS = 6;
// As many as workers make in time.
const MOST_PREVIEWS = 48;
const TRIES_TOLD = 3;
// When so many frames fail together, it is the workers that are down, not the frames.
const WHOLE_RUN = 4;

export class Loader {
  #jobs = new Set();
  #failures = new Map();
  #inRow = 0;
  #pausedUntil = 0;
  #timer = { id: 0, due: Infinity };
  #want = null;
  #taken = 0;

  /** `pictures` keeps what arrives; onPicture(picture) and onTrouble(kind or "") tell of it. */
  constructor(pictures, { onPicture, onTrouble }) {
    this.pictures = pictures;
    this.onPicture = onPicture;
    this.onTrouble = onTrouble;
    this.most = MOST_REQUESTS;
  }

  /** Say what is wanted now: what plan.js needs, and {series, seriesEntry, windowText, sizes}. */
  update(want) {
    this.#want = want;
    for (const job of this.#jobs) {
      if (!isStillWanted(job, want)) job.abort.abort();
    }
    this.#fill();
  }

  /** Try again at once, for example when the network is back. */
  retry() {
    this.#pausedUntil = 0;
    this.#failures.clear();
    this.#fill();
  }

  /** End all that is under way. */
  stop() {
    this.#want = null;
    clearTimeout(this.#timer.id);
    this.#timer = { id: 0, due: Infinity };
    for (const job of this.#jobs) job.abort.abort();
  }

  /** Return whether a frame has failed several times; it is tried again all the same, more and more seldom. */
  isFailing(series, windowText, number) {
    const failed = (level) => this.#failures.get(keyOf(series, number, windowText, level))?.count ?? 0;
    return failed("preview") >= TRIES_TOLD || failed("final") >= TRIES_TOLD;
  }

  /** Take one of the requests for something else, if one is left; `release` gives it back. */
  take() {
    const isLeft = this.#jobs.size + this.#taken < this.most;
    this.#taken += isLeft;
    return isLeft;
  }

  release() {
    this.#taken -= 1;
    this.#fill();
  }

  #fill() {
    const want = this.#want;
    const wait = this.#pausedUntil - Date.now();
    if (!want) return;
    if (wait > 0) {
      this.#later(wait);
      return;
    }
    for (const job of plan(want, (level, number) => this.#has(level, number))) {
      // On a slow link what is looked at has the line for itself.
      if (this.#jobs.size + this.#taken >= this.most || (want.isSlow && this.#left("final"))) break;
      if (job.level === "preview" && this.#left(job.level) + job.numbers.length > MOST_PREVIEWS) continue;
      if (job.numbers.some((number) => this.#isComing(job.level, number))) continue;
      this.#start(job, want);
    }
    this.#wakeForFailed();
  }

  #wakeForFailed() {
    const now = Date.now();
    const due = [...this.#failures.values()].map(({ until }) => until - now).filter((wait) => wait > 0);
    if (due.length) this.#later(Math.min(...due) + 20);
  }

  // Fill again after a while, or sooner when that is due already.
  #later(milliseconds) {
    const due = Date.now() + Math.max(milliseconds, 50);
    if (this.#timer.due <= due) return;
    clearTimeout(this.#timer.id);
    const wake = () => {
      this.#timer.due = Infinity;
      this.#fill();
    };
    this.#timer = { id: setTimeout(wake, due - Date.now()), due };
  }

  #left(level) {
    return [...this.#jobs].reduce((sum, job) => sum + (job.level === level && job.left.size), 0);
  }

  #isComing(level, number) {
    return [...this.#jobs].some((job) => job.level === level && job.left.has(number) && !job.abort.signal.aborted);
  }

  #has(level, number) {
    const { series, windowText, number: current } = this.#want;
    const { pictures } = this;
    const ask = level === "preview" ? undefined : this.#want.sizes[level];
    if (pictures.has(series, number, windowText, level, ask) || this.#isComing(level, number)) return true;
    const isFar = Math.abs(number - current) > 24;
    if (level === "preview" && isFar && pictures.wasDropped(series, number, windowText, level)) return true;
    const failure = this.#failures.get(keyOf(series, number, windowText, level));
    return Boolean(failure) && failure.until > Date.now();
  }

  #start(planned, want) {
    const { series, seriesEntry, windowText, number } = want;
    const ask = want.sizes[planned.level];
    const started = { left: new Set(planned.numbers), hasBrought: false, abort: new AbortController() };
    const job = { ...planned, series, seriesEntry, windowText, number, ask, ...started };
    this.#jobs.add(job);
    this.#run(job).then(
      () => this.#done(job),
      (error) => this.#failed(job, error),
    );
  }

  async #run(job) {
    const params = { ...job.ask, window: job.windowText };
    if (job.kind === "run") {
      return fetchRun(job.seriesEntry, job.numbers, params, job.abort.signal, (record) => this.#record(job, record));
    }
    const { bytes, info } = await fetchFrame(job.seriesEntry, job.numbers[0], params, job.abort.signal);
    return this.#keep(job, job.numbers[0], new Uint8Array(bytes), info);
  }

  #record(job, { number, status, bytes }) {
    if (status === FAILED) {
      job.left.delete(number);
      this.#note(job, number);
    } else {
      this.#keep(job, number, bytes, { reason: status === TILE ? "tile" : "" });
    }
  }

  #keep(job, number, bytes, info) {
    job.left.delete(number);
    job.hasBrought = true;
    this.#inRow = 0;
    this.onTrouble("");
    const { series, windowText: window, level, ask } = job;
    this.#failures.delete(keyOf(series, number, window, level));
    this.onPicture(this.pictures.put({ series, number, window, level, ask, bytes, info }));
  }

  #note(job, number) {
    const key = keyOf(job.series, number, job.windowText, job.level);
    const count = (this.#failures.get(key)?.count ?? 0) + 1;
    this.#failures.set(key, { count, until: Date.now() + delayAfter(count, Math.random()) });
  }

  #done(job) {
    this.#jobs.delete(job);
    // A run may end without some of its frames; they count as failed, so that they are not asked for without pause.
    for (const number of job.left) this.#note(job, number);
    if (!job.hasBrought && job.numbers.length >= WHOLE_RUN) return this.#pause("busy", 0);
    return this.#fill();
  }

  #failed(job, error) {
    this.#jobs.delete(job);
    if (job.abort.signal.aborted) return this.#fill();
    const kind = error instanceof Trouble ? error.kind : "bad";
    if (kind === "bad") {
      for (const number of job.left) this.#note(job, number);
      return this.#fill();
    }
    return this.#pause(kind, error.retryAfter);
  }

  #pause(kind, retryAfter) {
    this.onTrouble(kind);
    if (kind === "signed-out" || kind === "gone") return this.stop();
    // Requests that fail together count as one failure.
    if (Date.now() >= this.#pausedUntil) this.#inRow += 1;
    this.#pausedUntil = Date.now() + delayAfter(this.#inRow, Math.random(), retryAfter);
    return this.#later(this.#pausedUntil - Date.now());
  }
}
