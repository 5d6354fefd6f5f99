// Window arithmetic (PS3.3 C.11.2). A window is {center, width, function}; null means the default window.

const LEAST_WIDTH = 1;
const MOST = 1e6;

/** Return the window in "center,width[,FUNCTION]", or null when the text is none. */
export function parseWindow(text) {
  const [center, width, name = "LINEAR"] = (text || "").split(",");
  const window = { center: Number(center), width: Number(width), function: name || "LINEAR" };
  const isWhole = width !== undefined && center.trim() !== "" && width.trim() !== "";
  return isWhole && Number.isFinite(window.center) && window.width > 0 && Number.isFinite(window.width) ? window : null;
}

/** Return a window as the server's query wants it; "" for the default window. */
export function windowText(window) {
  if (!window) return "";
  const text = `${plain(window.center)},${plain(window.width)}`;
  return window.function && window.function !== "LINEAR" ? `${text},${window.function}` : text;
}

function plain(number) {
  return String(Number(number.toFixed(3)));
}

/** Return whether two windows show the same picture. */
export function isSameWindow(one, other) {
  return windowText(one) === windowText(other);
}

function tidy(window) {
  const digits = window.width >= 20 ? 0 : 2;
  const round = (number) => Number(number.toFixed(digits));
  const width = Math.min(Math.max(round(window.width), LEAST_WIDTH), MOST);
  return { ...window, width, center: Math.min(Math.max(round(window.center), -MOST), MOST) };
}

/**
 * Return the window after a drag of dx, dy pixels (down is positive) that began at `start`.
 * Right is wider; up is brighter unless `upIsBrighter` is false. One step is width / (0.6 * image width) per pixel.
 */
export function dragWindow(start, dx, dy, imageWidth, { upIsBrighter = true, isInverted = false } = {}) {
  const step = start.width / (0.6 * Math.max(imageWidth, 1));
  const sign = upIsBrighter === isInverted ? -1 : 1;
  return tidy({ ...start, width: start.width + dx * step, center: start.center + sign * dy * step });
}

/** Return the window moved by a part of its width: a positive share is brighter. */
export function brighten(window, share, isInverted = false) {
  return tidy({ ...window, center: window.center - (isInverted ? -share : share) * window.width });
}

/** Return the window made wider (factor > 1, less contrast) or narrower. */
export function widen(window, factor) {
  return tidy({ ...window, width: window.width * factor });
}

/** Return where a value lies in a window, as 0..1 (PS3.3 C.11.2.1.2, C.11.2.1.3). */
export function share(value, { center, width, function: name = "LINEAR" }) {
  if (name === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
  const isExact = name === "LINEAR_EXACT";
  const divisor = isExact ? width : Math.max(width - 1, 1e-6);
  return Math.min(Math.max((value - (isExact ? center : center - 0.5)) / divisor + 0.5, 0), 1);
}

/**
 * Return the windows to choose from for a series, as [{id, label, window}]: its default, the presets that make sense,
 * and those named in the file. `name(id, preset)` gives the words of one.
 */
export function choicesFor(series, presets, name) {
  if (series.is_color) return [];
  const offered = (series.windows ?? []).slice(1).map((window, at) => ({
    id: `file-${at + 2}`,
    label: window.name || name("file", { n: at + 2 }),
    window: { center: window.center, width: window.width, function: window.function || "LINEAR" },
  }));
  const known = presets.filter((preset) => series.presets.includes(preset.id)).map((preset) => ({
    id: preset.id,
    label: name(preset.id, preset),
    window: { center: preset.center, width: preset.width, function: "LINEAR" },
  }));
  return [{ id: "", label: name("default"), window: null }, ...known, ...offered];
}

/** Return the id of the choice in the window list that `window` is, "other" when it is none of them. */
export function choiceOf(window, choices) {
  if (!window) return "";
  return choices.find((choice) => choice.window && isSameWindow(choice.window, window))?.id ?? "other";
}
