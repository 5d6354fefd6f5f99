// Plays a series: its frames one after the other, chosen by the time that has passed.

/** Return frames per second: the file's own rate, else what suits the modality. */
export function rateOf({ cine_rate: rate, modality }) {
  if (rate && rate > 0) return Math.min(Math.max(rate, 1), 60);
  return ["US", "XA", "RF", "IVUS"].includes(modality) ? 30 : 15;
}

/** Return the frame number to show `milliseconds` after the cine began at `start`; it loops. A slow phone skips. */
export function frameAt(start, milliseconds, rate, count) {
  return ((start - 1 + Math.floor((milliseconds * rate) / 1000)) % count) + 1;
}

/** Have a viewer play while its state says so. */
export function attachCine({ state }) {
  let asked = 0;
  const play = () => {
    cancelAnimationFrame(asked);
    if (!state.values.isPlaying) return;
    const { number, series, speed } = state.values;
    const began = performance.now();
    const tick = (now) => {
      const next = frameAt(number, Math.max(now - began, 0), rateOf(series) * speed, series.frame_count);
      state.change({ number: next, direction: 1 });
      asked = requestAnimationFrame(tick);
    };
    asked = requestAnimationFrame(tick);
  };
  state.listen((changed) => ["isPlaying", "speed", "series"].some((name) => changed.has(name)) && play());
  play();
}
