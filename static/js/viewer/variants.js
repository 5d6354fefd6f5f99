// A series as it is looked at: as stored, with a presentation state, with a segmentation over it, or in a plane that
// is calculated from it.

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

/** Return what is calculated from a series, as an entry with pictures of its own; `facts` are the server's. */
export function calculatedOf(series, facts) {
  return { ...series, states: [], segmentations: [], key_frames: [], ...facts, base: series, isCalculated: true };
}

/** Return the id of the series that has the frames, as addresses name it. */
export function addressOf(series) {
  return series.extra ? baseOf(series).id : series.id;
}
