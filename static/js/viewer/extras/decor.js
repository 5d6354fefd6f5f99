// Over the picture: which way the patient lies, how long a centimeter is, and a cube that turns with the view.

import { imageSize, scaleOf } from "../geometry.js";
import { planeAt } from "./measures.js";
import { numberWriter } from "./measurewords.js";
import { cubeFaces, edgeLetters, scaleBar } from "./orientation.js";
import { createLayer, oncePerFrame, shape } from "./svg.js";

const EDGE = 14;
const CUBE = 30;
// On a smaller stage the cube would lie on the picture.
const ROOM = { width: 360, height: 420 };
// Where a picture is narrower, the words in the corner may take three lines.
const NARROW = 600;
// Lengths in what is shown itself.
const PLAIN = new Set(["patient", "glass"]);
const SHOWN = ["series", "number", "view", "mode", "hasOverlay"];

export class Decor {
  #drawn = [];

  constructor(viewer) {
    this.viewer = viewer;
    this.plain = numberWriter(document.documentElement.lang);
    this.layer = createLayer(viewer.surface, "decor extra");
    this.ask = oncePerFrame(() => this.#draw());
    viewer.state.listen((changed) => SHOWN.some((name) => changed.has(name)) && this.ask());
    new ResizeObserver(this.ask).observe(viewer.surface);
  }

  #draw() {
    const { values, stage } = this.viewer;
    const plane = planeAt(values.series, values.number);
    if (!this.#isNews([plane, values.series, values.view, values.mode, stage.box])) return;
    const drawn = [...this.#letters(plane, values, stage.box), ...this.#bar(plane, values, stage.box)];
    const hasRoom = stage.box.width >= ROOM.width && stage.box.height >= ROOM.height;
    if (values.mode === "full" && hasRoom) drawn.push(...cube(plane, values.view, stage.box));
    this.layer.replaceChildren(...drawn);
  }

  // Most frames of a series lie alike: while somebody scrolls there is nothing to draw anew.
  #isNews(facts) {
    const isOld = this.#drawn.every((fact, at) => fact === facts[at]) && this.#drawn.length > 0;
    this.#drawn = facts;
    return !isOld;
  }

  #letters(plane, { view, mode }, { width, height }) {
    const letters = edgeLetters(plane, view);
    if (!letters) return [];
    const words = (edge) => (mode === "full" ? letters[edge] : this.viewer.say(`way-${letters[edge].charAt(0)}`));
    const at = (edge, x, y, anchor) => shape("text", { class: "way", "data-edge": edge, x, y, "text-anchor": anchor }, words(edge));
    return [
      at("left", EDGE / 2, height / 2, "start"),
      at("right", width - EDGE / 2, height / 2, "end"),
      at("top", width / 2, EDGE + 6, "middle"),
      at("bottom", width / 2, height - EDGE, "middle"),
    ];
  }

  #bar(plane, { series, view }, box) {
    if (!plane?.spacing) return [];
    // Where there is little room it is short and lies between the words in the corners, not on the picture.
    const [share, lift] = box.height < ROOM.height ? [0.6, 32] : [1, box.width < NARROW ? 80 : 60];
    const bar = scaleBar(plane.spacing[0] / scaleOf(view, imageSize(series), box), box.width * share);
    const [x, y] = [(box.width - bar.pixels) / 2, box.height - lift];
    const [unit, times] = unitFor(bar.millimeters);
    const length = this.viewer.say(`bar-${unit}`, { n: this.plain(bar.millimeters * times, 2) });
    const words = PLAIN.has(plane.spacing_kind) ? length : `${length} ${this.viewer.say(`bar-${plane.spacing_kind}`)}`;
    const line = `M${x} ${y - 4}v8M${x} ${y}h${bar.pixels}M${x + bar.pixels} ${y - 4}v8`;
    return [
      shape("path", { class: "bar", d: line }),
      shape("text", { class: "bar-words", x: box.width / 2, y: y - 8, "text-anchor": "middle" }, words),
    ];
  }
}

function unitFor(millimeters) {
  if (millimeters >= 10) return ["cm", 0.1];
  return millimeters >= 0.1 ? ["mm", 1] : ["um", 1000];
}

function cube(plane, view, { height }) {
  const [x, y] = [CUBE + 12, height - 110];
  const place = ([u, v]) => [x + u * CUBE, y + v * CUBE];
  return cubeFaces(plane, view).flatMap(({ letter, points }) => {
    const corners = points.map(place);
    const middle = [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / 4);
    return [
      shape("polygon", { class: "face", points: corners.map((corner) => corner.map((part) => part.toFixed(1)).join(",")).join(" ") }),
      shape("text", { class: "face-letter", x: middle[0], y: middle[1] + 5, "text-anchor": "middle" }, letter),
    ];
  });
}
