// The pictures at hand, within a budget of bytes: encoded ones, and decoded ones ready to be drawn.

import { ByteBudget } from "./budget.js";
import { mediaType } from "./runstream.js";

export const LEVELS = ["final", "sharp", "preview", "thumb"];

/** Return the name of a picture in the stores. */
export function keyOf(series, number, window, level) {
  return `${series}|${window}|${level}|${number}`;
}

export class Pictures {
  #encoded;
  /** What is ready to be drawn, by name, as {bitmap}: parts of pictures too. */
  decoded;
  #decoding = new Set();
  #dropped = new Set();

  /** `onDecoded(picture)` is called when a picture has become ready to be drawn. */
  constructor(bytes, onDecoded) {
    this.onDecoded = onDecoded;
    // Previews have their own part, so that sharp pictures never push them out.
    const dropped = (_, key) => this.#dropped.add(key);
    const small = new ByteBudget(bytes / 8, dropped);
    const large = new ByteBudget(bytes / 8);
    this.#encoded = { thumb: small, preview: small, sharp: large, final: large };
    this.decoded = new ByteBudget((bytes * 3) / 4, ({ bitmap }) => bitmap.close());
  }

  /** Keep a picture: {series, number, window, level, ask, bytes, info}; `window` is the text that was asked for. */
  put(picture) {
    const key = keyOf(picture.series, picture.number, picture.window, picture.level);
    this.#dropped.delete(key);
    this.#encoded[picture.level].put(key, { ...picture, key }, picture.bytes.byteLength);
    const kept = this.#encoded[picture.level].peek(key);
    // Decoded while it loads, a preview is there at once when somebody scrolls to it.
    if (picture.level === "preview" && this.decoded.bytes < this.decoded.most / 2) this.bitmap(kept);
    return kept;
  }

  /** Keep an already decoded picture, such as the one that came in the HTML. */
  putDecoded(picture, bitmap) {
    const kept = this.put({ ...picture, bytes: new Uint8Array(0) });
    this.#keepDecoded(kept, bitmap);
    return kept;
  }

  /** Return whether a picture is here that is as large as `ask` ({size, format}) wants it, in that format. */
  has(series, number, window, level, ask) {
    const picture = this.#encoded[level].peek(keyOf(series, number, window, level));
    return Boolean(picture) && isEnough(picture, ask);
  }

  /** Return whether a picture was here and had to go. */
  wasDropped(series, number, window, level) {
    return this.#dropped.has(keyOf(series, number, window, level));
  }

  /** Return the pictures of a frame, best first. */
  of(series, number, window) {
    return LEVELS.map((level) => this.#encoded[level].get(keyOf(series, number, window, level))).filter(Boolean);
  }

  /** Return the numbers of the frames with anything to show, in a window. */
  numbers(series, window) {
    const prefix = `${series}|${window}|`;
    const stores = [this.#encoded.preview, this.#encoded.final];
    const keys = stores.flatMap((store) => [...store.keys()]).filter((key) => key.startsWith(prefix));
    return [...new Set(keys.map((key) => Number(key.slice(key.lastIndexOf("|") + 1))))];
  }

  /** Return the bitmap of a picture, or an older one of the same frame while this one is decoded, or null. */
  bitmap(picture) {
    const ready = this.decoded.get(picture.key);
    if (ready?.picture !== picture) this.#decode(picture);
    return ready?.bitmap ?? null;
  }

  async #decode(picture) {
    if (this.#decoding.has(picture)) return;
    if (!picture.bytes.byteLength) return this.#encoded[picture.level].drop(picture.key);
    this.#decoding.add(picture);
    try {
      const blob = new Blob([picture.bytes], { type: mediaType(picture.bytes) });
      this.#settle(picture, await createImageBitmap(blob, { colorSpaceConversion: "none" }));
    } catch {
      this.#encoded[picture.level].drop(picture.key);
    } finally {
      this.#decoding.delete(picture);
    }
  }

  #settle(picture, bitmap) {
    const isKept = this.#encoded[picture.level].peek(picture.key) === picture;
    if (!isKept) return bitmap.close();
    this.#keepDecoded(picture, bitmap);
    return this.onDecoded(picture);
  }

  #keepDecoded(picture, bitmap) {
    this.decoded.put(picture.key, { picture, bitmap }, bitmap.width * bitmap.height * 4);
  }
}

function isEnough(picture, ask) {
  if (picture.info.reason || !ask) return true;
  const isLarge = picture.ask.size === 0 || (ask.size > 0 && picture.ask.size >= ask.size);
  return isLarge && (picture.ask.format === "png" || picture.ask.format === ask.format);
}
