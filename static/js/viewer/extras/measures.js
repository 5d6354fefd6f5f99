// The arithmetic of measuring. Points are {x, y} in pixels of the stored frame, the first pixel from 0 to 1.

/** How many points each kind of measure takes. */
export const POINTS = { distance: 2, angle: 3, ellipse: 2, rectangle: 2, probe: 1 };

/** Return the plane of frame `number` (viewer/plane.py tells them in runs), null when the series has none. */
export function planeAt({ planes = [] }, number) {
  return planes.findLast((plane) => plane.from <= number) ?? null;
}

/**
 * Return {spacing, kind} that holds at all `points`, or null: an ultrasound region must hold them all, and where
 * there are regions, nothing outside them has a scale.
 */
export function scaleAt(plane, points) {
  if (plane?.regions.length) {
    const region = plane.regions.find(({ box }) => points.every((point) => isInside(point, box)));
    return region ? { spacing: region.spacing, kind: "patient" } : null;
  }
  return plane?.spacing ? { spacing: plane.spacing, kind: plane.spacing_kind } : null;
}

function isInside({ x, y }, [left, top, right, bottom]) {
  return x >= left && x <= right + 1 && y >= top && y <= bottom + 1;
}

function leg(from, to, [down, across]) {
  return [(to.x - from.x) * across, (to.y - from.y) * down];
}

/** Return the distance of two points in mm; `spacing` is between rows, then between columns (PS3.3 10.7.1.3). */
export function distance([from, to], spacing) {
  return Math.hypot(...leg(from, to, spacing));
}

/** Return the angle at the second of three points, 0..180 degrees. */
export function angle([one, corner, other], spacing) {
  const [ax, ay] = leg(corner, one, spacing);
  const [bx, by] = leg(corner, other, spacing);
  return (Math.abs(Math.atan2(ax * by - ay * bx, ax * bx + ay * by)) * 180) / Math.PI;
}

/** Return the area in mm² of the rectangle, or the ellipse inside it, that has two points as opposite corners. */
export function area(kind, [from, to], spacing) {
  const [width, height] = leg(from, to, spacing);
  return Math.abs(width * height) * (kind === "ellipse" ? Math.PI / 4 : 1);
}

/** Call `visit(index)` for each pixel whose center lies inside the shape; pixels are counted row by row. */
export function eachInside(kind, [from, to], { rows, columns }, visit) {
  const [middleX, middleY] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  const [halfX, halfY] = [Math.abs(to.x - from.x) / 2, Math.abs(to.y - from.y) / 2];
  const first = (low) => Math.max(Math.ceil(low - 0.5), 0);
  const last = (high, count) => Math.min(Math.floor(high - 0.5), count - 1);
  for (let row = first(middleY - halfY); row <= last(middleY + halfY, rows); row += 1) {
    const off = (row + 0.5 - middleY) / halfY;
    const reach = kind === "ellipse" ? halfX * Math.sqrt(Math.max(1 - off * off, 0)) : halfX;
    for (let column = first(middleX - reach); column <= last(middleX + reach, columns); column += 1) {
      visit(row * columns + column);
    }
  }
}

/** Return {count, mean, deviation, least, most} of the values inside; what is no number (padding) does not count. */
export function statistics(kind, points, frame) {
  let [count, mean, squares, least, most] = [0, 0, 0, Infinity, -Infinity];
  eachInside(kind, points, frame, (index) => {
    const value = frame.valueAt(index);
    if (Number.isNaN(value)) return;
    count += 1;
    const off = value - mean;
    mean += off / count;
    squares += off * (value - mean);
    least = Math.min(least, value);
    most = Math.max(most, value);
  });
  return count ? { count, mean, deviation: Math.sqrt(squares / count), least, most } : null;
}

/** Return the value under a point, null outside the frame and on padding. */
export function valueAt({ x, y }, frame) {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= frame.columns || row >= frame.rows) return null;
  const value = frame.valueAt(row * frame.columns + column);
  return Number.isNaN(value) ? null : value;
}

/**
 * Return what a measure says, as facts for the words: {length, degrees, area, kind} as far as they have a scale,
 * `values` or `value` where `frame` gives them, and `refusal`: "no-scale", "no-values" (`frame` is null), or "waiting"
 * (`frame` is undefined: it is on its way).
 */
export function measured({ kind, points }, plane, frame) {
  const scale = scaleAt(plane, points);
  if (kind === "distance" && !scale) return refused("no-scale");
  if (kind === "distance") return { length: distance(points, scale.spacing), kind: scale.kind };
  if (kind === "angle") return { degrees: angle(points, scale?.spacing ?? [1, 1]) };
  if (!frame) return { ...areaOf(kind, points, scale), ...refused(frame === null ? "no-values" : "waiting") };
  if (kind === "probe") return { value: valueAt(points[0], frame) };
  return { ...areaOf(kind, points, scale), values: statistics(kind, points, frame) };
}

function areaOf(kind, points, scale) {
  return scale && kind !== "probe" ? { area: area(kind, points, scale.spacing), kind: scale.kind } : {};
}

function refused(refusal) {
  return { refusal };
}
