// Draws measures: lines and shapes where their points lie on the stage now, and their words beside them.

import { imagePoint, imageSize, matrixOf } from "../geometry.js";
import { shape } from "./svg.js";

const LINE_HEIGHT = 18;
const KNOB = 4;

/** Return {toStage(point), toPixel(point)} between pixels of the stored frame and CSS pixels of the stage. */
export function placing({ series, view }, box) {
  const image = imageSize(series);
  const [a, b, c, d, e, f] = matrixOf(view, image, box);
  const aspect = image.width / Math.max(series.columns, 1);
  return {
    toStage: ({ x, y }) => ({ x: a * x * aspect + c * y + e, y: b * x * aspect + d * y + f }),
    toPixel(point) {
      const { x, y } = imagePoint(point, view, image, box);
      return { x: x / aspect, y };
    },
  };
}

/** Return the elements of one measure; `toStage` places its points, `lines` are its words. */
export function drawingOf({ kind, points }, toStage, lines, isPending = false) {
  const placed = points.map(toStage);
  const group = shape("g", { class: isPending ? "measure is-pending" : "measure" });
  group.append(...outline(kind, points, toStage), ...placed.map(knob));
  if (lines.length) group.append(label(lines, placed));
  return group;
}

function outline(kind, points, toStage) {
  if (points.length < 2) return [];
  if (kind === "distance" || kind === "angle") return [path(points.map(toStage), false)];
  const [from, to] = points;
  if (kind === "rectangle") {
    return [path([from, { x: to.x, y: from.y }, to, { x: from.x, y: to.y }].map(toStage), true)];
  }
  return [path(aroundEllipse(from, to).map(toStage), true)];
}

function aroundEllipse(from, to) {
  const [x, y] = [(from.x + to.x) / 2, (from.y + to.y) / 2];
  return Array.from({ length: 72 }, (_, step) => {
    const turn = (step / 36) * Math.PI;
    return { x: x + (Math.cos(turn) * (to.x - from.x)) / 2, y: y + (Math.sin(turn) * (to.y - from.y)) / 2 };
  });
}

function path(points, isClosed) {
  const text = points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  return shape(isClosed ? "polygon" : "polyline", { points: text });
}

function knob({ x, y }) {
  return shape("circle", { cx: x, cy: y, r: KNOB });
}

function label(lines, placed) {
  const right = placed.reduce((most, point) => (point.x > most.x ? point : most));
  const group = shape("g", {});
  lines.forEach((line, at) => group.append(shape("text", { x: right.x + 10, y: right.y + 5 + at * LINE_HEIGHT }, line)));
  return group;
}
