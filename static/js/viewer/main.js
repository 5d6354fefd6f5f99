// Starts the viewer on a page that already shows its first picture.

import { deviceLimits } from "./device.js";
import { delayAfter } from "./pace.js";
import { fetchJson } from "./network.js";
import { startValues } from "./state.js";
import { variantOf } from "./variants.js";
import { Viewer } from "./viewer.js";
import { parseWindow } from "./windowing.js";
import { Notices, readWords } from "./words.js";

async function patiently(url, notices) {
  for (let failures = 1; ; failures += 1) {
    try {
      const content = await fetchJson(url);
      notices.trouble("");
      return content;
    } catch (trouble) {
      notices.trouble(trouble.kind === "bad" ? "busy" : trouble.kind);
      if (trouble.kind === "signed-out" || trouble.kind === "gone") throw trouble;
      await new Promise((resolve) => setTimeout(resolve, delayAfter(failures, Math.random(), trouble.retryAfter)));
    }
  }
}

async function firstBitmap(image) {
  try {
    await image.decode();
    return await createImageBitmap(image);
  } catch {
    image.hidden = true;
    return null; // The frame did not come with the page; the loader asks for it again.
  }
}

// What the account remembers (viewer/preferences.py).
function preferencesOf({ tool, mode, upIsDarker, lettersOff }, { is_color: isColor }) {
  const startsWithWindow = tool === "window";
  const isWindow = startsWithWindow && mode === "full" && !isColor;
  const [upIsBrighter, letters] = [upIsDarker === undefined, lettersOff === undefined];
  return { mode, upIsBrighter, letters, startsWithWindow, tool: isWindow ? "window" : "scroll" };
}

async function start(root) {
  const say = readWords(root.querySelector("[data-words]"));
  const notices = new Notices(root, say);
  const { manifestUrl, presetsUrl, series: id, frame, window: text, state, seg } = root.dataset;
  const image = root.querySelector("[data-first]");
  const asked = [patiently(manifestUrl, notices), patiently(presetsUrl, notices), firstBitmap(image)];
  const [manifest, presets, bitmap] = await Promise.all(asked);
  const series = manifest.series.filter((entry) => entry.kind === "image" && entry.frame_count > 0);
  const stored = series.find((entry) => entry.id === id);
  const calculated = async () => (await import("./extras/reformats.js")).calculatedAt(series, id);
  const current = stored ? variantOf(stored, state || seg) : await calculated();
  if (!current) return;
  const preferences = preferencesOf(root.dataset, current);
  const values = startValues({ series: current, number: Number(frame), window: parseWindow(text), ...preferences });
  const viewer = new Viewer(root, { series, presets, start: values, limits: deviceLimits(), say, bitmap });
  if (preferences.mode === "full") viewer.surface.focus({ preventScroll: true });
}

const root = document.querySelector("[data-viewer]");
if (root?.dataset.series) start(root);
