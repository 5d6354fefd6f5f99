// Draws the picture on the canvas, once per animation frame and only when something changed.

import { imageSize, matrixOf } from "./geometry.js";
import { Slowness } from "./pace.js";

const MOST_RATIO = 3;

export class Stage {
  #canvas;
  #context;
  #asked = 0;
  #slowness = new Slowness();
  #ratio = 1;
  #wasAtRest = false;

  /** `compose()` returns what to draw: {shown, values, target}. */
  constructor(canvas, compose) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.compose = compose;
    /** Returns what is drawn of a scene; extras/extras.js puts one here that knows other windows. */
    this.source = ({ shown }) => shown.bitmap;
    /** Draws over the picture (extras/alltools.js). */
    this.over = () => {};
    /** Draws parts of the picture more sharply, in units of the image (extras/detail.js). */
    this.sharpen = () => {};
    this.box = { width: 1, height: 1 };
    this.measure();
  }

  get ratio() {
    return Math.min(window.devicePixelRatio || 1, MOST_RATIO);
  }

  /** Take the size that the page gives the canvas. */
  measure() {
    const { width, height } = this.#canvas.getBoundingClientRect();
    this.box = { width: Math.max(width, 1), height: Math.max(height, 1) };
    this.ask();
  }

  /** Draw at the next animation frame. */
  ask() {
    this.#asked ||= requestAnimationFrame(() => {
      this.#asked = 0;
      this.#draw();
    });
  }

  #draw() {
    const scene = this.compose();
    this.#choosePixels(scene.values);
    this.#resize();
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (!scene.shown) return;
    const image = imageSize(scene.values.series);
    const matrix = matrixOf(scene.values.view, image, this.box);
    this.#paint(scene, image, matrix);
    this.over(scene, matrix, this.#ratio, context, (larger) => this.#paint(scene, image, larger));
  }

  // On a slow device a moving picture has one pixel per CSS pixel.
  #choosePixels({ isAtRest }) {
    const { isKnown } = this.#slowness;
    const isCoarse = isKnown && !(isAtRest && this.#wasAtRest);
    this.#ratio = isCoarse ? Math.min(this.ratio, 1) : this.ratio;
    this.#wasAtRest = isAtRest;
    // First what a hand did, then all pixels.
    if (isCoarse && isAtRest) this.ask();
    if (isKnown || isAtRest) return;
    const began = performance.now();
    // The page is laid out and painted between this callback and the next task.
    setTimeout(() => this.#slowness.note(performance.now() - began));
  }

  #resize() {
    const [width, height] = [Math.round(this.box.width * this.#ratio), Math.round(this.box.height * this.#ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
  }

  #paint(scene, image, matrix) {
    const context = this.#context;
    context.setTransform(...matrix.map((part) => part * this.#ratio));
    context.imageSmoothingEnabled = true;
    // High quality takes twice the time: only for a picture that stands still.
    context.imageSmoothingQuality = scene.values.isAtRest ? "high" : "low";
    const isTile = Boolean(scene.shown.picture.info.reason);
    const place = isTile ? inside(image, scene.shown.bitmap) : [0, 0, image.width, image.height];
    context.drawImage(this.source(scene), ...place);
    this.sharpen(context, scene);
    if (!scene.values.isInverted || isTile) return;
    context.globalCompositeOperation = "difference";
    context.fillStyle = "#fff";
    context.fillRect(...place);
    context.globalCompositeOperation = "source-over";
  }
}

// A tile with words is shown whole, never stretched.
function inside(image, { width, height }) {
  const scale = Math.min(image.width / width, image.height / height);
  const [w, h] = [width * scale, height * scale];
  return [(image.width - w) / 2, (image.height - h) / 2, w, h];
}
