// What the first picture does not need: loaded right after it.

import { attachAddress } from "./address.js";
import { attachAloud } from "./aloud.js";
import { attachCine } from "./cine.js";
import { Decor } from "./decor.js";
import { ExactFrames, proxySize } from "./exact.js";
import { ExactTone, inValues } from "./exacttone.js";
import { POINTS } from "./measures.js";
import { Hand } from "./hand.js";
import { attachLink } from "./link.js";
import { remember } from "./remember.js";
import { attachSurroundings } from "./surroundings.js";
import { tilesOnIntent } from "./tilesonintent.js";
import { Tone } from "./tone.js";

// The part of the memory for pictures that frames of exact values may take.
const SHARE = 8;

/** Give a viewer its decorations, exact windows and, once they are called for, measures. */
export function attach(viewer) {
  const exact = new ExactFrames(viewer.limits.bytes / SHARE, () => viewer.stage.ask());
  viewer.inValues = (scene) => inValues(scene, exact);
  viewer.stage.source = windowed(viewer.surface);
  const hand = new Hand(viewer);
  viewer.hand = (intent) => hand.take(intent);
  fetchOnIntent(viewer, exact);
  const aloud = attachAloud(viewer);
  viewer.aloud = aloud;
  measureOnIntent(viewer, exact, hand.tools, aloud);
  attachSurroundings(viewer);
  attachAddress(viewer);
  attachCine(viewer);
  sharpenLarge(viewer);
  slidesOnIntent(viewer);
  besideOnIntent(viewer);
  attachLink(viewer, aloud);
  allToolsOnIntent(viewer, exact);
  new Decor(viewer);
  tilesOnIntent(viewer, windowed);
  runEarly(viewer);
  const form = document.querySelector("[data-settings]");
  if (form) remember(form, viewer.state);
  viewer.stage.ask();
}

// A picture in another window than it was made in: from exact values where they are here, else from its own grays.
function windowed(surface) {
  const [tone, exactTone] = [new Tone(), new ExactTone()];
  return ({ shown, target, values, frame }) => {
    if (!frame && (!target || !shown.from || shown.picture.info.reason)) return shown.bitmap;
    surface.dataset.values = !frame ? "gray" : frame.every > 1 ? "proxy" : "exact";
    return frame ? exactTone.apply(frame, target) : tone.apply(shown.bitmap, shown.from, target, Boolean(values.series.is_inverted));
  };
}

function fetchOnIntent(viewer, exact) {
  const want = () => {
    const { series, number } = viewer.values;
    if (!series.is_color) exact.want(series, number, proxySize(series, viewer.limits));
  };
  for (const button of viewer.root.querySelectorAll("[data-command='tool:window']")) {
    for (const kind of ["pointerenter", "focus"]) button.addEventListener(kind, want);
  }
  viewer.state.listen((changed, { tool, isAtRest, isDragging }) => {
    if (tool === "window" && (changed.has("tool") || (changed.has("isAtRest") && isAtRest) || isDragging)) want();
  });
}

// Few studies have whole slides.
function slidesOnIntent(viewer) {
  let loading = null;
  const load = () => {
    if (viewer.values.series.is_slide) loading ??= import("./slide.js").then(({ attachSlides }) => attachSlides(viewer));
  };
  viewer.state.listen((changed) => changed.has("series") && load());
  load();
}

// Carry out what was called for before it was here.
function runEarly(viewer) {
  const { early } = viewer;
  viewer.early = null;
  if (early) viewer.run(...early);
}

// Key images, presentation states and segmentations, once there are some, and what is said of a calculated picture.
function besideOnIntent(viewer) {
  let loading = null;
  const some = ({ states, segmentations, key_frames: keys, base, isCalculated }) =>
    base || isCalculated || [states, segmentations, keys].some((list) => list?.length);
  const load = () => {
    if (loading || !some(viewer.values.series)) return;
    const came = ({ attachBeside }) => {
      attachBeside(viewer);
      runEarly(viewer);
    };
    const failed = () => {
      loading = null;
      viewer.state.change({ trouble: "offline" });
    };
    loading = import("./beside.js").then(came, failed);
  };
  viewer.state.listen((changed, { trouble }) => (changed.has("series") || (changed.has("trouble") && !trouble)) && load());
  load();
}

// What only the full mode shows, once it is chosen.
function allToolsOnIntent(viewer, exact) {
  let loading = null;
  const load = () => {
    if (viewer.values.mode !== "full") return;
    const came = ({ attachAllTools }) => {
      attachAllTools(viewer, exact);
      runEarly(viewer);
    };
    const failed = () => {
      loading = null;
      viewer.state.change({ trouble: "offline" });
    };
    loading ??= import("./alltools.js").then(came, failed);
  };
  // Tried again once the network is back.
  viewer.state.listen((changed, { trouble }) => (changed.has("mode") || (changed.has("trouble") && !trouble)) && load());
  load();
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

function measureOnIntent(viewer, exact, tools, aloud) {
  let loading = null;
  const load = () => {
    if (!POINTS[viewer.values.tool]) return;
    loading ??= import("./measuring.js").then(
      ({ Measuring }) => new Measuring(viewer, exact, tools, aloud),
      () => {
        loading = null;
        viewer.state.change({ trouble: "offline", tool: "scroll" });
      },
    );
  };
  viewer.state.listen((changed) => changed.has("tool") && load());
  load();
}
