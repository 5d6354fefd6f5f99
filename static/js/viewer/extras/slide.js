// A whole slide is one picture that is looked at closely: wheel and drag zoom and move it, and so do the arrow keys.

import { imageSize, zoomAt } from "../geometry.js";
import { wheelZoom } from "../pointer.js";
import { toolOn } from "./hand.js";

/** Return the command of a key on a slide, null where it is the usual one. */
export function slideCommand({ key, ctrlKey, metaKey, altKey }) {
  const [, way] = /^Arrow(\w+)$/.exec(key) ?? [];
  return way && !ctrlKey && !metaKey && !altKey ? ["pan", way.toLowerCase()] : null;
}

/** Let a hand work on slides as on a map. */
export function attachSlides(viewer) {
  const { surface, root, state } = viewer;
  const before = (kind, take) => {
    const listener = (event) => {
      if (!viewer.values.series.is_slide || !take(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    };
    surface.addEventListener(kind, listener, { capture: true, passive: false });
  };
  before("wheel", (event) => {
    const { left, top } = surface.getBoundingClientRect();
    const { view, series } = viewer.values;
    const point = { x: event.clientX - left, y: event.clientY - top };
    state.change({ view: zoomAt(view, wheelZoom(event), point, imageSize(series), viewer.stage.box) });
    return true;
  });
  before("keydown", (event) => {
    const command = event.target === surface ? slideCommand(event) : null;
    if (command) viewer.run(...command);
    return command !== null;
  });
  const show = () => {
    root.classList.toggle("is-slide", Boolean(viewer.values.series.is_slide));
    const button = root.querySelector("button[data-command='tool:pan']");
    button.setAttribute("aria-pressed", String(toolOn(viewer.values) === "pan"));
  };
  state.listen((changed) => (changed.has("series") || changed.has("tool")) && show());
  show();
}
