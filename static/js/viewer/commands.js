// What each button and key does. A command changes the state; it never touches the page.

import { flip, imageSize, middle, pan, rotate, zoomAt, FITTED } from "./geometry.js";
import { SPEEDS } from "./pace.js";
import { placeOf, toFrame, toSeries } from "./state.js";
import { baseOf } from "./variants.js";
import { brighten, widen } from "./windowing.js";

const PAN_STEP = 60;
const CALM = { tool: "scroll", lens: null, isPlaying: false };
const SIMPLE_TOOLS = new Set(["scroll"]);

/** Return the commands by name. `viewer` is {state, series, box(), window(), choices(), places}. */
export function createCommands(viewer) {
  return { ...motions(viewer), ...views(viewer), ...windows(viewer), ...switches(viewer) };
}

// Short, so that the id of a series never counts as one.
const NUMBER = /^-?\d{1,4}(\.\d{1,4})?$/;

/** Return ["name", argument] of a button's `data-command="name:argument"`; numbers become numbers. */
export function readCommand(text) {
  const [name, argument] = text.split(":");
  return [name, NUMBER.test(argument) ? Number(argument) : argument];
}

function motions({ state, series, places }) {
  const go = (number) => state.change({ ...toFrame(state.values, number), isPlaying: false });
  const open = (next) => {
    if (!next || next === state.values.series) return;
    places.set(state.values.series.id, placeOf(state.values));
    state.change(toSeries(next, places.get(next.id)));
  };
  return {
    step: (by) => go(state.values.number + by),
    frame: (to) => go({ first: 1, last: state.values.series.frame_count }[to] ?? Number(to)),
    series: (by) => open(series[series.indexOf(baseOf(state.values.series)) + by]),
    open: (id) => open(series.find((entry) => entry.id === id)),
    cine: () => state.change({ isPlaying: !state.values.isPlaying && state.values.series.frame_count > 1 }),
    speed: () => state.change({ speed: SPEEDS[(SPEEDS.indexOf(state.values.speed) + 1) % SPEEDS.length] }),
  };
}

function views({ state, box }) {
  const change = (view) => state.change({ view });
  const image = () => imageSize(state.values.series);
  const moves = { left: [1, 0], right: [-1, 0], up: [0, 1], down: [0, -1] };
  return {
    zoom: (factor) => change(zoomAt(state.values.view, factor, middle(box()), image(), box())),
    fit: () => change({ ...state.values.view, zoom: 1, x: 0, y: 0 }),
    pan(way) {
      const [dx, dy] = moves[way];
      change(pan(state.values.view, dx * PAN_STEP, dy * PAN_STEP, image(), box()));
    },
    flip: (way) => change(flip(state.values.view, way === "vertical")),
    rotate: () => change(rotate(state.values.view)),
    invert: () => state.change({ isInverted: !state.values.isInverted }),
    reset: () => state.change({ ...CALM, view: FITTED, isInverted: false, window: null }),
  };
}

function windows({ state, window, choices }) {
  const withWindow = (change) => {
    const now = window();
    if (now && !state.values.series.is_color) state.change({ window: change(now) });
  };
  return {
    brighten: (share) => withWindow((now) => brighten(now, share, Boolean(state.values.series.is_inverted))),
    widen: (factor) => withWindow((now) => widen(now, factor)),
    preset(id) {
      const choice = choices().find((one) => one.id === id);
      if (choice) state.change({ window: choice.window });
    },
  };
}

function switches({ state }) {
  const toggle = (name) => state.change({ [name]: !state.values[name] });
  return {
    tool(tool) {
      const isAllowed = state.values.mode === "full" || SIMPLE_TOOLS.has(tool);
      const isPossible = tool !== "window" || !state.values.series.is_color;
      if (isAllowed && isPossible) state.change({ tool, lens: null });
    },
    mode() {
      const mode = state.values.mode === "full" ? "simple" : "full";
      state.change({ mode, tool: "scroll", lens: null, hasOverlay: true });
    },
    overlay: () => toggle("hasOverlay"),
    letters: () => toggle("letters"),
    bright: () => toggle("upIsBrighter"),
    startTool: () => toggle("startsWithWindow"),
    escape: () => state.change(CALM),
  };
}
