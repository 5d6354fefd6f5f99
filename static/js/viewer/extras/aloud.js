// What a screen reader says: the name of the picture, and on each pause which one it is now.

import { frameWords, noteWords } from "../words.js";

const PAUSE = 600;

/** The live region of a page. */
export class Aloud {
  #timer = 0;

  constructor(root) {
    this.live = root.querySelector("[data-live]");
  }

  /** Say what `words()` returns once nothing has moved for a while. */
  later(words) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.live.textContent = words();
    }, PAUSE);
  }
}

/** Have a viewer tell its frames, and return what else may be said with. */
export function attachAloud(viewer) {
  const { state, surface, say } = viewer;
  const aloud = new Aloud(viewer.root);
  const words = () => {
    const note = noteWords(viewer.scene.shown, viewer.values, viewer.hasFailed, say);
    return [frameWords(viewer.values, say), note].filter(Boolean).join(". ");
  };
  state.listen((changed, { isAtRest, isPlaying, series, number }) => {
    if (changed.has("isAtRest") && isAtRest) {
      surface.setAttribute("aria-label", say("alternative", { what: series.what, n: number, m: series.frame_count }));
    }
    if (!isPlaying && (changed.has("number") || changed.has("series"))) aloud.later(words);
  });
  return aloud;
}
