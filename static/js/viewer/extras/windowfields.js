// Sliders and number fields for the window, and the button that finds one.

import { autoWindow, sliderRange } from "./auto.js";

const SHOWN = ["series", "window", "isDragging", "isAtRest", "isSettled"];

/** Wire the fields of the page (templates/viewer/window_fields.html) to the viewer; `exact` gives values for "auto". */
export function attachWindowFields(viewer, exact) {
  const { state, scene, root } = viewer;
  const inputs = [...root.querySelectorAll("[data-window-field]")];
  let range = null;
  const show = () => {
    const window = scene.window(state.values);
    for (const input of inputs) input.disabled = !window;
    if (!window) return;
    range ??= sliderRange(state.values.series.unit, window);
    for (const input of inputs) fill(input, window[input.dataset.windowField], range);
  };
  const set = ({ target }) => {
    const [window, value] = [scene.window(state.values), target.valueAsNumber];
    const isWidth = target.dataset.windowField === "width";
    if (!window || !Number.isFinite(value) || (isWidth && value < 1)) return;
    state.change({ window: { ...window, [target.dataset.windowField]: value } });
  };
  for (const input of inputs) input.addEventListener(input.type === "range" ? "input" : "change", set);
  state.listen((changed, { isDragging }) => {
    if (changed.has("series")) range = null;
    // Not while a hand is on the picture: laying the fields out anew would take the time of a frame.
    if (!isDragging && SHOWN.some((name) => changed.has(name))) show();
  });
  viewer.commands.auto = async () => {
    const { series, number } = state.values;
    const frame = series.is_color ? null : await exact.want(series, number);
    const window = frame ? autoWindow(frame) : null;
    if (window && state.values.series === series) state.change({ window, isPlaying: false });
  };
  show();
}

function fill(input, value, { least, most, widest }) {
  if (input.type === "range") {
    [input.min, input.max] = input.dataset.windowField === "width" ? [1, Math.max(widest, value)] : [Math.min(least, value), Math.max(most, value)];
  }
  const text = String(Number(value.toFixed(2)));
  if (input.value !== text && input !== document.activeElement) input.value = text;
  else if (input.type === "range") input.value = text;
}
