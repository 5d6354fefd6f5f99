// What only the full mode has: planes that are calculated, the window in numbers.

import { attachGathering } from "./gathering.js";
import { attachReformats } from "./reformats.js";
import { attachWindowFields } from "./windowfields.js";

/** Give a viewer what "All tools" shows; `exact` gives the values of a frame. */
export function attachAllTools(viewer, exact) {
  attachReformats(viewer);
  attachGathering(viewer);
  attachWindowFields(viewer, exact);
}
