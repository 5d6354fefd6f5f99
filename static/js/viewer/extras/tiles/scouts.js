// Draws scout lines: in each picture, where the others cut it. Only within one frame of reference, where they are true.

import { imageSize, matrixOf } from "../../geometry.js";
import { createLayer, oncePerFrame, shape } from "../svg.js";
import { scoutLine } from "./scoutline.js";
import { planeOf } from "./stack.js";

export class Scouts {
  #layers = new WeakMap();

  /** `tiles` is {all, stack(series)}; the first of all is the picture that is worked with. */
  constructor(tiles) {
    this.tiles = tiles;
    this.ask = oncePerFrame(() => this.#draw());
  }

  #draw() {
    const { all } = this.tiles;
    for (const one of all) {
      if (!this.#layers.has(one.surface)) this.#layers.set(one.surface, createLayer(one.surface, "scouts extra"));
      // In the picture that is worked with, those of the others; in the others, only its own.
      const cutting = one === all[0] ? all.slice(1) : all.slice(0, 1);
      this.#layers.get(one.surface).replaceChildren(...cutting.flatMap((other) => this.#line(other, one)));
    }
  }

  #line(cutting, onto) {
    const [from, to] = [cutting, onto].map(({ values }) => this.tiles.stack(values.series));
    if (!from.reference || from.reference !== to.reference) return [];
    const line = scoutLine(planeOf(from, cutting.values.number), planeOf(to, onto.values.number));
    if (!line) return [];
    const { series, view } = onto.values;
    const image = imageSize(series);
    const [a, b, c, d, e, f] = matrixOf(view, image, onto.stage.box);
    const [[x1, y1], [x2, y2]] = line.map(([column, row]) => {
      const [x, y] = [(column / series.columns) * image.width, (row / series.rows) * image.height];
      return [a * x + c * y + e, b * x + d * y + f];
    });
    return [shape("line", { class: "scout", x1, y1, x2, y2 })];
  }
}
