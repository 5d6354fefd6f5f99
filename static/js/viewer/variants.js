// A series as it is looked at: as stored, with a presentation state, or with a segmentation over it.

/** Return the series with the state or segmentation of that id, as an entry with pictures of its own; else itself. */
export function variantOf(series, id) {
  const is = (one) => one.id === id;
  const state = series.states?.find(is);
  if (!state && !series.segmentations?.some(is)) return series;
  const changed = state ? { windows: [], planes: state.moves_pixels ? [] : series.planes } : {};
  return { ...series, ...changed, id: `${series.id} ${id}`, base: series, extra: { [state ? "state" : "seg"]: id } };
}

/** Return the series as it is stored. */
export function baseOf(series) {
  return series.base ?? series;
}

/** Return the id of the series in addresses. */
export function addressOf(series) {
  return series.extra ? baseOf(series).id : series.id;
}
