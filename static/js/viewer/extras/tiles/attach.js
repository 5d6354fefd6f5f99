// Layouts, comparing and hanging: given to a viewer once the first picture is there.

import { Compare } from "./compare.js";
import { listenToDrops } from "./drops.js";
import { Tiles } from "./tiles.js";

const WIDE = "(min-width: 60rem) and (min-height: 34.01rem)";

/** `source(surface)` gives what a stage draws of a scene. */
export function attachTiles(viewer, source) {
  const tiles = new Tiles(viewer, source);
  listenToDrops(viewer, tiles);
  hang(viewer, tiles);
  new Compare(viewer, tiles);
}

// As viewer/hanging.json has it for this kind of study: on a desk, with all tools, where no link asked for one picture.
function hang(viewer, tiles) {
  const { hangLayout: layout, hangSeries = "", compare } = viewer.root.dataset;
  if (!layout || compare || viewer.values.mode !== "full" || !matchMedia(WIDE).matches) return;
  const ids = hangSeries.split(" ").filter(Boolean);
  const [first, ...others] = ids.map((id) => viewer.series.find((series) => series.id === id));
  if (first) viewer.run("open", first.id);
  tiles.lay(layout, others);
}
