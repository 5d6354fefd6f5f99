// Parts of a large picture at the size they are shown: fetched at rest, drawn over the whole picture.

import { imagePoint, imageSize, scaleOf } from "../geometry.js";
import { fetchFrame } from "../network.js";
import { delayAfter } from "../pace.js";
import { mediaType } from "../runstream.js";
import { windowText } from "../windowing.js";
import { levelFor, sizeAt, tilePath, tilesIn } from "./detailgrid.js";

const TRIES = 4;
// The whole picture is good enough when it has nearly as many pixels as the screen shows of it.
const ENOUGH = 0.9;

export class Detail {
  #coming = new Map();
  #failed = new Map();
  #wanted = [];

  /** Show parts of the pictures of a viewer. */
  constructor(viewer) {
    this.viewer = viewer;
    viewer.stage.sharpen = (context, scene) => this.#draw(context, scene);
    viewer.told = (scene) => ({ ...scene, shown: this.#told(scene) });
    viewer.state.listen(() => this.#update());
    this.#update();
  }

  // The tiles that are to be seen now, none where the whole picture is as good.
  #tiles(values, whole) {
    const { series, number, window, view, isDragging, isPlaying, mode } = values;
    const shown = this.viewer.scene.shown;
    if (isDragging || isPlaying || !series.has_tiles || series.extra || shown?.number !== number) return [];
    const { picture } = shown;
    if (picture.level !== "final" || picture.series !== series.id || picture.info.reason || shown.from) return [];
    const [image, { box, ratio }] = [imageSize(series), this.viewer.stage];
    const scale = scaleOf(view, image, box) * ratio;
    const level = levelFor(series, scale);
    if (whole >= Math.min(sizeAt(series, level).height, series.rows * scale * ENOUGH)) return [];
    const corners = [imagePoint({ x: 0, y: 0 }, view, image, box), imagePoint({ x: box.width, y: box.height }, view, image, box)];
    const across = corners.map(({ x }) => (x * series.columns) / image.width);
    const down = corners.map(({ y }) => y);
    const part = [Math.min(...across), Math.min(...down), Math.max(...across), Math.max(...down)];
    const format = mode === "full" && !series.is_color && !this.viewer.limits.isSlow ? "png" : "jpeg";
    const name = (tile) => `${series.id}|${windowText(window)}|${number}${tilePath(tile)}|${format}`;
    return tilesIn(series, level, part).map((tile) => ({ ...tile, key: name(tile), series, number, window, format }));
  }

  #update() {
    const { values, scene } = this.viewer;
    this.#wanted = this.#tiles(values, scene.shown?.bitmap.height ?? 0);
    const keys = new Set(this.#wanted.map(({ key }) => key));
    for (const [key, abort] of this.#coming) if (!keys.has(key)) abort.abort();
    if (values.isAtRest) this.#fill();
  }

  #fill() {
    const { pictures, loader } = this.viewer;
    for (const tile of this.#wanted) {
      const isHere = pictures.decoded.has(tile.key) || this.#coming.has(tile.key);
      if (isHere || this.#failed.get(tile.key)?.until > Date.now()) continue;
      if (!loader.take()) return;
      this.#fetch(tile);
    }
  }

  async #fetch(tile) {
    const { pictures, loader, stage } = this.viewer;
    const abort = new AbortController();
    this.#coming.set(tile.key, abort);
    const asked = { window: windowText(tile.window), format: tile.format };
    try {
      const { bytes, info } = await fetchFrame(tile.series, `${tile.number}${tilePath(tile)}`, asked, abort.signal);
      const blob = new Blob([bytes], { type: mediaType(new Uint8Array(bytes)) });
      const bitmap = info.reason ? null : await createImageBitmap(blob, { colorSpaceConversion: "none" });
      if (!bitmap) this.#failed.set(tile.key, { count: TRIES, until: Infinity });
      else pictures.decoded.put(tile.key, { bitmap, info }, bitmap.width * bitmap.height * 4);
    } catch (error) {
      if (!abort.signal.aborted) this.#later(tile, error);
    } finally {
      this.#coming.delete(tile.key);
      loader.release();
      stage.ask();
      this.#update();
    }
  }

  #later({ key }, { kind, retryAfter }) {
    const count = (this.#failed.get(key)?.count ?? 0) + 1;
    const wait = delayAfter(count, Math.random(), retryAfter);
    const isOver = count >= TRIES || kind === "signed-out" || kind === "gone";
    this.#failed.set(key, { count, until: isOver ? Infinity : Date.now() + wait });
    if (!isOver) setTimeout(() => this.#update(), wait + 20);
  }

  #draw(context, { shown, values }) {
    const tiles = this.#tiles(values, shown.bitmap.height);
    if (tiles.some(({ key }) => !this.#coming.has(key) && !this.viewer.pictures.decoded.has(key))) {
      if (values.isAtRest) queueMicrotask(() => this.#update());
    }
    const aspect = imageSize(values.series).width / values.series.columns;
    for (const { key, box: [left, top, right, bottom] } of tiles) {
      const kept = this.viewer.pictures.decoded.get(key);
      if (kept) context.drawImage(kept.bitmap, left * aspect, top, (right - left) * aspect, bottom - top);
    }
  }

  // What is told of the picture: final only when every part that is seen is here.
  #told({ shown, values }) {
    const tiles = shown ? this.#tiles(values, shown.bitmap.height) : [];
    if (!tiles.length) return shown;
    const kept = tiles.map(({ key }) => this.viewer.pictures.decoded.peek(key));
    const isWhole = kept.every(Boolean);
    const has = (name) => kept.some((one) => one?.info[name]);
    const info = { ...shown.picture.info, isLossy: has("isLossy"), isScaled: has("isScaled") };
    const level = isWhole ? "final" : "preview";
    return { ...shown, from: isWhole ? null : shown.from, picture: { ...shown.picture, level, info } };
  }
}
