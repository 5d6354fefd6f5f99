// What only the full mode has: planes that are calculated, the window in numbers, the magnifier.

import { attachGathering } from "./gathering.js";
import { drawLens } from "./lens.js";
import { attachReformats } from "./reformats.js";
import { attachWindowFields } from "./windowfields.js";

/** Give a viewer what "All tools" shows; `exact` gives the values of a frame. */
export function attachAllTools(viewer, exact) {
  attachReformats(viewer);
  attachGathering(viewer);
  attachWindowFields(viewer, exact);
  viewer.stage.over = drawLens;
  viewer.stage.ask();
}
