// Talks to the server. Every failure becomes a Trouble that says what to do next.

import { parseWindow } from "./windowing.js";
import { RunParser } from "./runstream.js";

/** What went wrong: "signed-out" and "gone" end the loading, "busy" and "offline" do not, "bad" is one frame's. */
export class Trouble extends Error {
  constructor(kind, retryAfter = 0) {
    super(kind);
    this.kind = kind;
    this.retryAfter = retryAfter;
  }
}

function kindOf(response) {
  const isSentAway = response.type === "opaqueredirect" || (response.status >= 300 && response.status < 400);
  if (isSentAway || response.status === 401 || response.status === 403) return "signed-out";
  if (response.status === 404 || response.status === 410) return "gone";
  return response.status === 503 || response.status === 429 || response.status === 502 ? "busy" : "bad";
}

/** Return the answer of the server, or throw Trouble. */
export async function ask(url, signal) {
  let response;
  try {
    response = await fetch(url, { signal, redirect: "manual", credentials: "same-origin" });
  } catch (error) {
    throw signal?.aborted ? error : new Trouble("offline");
  }
  if (response.ok) return response;
  throw new Trouble(kindOf(response), Number(response.headers.get("Retry-After")) || 0);
}

/** Return the JSON at `url`. */
export async function fetchJson(url, signal) {
  return (await ask(url, signal)).json();
}

function query(values) {
  const parts = new URLSearchParams(Object.entries(values).filter(([, value]) => value));
  return parts.size ? `?${parts}` : "";
}

/** Return one frame as {bytes, info}; what the server says of it is in `info`. */
export async function fetchFrame(series, number, { window, size, format }, signal) {
  const url = `${series.frames_url}${number}${query({ window, size, format, ...series.extra })}`;
  const response = await ask(url, signal);
  const flag = (name) => response.headers.get(name) === "1";
  const info = {
    window: parseWindow(response.headers.get("X-Frame-Window")),
    isLossy: flag("X-Frame-Lossy"),
    isScaled: flag("X-Frame-Scaled"),
    reason: response.headers.get("X-Frame-Reason") ?? "",
  };
  return { bytes: await whole(response.arrayBuffer(), signal), info };
}

function runUrl(series, numbers, { window, size }) {
  return `${series.frames_url}${query({ numbers: numbers.join(","), window, size, ...series.extra })}`;
}

// Runs that nobody has taken yet: {response, abort} by address.
const early = new Map();

/** Ask for a run that fetchRun will take in a moment. */
export function askEarly(series, numbers, params) {
  const url = runUrl(series, numbers, params);
  const abort = new AbortController();
  const response = ask(url, abort.signal);
  response.catch(() => {}); // Whoever takes it is told.
  early.set(url, { response, abort });
}

function taken(url, signal) {
  const found = early.get(url);
  if (!found) return ask(url, signal);
  early.delete(url);
  signal.addEventListener("abort", () => found.abort.abort());
  return found.response;
}

/** Call onRecord for each frame of a run as it arrives. */
export async function fetchRun(series, numbers, params, signal, onRecord) {
  const response = await taken(runUrl(series, numbers, params), signal);
  const parser = new RunParser();
  const reader = response.body.getReader();
  for (;;) {
    const { done, value } = await whole(reader.read(), signal);
    if (done) break;
    for (const record of parser.push(value)) onRecord(record);
  }
  if (!parser.isComplete) throw new Trouble("offline");
}

async function whole(reading, signal) {
  try {
    return await reading;
  } catch (error) {
    throw signal?.aborted ? error : new Trouble("offline");
  }
}
