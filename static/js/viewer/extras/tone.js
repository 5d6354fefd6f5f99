// Shows a gray picture in another window, on the spot, while the server makes the exact one.

import { windowText } from "../windowing.js";
import { remapTable } from "./remap.js";

const LONGEST = 1024;
const OPAQUE = 0xff000000;

export class Tone {
  #canvas = document.createElement("canvas");
  #context = this.#canvas.getContext("2d", { willReadFrequently: true });
  #pixels = null;
  #image = null;
  #source = null;
  #shown = "";

  /** Return a canvas with `bitmap` re-mapped from one window to another. */
  apply(bitmap, from, to, isInverted) {
    if (bitmap !== this.#source) this.#read(bitmap);
    const shown = `${windowText(from)}>${windowText(to)}`;
    if (shown !== this.#shown) this.#write(remapTable(from, to, isInverted));
    this.#shown = shown;
    return this.#canvas;
  }

  #read(bitmap) {
    const scale = Math.min(1, LONGEST / Math.max(bitmap.width, bitmap.height));
    this.#canvas.width = Math.max(1, Math.round(bitmap.width * scale));
    this.#canvas.height = Math.max(1, Math.round(bitmap.height * scale));
    const { width, height } = this.#canvas;
    this.#context.drawImage(bitmap, 0, 0, width, height);
    this.#image = this.#context.getImageData(0, 0, width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer).map((pixel) => pixel & 255);
    this.#source = bitmap;
    this.#shown = "";
  }

  #write(table) {
    const grays = Uint32Array.from(table, (gray) => (OPAQUE | (gray << 16) | (gray << 8) | gray) >>> 0);
    const out = new Uint32Array(this.#image.data.buffer);
    const pixels = this.#pixels;
    for (let at = 0; at < pixels.length; at += 1) out[at] = grays[pixels[at]];
    this.#context.putImageData(this.#image, 0, 0);
  }
}
