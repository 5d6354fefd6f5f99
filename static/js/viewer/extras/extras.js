// What the first picture does not need: loaded right after it.

import { attachBeside } from "./beside.js";
import { Decor } from "./decor.js";
import { ExactFrames } from "./exact.js";
import { ExactTone } from "./exacttone.js";
import { POINTS } from "./measures.js";
import { attachWindowFields } from "./windowfields.js";
import { Hand } from "./hand.js";
import { drawLens } from "./lens.js";
import { attachLink } from "./link.js";
import { attachReformats } from "./reformats.js";
import { attachTiles } from "./tiles/attach.js";
import { remember } from "./remember.js";
import { Tone } from "./tone.js";

// The part of the memory for pictures that frames of exact values may take.
const SHARE = 8;

/** Give a viewer its decorations, exact windows and, once they are called for, measures. */
export function attach(viewer) {
  const exact = new ExactFrames(viewer.limits.bytes / SHARE);
  const source = (surface) => windowed(exact, surface);
  viewer.stage.source = source(viewer.surface);
  viewer.stage.over = drawLens;
  const hand = new Hand(viewer);
  viewer.hand = (intent) => hand.take(intent);
  fetchOnIntent(viewer, exact);
  measureOnIntent(viewer, exact, hand.tools);
  sharpenLarge(viewer);
  nameStage(viewer);
  attachBeside(viewer);
  attachReformats(viewer);
  attachLink(viewer);
  attachWindowFields(viewer, exact);
  new Decor(viewer);
  attachTiles(viewer, source);
  if (viewer.early) viewer.run(...viewer.early);
  const form = document.querySelector("[data-settings]");
  if (form) remember(form, viewer.state);
  viewer.stage.ask();
}

// What a screen reader calls the picture; which one it is now, the live region says on each pause.
function nameStage({ state, surface, say }) {
  state.listen((changed, { isAtRest, series, number }) => {
    if (!changed.has("isAtRest") || !isAtRest) return;
    surface.setAttribute("aria-label", say("alternative", { what: series.what, n: number, m: series.frame_count }));
  });
}

// A picture in another window than it was made in: from exact values where they are here, else from its own grays.
function windowed(exact, surface) {
  const [tone, exactTone] = [new Tone(), new ExactTone()];
  return ({ shown, target, values }) => {
    const isRight = !target || shown.picture.info.reason || (!shown.from && !values.isDragging);
    if (isRight) return shown.bitmap;
    const frame = exact.get(values.series, shown.number);
    surface.dataset.values = frame ? "exact" : "gray";
    if (frame) return exactTone.apply(frame, target);
    return shown.from ? tone.apply(shown.bitmap, shown.from, target, Boolean(values.series.is_inverted)) : shown.bitmap;
  };
}

function fetchOnIntent(viewer, exact) {
  const want = () => {
    const { series, number } = viewer.values;
    if (!series.is_color) exact.want(series, number).then(() => viewer.stage.ask());
  };
  for (const button of viewer.root.querySelectorAll("[data-command='tool:window']")) {
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, want);
  }
  viewer.state.listen((changed, { tool, isAtRest, isDragging }) => {
    if (tool === "window" && (changed.has("tool") || (changed.has("isAtRest") && isAtRest) || isDragging)) want();
  });
}

// Parts of large pictures, once there is one.
function sharpenLarge(viewer) {
  let loading = null;
  const load = () => {
    if (!viewer.values.series.has_tiles) return;
    const failed = () => (loading = null);
    loading ??= import("./detail.js").then(({ Detail }) => new Detail(viewer), failed);
  };
  viewer.state.listen((changed) => (changed.has("series") || changed.has("isAtRest")) && load());
  load();
}

function measureOnIntent(viewer, exact, tools) {
  let loading = null;
  const load = () => {
    if (!POINTS[viewer.values.tool]) return;
    loading ??= import("./measuring.js").then(
      ({ Measuring }) => new Measuring(viewer, exact, tools),
      () => {
        loading = null;
        viewer.state.change({ trouble: "offline", tool: "scroll" });
      },
    );
  };
  viewer.state.listen((changed) => changed.has("tool") && load());
  load();
}
