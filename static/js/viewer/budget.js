// A store bounded by bytes: what was used longest ago goes first.

export class ByteBudget {
  #items = new Map();
  #bytes = 0;

  /** `most` is the bound in bytes; `onDrop(value, key)` is told of each thing that goes. */
  constructor(most, onDrop = () => {}) {
    this.most = most;
    this.onDrop = onDrop;
  }

  get bytes() {
    return this.#bytes;
  }

  has(key) {
    return this.#items.has(key);
  }

  keys() {
    return this.#items.keys();
  }

  /** Return the value and count it as used now. */
  get(key) {
    const item = this.#items.get(key);
    if (!item) return undefined;
    this.#items.delete(key);
    this.#items.set(key, item);
    return item.value;
  }

  /** Return the value without counting it as used. */
  peek(key) {
    return this.#items.get(key)?.value;
  }

  /** Keep a value; one that is larger than the whole budget is kept alone, so that it can be shown. */
  put(key, value, bytes) {
    this.drop(key);
    this.#items.set(key, { value, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#items.keys()) {
      if (this.#bytes <= this.most || oldest === key) break;
      this.drop(oldest);
    }
  }

  drop(key) {
    const item = this.#items.get(key);
    if (!item) return;
    this.#items.delete(key);
    this.#bytes -= item.bytes;
    this.onDrop(item.value, key);
  }
}
