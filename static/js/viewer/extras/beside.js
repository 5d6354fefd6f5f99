// What lies beside the pictures: key images, presentation states and segmentations.

import { placeOf, toSeries } from "../state.js";
import { baseOf, variantOf } from "../variants.js";
import { shape } from "./svg.js";

/** Return the key image nearest to `number` in `direction`, or else the last one that way. */
export function snapped(number, direction, keys) {
  if (keys.includes(number)) return number;
  const [before, after] = [keys.findLast((key) => key < number), keys.find((key) => key > number)];
  return (direction > 0 ? (after ?? before) : (before ?? after)) ?? number;
}

/** Return what can be chosen for a series, as [{id, label}], the series as stored first. */
export function optionsOf(series, say) {
  const { states = [], segmentations = [] } = baseOf(series);
  const named = (all, word) => all.map(({ id, label }, at) => ({ id, label: label || say(word, { n: at + 1 }) }));
  return [{ id: "", label: say("preset-default") }, ...named(states, "beside-state"), ...named(segmentations, "beside-seg")];
}

/** Return {legend, notes} of what is on at frame `number`; on what is calculated, that it is. */
export function wordsOf({ base, extra, isCalculated, note }, number) {
  if (isCalculated) return { legend: [], notes: [note] };
  const all = [...(base?.states ?? []), ...(base?.segmentations ?? [])];
  const chosen = all.find(({ id, frames }) => id === (extra?.state ?? extra?.seg) && frames.includes(number));
  return { legend: chosen?.legend ?? [], notes: chosen?.notes ?? [] };
}

/** Give the viewer its list of states and segmentations, and the key images. */
export function attachBeside(viewer) {
  const { root, state, say } = viewer;
  const list = root.querySelector("[data-beside]");
  const words = root.querySelector("[data-beside-words]");
  viewer.commands.keys = () => state.change({ hasOnlyKeys: !state.values.hasOnlyKeys && keysOf(state.values).length > 0 });
  list.addEventListener("change", () => choose(viewer, list.value));
  const show = (changed, values) => {
    if (changed.has("series")) showSeries(root, list, values, say);
    if (changed.has("series") || changed.has("number")) words.replaceChildren(...wordElements(values, say));
    if (values.hasOnlyKeys) keepToKeys(state, values);
  };
  state.listen(show);
  show(new Set(["series"]), state.values);
}

function keysOf({ series }) {
  return [...(series.key_frames ?? [])].sort((one, other) => one - other);
}

function keepToKeys(state, values) {
  const keys = keysOf(values);
  if (!keys.length) return state.change({ hasOnlyKeys: false });
  const number = snapped(values.number, values.direction, keys);
  return number === values.number ? undefined : state.change({ number });
}

async function choose({ state, scene, pictures, values }, id) {
  const next = variantOf(baseOf(values.series), id);
  const { number } = values;
  // Until the first marked picture is here, the one that was shown stands in.
  const bitmap = scene.shown && (await createImageBitmap(scene.shown.bitmap));
  if (bitmap) pictures.putDecoded({ series: next.id, number, window: "", level: "thumb", ask: { size: bitmap.width }, info: {} }, bitmap);
  state.change(toSeries(next, { ...placeOf(values), window: null }));
}

function showSeries(root, list, { series }, say) {
  const options = optionsOf(series, say);
  list.replaceChildren(...options.map(({ id, label }) => new Option(label, id)));
  list.value = series.extra?.state ?? series.extra?.seg ?? "";
  list.closest("label").hidden = options.length < 2;
  for (const button of root.querySelectorAll("[data-command=keys]")) button.hidden = !keysOf({ series }).length;
}

function wordElements({ series, number }, say) {
  const { legend, notes } = wordsOf(series, number);
  const line = (...parts) => {
    const made = document.createElement("p");
    made.append(...parts);
    return made;
  };
  const swatch = (color) => {
    const made = shape("svg", { width: 12, height: 12, "aria-hidden": "true" });
    made.append(shape("rect", { width: 12, height: 12, rx: 2, fill: color }));
    return made;
  };
  const named = legend.map(({ number: at, label, color }) => line(swatch(color), ` ${label || say("beside-segment", { n: at })}`));
  return [...named, ...notes.map((note) => line(note))];
}
