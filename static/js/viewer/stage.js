// Draws the picture on the canvas, once per animation frame and only when something changed.

import { imageSize, matrixOf } from "./geometry.js";

const MOST_RATIO = 3;
const LENS_ZOOM = 2;
const LENS_RADIUS = 76;

export class Stage {
  #canvas;
  #context;
  #asked = 0;

  /** `compose()` returns what to draw: {shown, values, target}. */
  constructor(canvas, compose) {
    this.#canvas = canvas;
    this.#context = canvas.getContext("2d", { alpha: false });
    this.compose = compose;
    /** Returns what is drawn of a scene; extras/extras.js puts one here that knows other windows. */
    this.source = ({ shown }) => shown.bitmap;
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
    this.#resize();
    const scene = this.compose();
    const context = this.#context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.fillStyle = "#000";
    context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    if (!scene.shown) return;
    const image = imageSize(scene.values.series);
    const matrix = matrixOf(scene.values.view, image, this.box);
    this.#paint(scene, image, matrix);
    if (scene.values.lens) this.#magnify(scene, image, matrix);
  }

  #resize() {
    const [width, height] = [Math.round(this.box.width * this.ratio), Math.round(this.box.height * this.ratio)];
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
  }

  #paint(scene, image, matrix) {
    const context = this.#context;
    context.setTransform(...matrix.map((part) => part * this.ratio));
    context.imageSmoothingEnabled = true;
    // High quality takes twice the time: only for a picture that stands still.
    context.imageSmoothingQuality = scene.values.isAtRest ? "high" : "low";
    const isTile = Boolean(scene.shown.picture.info.reason);
    const place = isTile ? inside(image, scene.shown.bitmap) : [0, 0, image.width, image.height];
    context.drawImage(this.source(scene), ...place);
    if (!scene.values.isInverted || isTile) return;
    context.globalCompositeOperation = "difference";
    context.fillStyle = "#fff";
    context.fillRect(...place);
    context.globalCompositeOperation = "source-over";
  }

  #magnify(scene, image, matrix) {
    const context = this.#context;
    const { x, y } = scene.values.lens;
    context.save();
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.beginPath();
    context.arc(x, y, LENS_RADIUS, 0, Math.PI * 2);
    context.clip();
    context.fillStyle = "#000";
    context.fillRect(x - LENS_RADIUS, y - LENS_RADIUS, LENS_RADIUS * 2, LENS_RADIUS * 2);
    const larger = matrix.map((part) => part * LENS_ZOOM);
    larger[4] += x * (1 - LENS_ZOOM);
    larger[5] += y * (1 - LENS_ZOOM);
    this.#paint(scene, image, larger);
    context.restore();
    this.#ring(x, y);
  }

  #ring(x, y) {
    const context = this.#context;
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.strokeStyle = "#cfd8df";
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, LENS_RADIUS, 0, Math.PI * 2);
    context.stroke();
  }
}

// A tile with words has its own shape: it is shown whole inside the image's place, never stretched.
function inside(image, { width, height }) {
  const scale = Math.min(image.width / width, image.height / height);
  const [w, h] = [width * scale, height * scale];
  return [(image.width - w) / 2, (image.height - h) / 2, w, h];
}
