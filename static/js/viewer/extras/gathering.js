// How far the pictures are gathered that a plane is calculated from: told while none of the plane is here.

import { fetchJson } from "../network.js";

const EVERY = 700;
const pause = () => new Promise((resolve) => setTimeout(resolve, EVERY));

/** Return the address that tells how far the gathering for a calculated series is. */
export function gatheredAddress(series) {
  return series.frames_url.replace(/frames\/$/, "gathered.json");
}

/** Ask again and again while `isMissing()`, and `tell` what is answered; at last tell "". */
export async function followGathering(series, isMissing, tell, { load = fetchJson, wait = pause } = {}) {
  let told = "";
  for (await wait(); isMissing(); await wait()) {
    // Only the words are lost when there is no answer: the picture itself is waited for elsewhere.
    const { words } = await load(gatheredAddress(series)).catch(() => ({ words: told }));
    if (words !== told && isMissing()) tell(words);
    told = words;
  }
  if (told) tell("");
}

/** Have a viewer tell it for each plane that it comes to. */
export function attachGathering({ root, state, scene }) {
  const place = root.querySelector("[data-link-words]");
  const tell = (words) => {
    place.textContent = words;
  };
  const follow = ({ series }) => {
    if (!series.isCalculated) return;
    followGathering(series, () => state.values.series === series && scene.shown?.picture.series !== series.id, tell);
  };
  state.listen((changed, values) => changed.has("series") && follow(values));
  follow(state.values);
}
