// Asks for the previews that make the stack visible while the other scripts are still on their way.

import { deviceLimits, previewSize } from "./device.js";
import { askEarly } from "./network.js";
import { evenRuns, spread } from "./plan.js";

const RUNS_MOST = 3;

function start({ count, window, state, seg }, image) {
  // Other pictures than those in the default window are not asked for as a whole.
  if (window || state || seg || Number(count) < 2) return;
  const series = { frames_url: image.getAttribute("src").replace(/[^/]*$/, "") };
  const size = previewSize(Math.max(image.width, image.height), deviceLimits());
  for (const numbers of evenRuns(spread(Number(count))).slice(0, RUNS_MOST)) askEarly(series, numbers, { size });
}

const root = document.querySelector("[data-viewer]");
const image = root?.querySelector("[data-first]");
if (image) start(root.dataset, image);
