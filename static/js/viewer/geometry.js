// Where the picture lies on the stage. Lengths are CSS pixels of the stage; the image has its own units.
// A view is {zoom, x, y, turns, flipH, flipV}: zoom 1 fits, x and y move the center, turns are quarter turns.

export const MOST_ZOOM = 20;
// CSS pixels that a pixel of the image takes at most, where that is more.
export const MOST_SCALE = 4;
const LOOSE = 0.25;

export const FITTED = Object.freeze({ zoom: 1, x: 0, y: 0, turns: 0, flipH: false, flipV: false });

/** Return the image's size in units of equal length both ways (PS3.3 10.7.1.3: spacing is row, then column). */
export function imageSize({ rows, columns, pixel_spacing: spacing }) {
  const aspect = spacing && spacing[0] > 0 && spacing[1] > 0 ? spacing[1] / spacing[0] : 1;
  return { width: Math.max(columns, 1) * aspect, height: Math.max(rows, 1) };
}

function turned({ width, height }, turns) {
  return turns % 2 ? { width: height, height: width } : { width, height };
}

/** Return how many CSS pixels one unit of the image takes. */
export function scaleOf(view, image, box) {
  const shown = turned(image, view.turns);
  return view.zoom * Math.min(box.width / shown.width, box.height / shown.height);
}

/** Return the size in CSS pixels at which the image is shown. */
export function shownSize(view, image, box) {
  const scale = scaleOf(view, image, box);
  const { width, height } = turned(image, view.turns);
  return { width: width * scale, height: height * scale };
}

/** Return the canvas matrix [a, b, c, d, e, f] from image units to CSS pixels of the stage. */
export function matrixOf(view, image, box) {
  const scale = scaleOf(view, image, box);
  const [cos, sin] = [[1, 0], [0, 1], [-1, 0], [0, -1]][view.turns];
  const [sx, sy] = [view.flipH ? -scale : scale, view.flipV ? -scale : scale];
  const [a, b, c, d] = [cos * sx, sin * sy, -sin * sx, cos * sy];
  const [middleX, middleY] = [image.width / 2, image.height / 2];
  const e = box.width / 2 + view.x - a * middleX - c * middleY;
  const f = box.height / 2 + view.y - b * middleX - d * middleY;
  return [a, b, c, d, e, f];
}

/** Return the point of the image under a point of the stage. */
export function imagePoint(point, view, image, box) {
  const [a, b, c, d, e, f] = matrixOf(view, image, box);
  const determinant = a * d - b * c;
  const [x, y] = [point.x - e, point.y - f];
  return { x: (d * x - c * y) / determinant, y: (a * y - b * x) / determinant };
}

/** Return the view with its center kept where the picture can still be seen; a fitted picture stays centered. */
export function held(view, image, box) {
  const shown = shownSize(view, image, box);
  const limit = (size, room) => (view.zoom > 1 ? Math.max(0, (size - room) / 2) + room * LOOSE : 0);
  const keep = (value, most) => Math.min(Math.max(value, -most), most) + 0;
  return { ...view, x: keep(view.x, limit(shown.width, box.width)), y: keep(view.y, limit(shown.height, box.height)) };
}

/** Return the view zoomed by `factor` with the picture under `point` staying there. */
export function zoomAt(view, factor, point, image, box) {
  const most = Math.max(MOST_ZOOM, MOST_SCALE / scaleOf({ ...view, zoom: 1 }, image, box));
  const zoom = Math.min(Math.max(view.zoom * factor, 1), most);
  const ratio = zoom / view.zoom;
  const [fromX, fromY] = [point.x - box.width / 2, point.y - box.height / 2];
  const moved = { ...view, zoom, x: fromX - (fromX - view.x) * ratio, y: fromY - (fromY - view.y) * ratio };
  return held(moved, image, box);
}

/** Return the view moved by dx, dy. */
export function pan(view, dx, dy, image, box) {
  return held({ ...view, x: view.x + dx, y: view.y + dy }, image, box);
}

/** Return the view fitted, or, when it is fitted, twice as large at `point`. */
export function toggleFit(view, point, image, box) {
  if (view.zoom > 1.01) return { ...view, zoom: 1, x: 0, y: 0 };
  return zoomAt(view, 2, point, image, box);
}

/** Return the view turned a quarter clockwise as it is seen. */
export function rotate(view) {
  const step = view.flipH === view.flipV ? 1 : 3;
  return { ...view, turns: (view.turns + step) % 4, x: -view.y + 0, y: view.x };
}

/** Return the view mirrored as it is seen: left to right, or top to bottom when `isVertical`. */
export function flip(view, isVertical) {
  return isVertical ? { ...view, flipV: !view.flipV, y: -view.y + 0 } : { ...view, flipH: !view.flipH, x: -view.x + 0 };
}

/** Return the center of the stage. */
export function middle(box) {
  return { x: box.width / 2, y: box.height / 2 };
}
