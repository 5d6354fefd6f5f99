// Planes and projections that the server calculates from a series (viewer/reformats.py), as a list to choose from.

import { fetchJson } from "../network.js";
import { toSeries } from "../state.js";
import { baseOf } from "../variants.js";

/** Return what is calculated from a series, as an entry with pictures of its own; `facts` are the server's. */
export function calculatedOf(series, facts) {
  return { ...series, states: [], segmentations: [], key_frames: [], ...facts, base: series, isCalculated: true };
}

/** Return what is calculated from a series: {refusal, series}, the latter as entries with pictures of their own. */
export async function calculatedFrom(series, load = fetchJson) {
  const { planes, refusal } = await load(series.planes_url);
  return { refusal, series: planes.map((facts) => calculatedOf(series, facts)) };
}

/** Return the series of the id in an address: the one of `all` itself, or what is calculated from it. */
export async function calculatedAt(all, id, load = fetchJson) {
  const stored = all.find((entry) => entry.id === id.split("~")[0]);
  if (!stored?.planes_url) return null;
  const found = await calculatedFrom(stored, load);
  return found.series.find((entry) => entry.id === id) ?? null;
}

/** Return what the list holds, as [{id, label, isOff}], the series as stored first. */
export function choicesOf(series, { refusal, series: calculated }, say) {
  const named = calculated.map(({ id, label }) => ({ id, label, isOff: false }));
  const why = refusal ? [{ id: "none", label: refusal, isOff: true }] : [];
  return [{ id: series.id, label: say("preset-default"), isOff: false }, ...named, ...why];
}

/** Give the viewer its list of planes; the server is asked once for each series. */
export function attachReformats({ root, state, say }) {
  const list = root.querySelector("[data-planes]");
  const known = new Map();
  const find = (stored) => {
    if (!known.has(stored.id)) known.set(stored.id, calculatedFrom(stored));
    return known.get(stored.id);
  };
  const show = async (stored) => {
    list.closest("label").hidden = true;
    if (!stored.planes_url || state.values.mode !== "full") return;
    const found = await find(stored).catch(() => known.delete(stored.id) && null);
    if (!found || baseOf(state.values.series) !== stored) return;
    list.replaceChildren(...choicesOf(stored, found, say).map(option));
    list.value = state.values.series.id;
    list.closest("label").hidden = false;
  };
  list.addEventListener("change", async () => {
    const stored = baseOf(state.values.series);
    const { series } = await find(stored);
    const next = series.find(({ id }) => id === list.value) ?? stored;
    state.change({ ...toSeries(next), window: state.values.window });
  });
  state.listen((changed, values) => (changed.has("series") || changed.has("mode")) && show(baseOf(values.series)));
  show(baseOf(state.values.series));
}

function option({ id, label, isOff }) {
  const made = new Option(label, id);
  made.disabled = isOff;
  return made;
}
