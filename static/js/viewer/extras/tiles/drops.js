// A series dragged from the strip onto a tile is shown there.

const KIND = "application/x-lightbox-series";

/** Let the thumbnails be dragged onto the pictures. */
export function listenToDrops(viewer, tiles) {
  viewer.root.addEventListener("dragstart", (event) => {
    const thumb = event.target.closest?.("[data-series]");
    if (!thumb) return;
    event.dataTransfer.setData(KIND, thumb.dataset.series);
    event.dataTransfer.effectAllowed = "copy";
  });
  tiles.place.addEventListener("dragover", (event) => {
    const surface = surfaceAt(event);
    if (!surface || !event.dataTransfer.types.includes(KIND)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    mark(tiles.place, surface);
  });
  tiles.place.addEventListener("dragleave", () => mark(tiles.place, null));
  tiles.place.addEventListener("drop", (event) => {
    const [surface, id] = [surfaceAt(event), event.dataTransfer.getData(KIND)];
    mark(tiles.place, null);
    if (!surface || !id) return;
    event.preventDefault();
    const tile = tiles.on(surface);
    if (tile) tiles.activate(tile);
    viewer.run("open", id);
  });
}

function surfaceAt(event) {
  return event.target.closest("[data-cell]");
}

function mark(place, surface) {
  for (const one of place.querySelectorAll("[data-cell]")) one.classList.toggle("is-aimed", one === surface);
}
