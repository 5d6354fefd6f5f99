// Whose picture it is and when it was made: each tile wears what its own study says, never another one's.

import { baseOf } from "../../variants.js";

/** Return the study whose labels the page has written over the picture on `surface`. */
export function studyOn(surface) {
  const places = [...surface.querySelectorAll("[data-label]")];
  return { labels: Object.fromEntries(places.map((place) => [place.dataset.label, place.textContent])) };
}

/** Write the labels of a series' study (viewer/whose.py) over the picture on `surface`. */
export function wear(surface, series) {
  const { labels } = baseOf(series).study;
  for (const place of surface.querySelectorAll("[data-label]")) place.textContent = labels[place.dataset.label];
}

/** Return the series of another study's manifest that have pictures; each knows its study and its address. */
export function belonging({ study, series }, home) {
  const images = series.filter((entry) => entry.kind === "image" && entry.frame_count > 0);
  return images.map((entry) => ({ ...entry, study, home }));
}
