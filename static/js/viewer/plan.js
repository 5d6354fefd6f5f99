// What to load next, in which order. Pure: from what is wanted and what is there to a list of jobs, most urgent first.
// A job is {kind: "frame" | "run", level: "preview" | "sharp" | "final", numbers}. Frames are numbered from 1.

export const RUN_LENGTH = 32;
const SHARP_RUN = 4;
const NEAR = 24;

/** Return middle, first, last and every 8th frame. */
export function spread(count) {
  const order = new Set(count < 1 ? [] : [Math.floor((count + 1) / 2), 1, count]);
  for (let number = 1; number <= count; number += 8) order.add(number);
  return [...order];
}

/** Return every frame number once: the spread ones first. */
export function previewOrder(count) {
  const order = new Set(spread(count));
  for (const step of [4, 2, 1]) {
    for (let number = 1; number <= count; number += step) order.add(number);
  }
  return [...order];
}

/** Return the numbers around `current`, nearest first, three ahead for each one behind; `direction` is 1 or -1. */
export function around(current, direction, count, ahead, behind) {
  const numbers = [current];
  const isInside = (number) => number >= 1 && number <= count;
  for (let step = 1; step <= Math.max(ahead, behind * 3); step += 1) {
    if (step <= ahead) numbers.push(current + step * direction);
    if (step % 3 === 0 && step / 3 <= behind) numbers.push(current - (step / 3) * direction);
  }
  return numbers.filter(isInside);
}

/** Split a list into runs of at most `length`. */
export function runs(numbers, length = RUN_LENGTH) {
  const parts = [];
  for (let at = 0; at < numbers.length; at += length) parts.push(numbers.slice(at, at + length));
  return parts;
}

/** Split a list into short runs of nearly the same length. */
export function evenRuns(numbers) {
  const count = Math.ceil((2 * numbers.length) / RUN_LENGTH);
  return runs(numbers, Math.ceil(numbers.length / Math.max(count, 1)));
}

/** Return the numbers whose previews are wanted: all in the default window, in another one those near and every 8th. */
export function previewNumbers({ count, number, isDefaultWindow }) {
  const order = previewOrder(count);
  if (isDefaultWindow) return order;
  return order.filter((at) => Math.abs(at - number) <= NEAR || at % 8 === 1);
}

/**
 * Return the jobs. `want` is {count, number, direction, isAtRest, isPaused, isDefaultWindow, ahead, behind};
 * `has(level, number)` says what is there, on its way, or not to be asked for now.
 */
export function plan(want, has) {
  if (want.isPaused) return [];
  const { number, count } = want;
  const missing = (level, numbers) => numbers.filter((at) => !has(level, at));
  const near = around(number, want.direction, count, want.ahead, want.behind);
  const jobs = [];
  if (want.isAtRest && !has("final", number)) jobs.push({ kind: "frame", level: "final", numbers: [number] });
  if (!has("preview", number) && !has("sharp", number)) jobs.push(run("preview", missing("preview", near)));
  const early = new Set(spread(count));
  const [first, rest] = [[], []];
  for (const at of missing("preview", previewNumbers(want))) (early.has(at) ? first : rest).push(at);
  const sharp = runs(missing("sharp", near), SHARP_RUN);
  // First every 8th frame becomes visible; then what is near comes first.
  jobs.push(...evenRuns(first).map((numbers) => run("preview", numbers)));
  if (want.isAtRest) jobs.push(...sharp.slice(0, 1).map((numbers) => run("sharp", numbers)));
  jobs.push(...runs(rest).map((numbers) => run("preview", numbers)));
  if (want.isAtRest) jobs.push(...sharp.slice(1).map((numbers) => run("sharp", numbers)));
  return jobs.filter((job) => job.numbers.length > 0);
}

function run(level, numbers) {
  return { kind: "run", level, numbers: numbers.slice(0, RUN_LENGTH) };
}

/** Return whether a job under way is still worth its bytes. `job.number` was current when it began. */
export function isStillWanted(job, want) {
  if (job.series !== want.series || job.windowText !== want.windowText) return false;
  if (job.level === "preview") return true;
  if (job.level === "final") return job.numbers[0] === want.number;
  const near = new Set(around(want.number, want.direction, want.count, want.ahead, want.ahead));
  return job.numbers.some((at) => near.has(at));
}
