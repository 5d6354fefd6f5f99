// Another study of the same person beside this one.

import { fetchJson } from "../../network.js";
import { baseOf } from "../../variants.js";
import { mostLike, pairIn } from "./layouts.js";
import { belonging } from "./whose.js";

export class Compare {
  #strip = null;
  #asked = 0;
  #hadOne;

  constructor(viewer, tiles) {
    Object.assign(this, { viewer, tiles });
    this.#hadOne = viewer.root.classList.contains("has-one-series");
    this.list = viewer.root.querySelector("[data-priors]");
    Object.assign(viewer.commands, {
      compare: () => this.#toggle(),
      series: (by) => this.#step(by),
    });
    this.list?.addEventListener("change", () => this.show(this.list.value));
    const wanted = viewer.root.dataset.compare;
    if (wanted) this.show(wanted);
  }

  /** Lay the study with that key beside this one; "" takes it away again. */
  async show(key) {
    const asked = (this.#asked += 1);
    if (!key) return this.#end();
    const option = [...this.list.options].find(({ value }) => value === key);
    if (!option) return undefined;
    this.list.value = key;
    try {
      const manifest = await fetchJson(option.dataset.manifest);
      return asked === this.#asked ? this.#lay(belonging(manifest, option.dataset.viewer), option.label) : undefined;
    } catch (trouble) {
      if (asked !== this.#asked) return undefined;
      this.list.value = "";
      return this.viewer.state.change({ trouble: trouble.kind ?? "offline" });
    }
  }

  #lay(images, title) {
    const { viewer, tiles } = this;
    if (this.#strip) this.#leave();
    const like = mostLike(viewer.values.series, images);
    if (!like) {
      this.list.value = "";
      return this.#tell("compare-empty");
    }
    viewer.series.push(...images);
    this.#strip = strip(images, title, viewer.root.querySelector("nav.series ul"));
    viewer.root.classList.add("is-comparing");
    viewer.root.classList.toggle("has-one-series", this.#hadOne && images.length < 2);
    const { width, height } = tiles.place.getBoundingClientRect();
    return tiles.lay(pairIn({ width, height }), [like]);
  }

  #end() {
    if (!this.#strip) return;
    this.#leave();
    this.tiles.lay("1x1");
  }

  // No tile shows the other study any more.
  #leave() {
    const { viewer, tiles } = this;
    const own = viewer.series.filter(({ home }) => !home);
    viewer.series.splice(0, Infinity, ...own);
    if (baseOf(viewer.values.series).home) {
      const back = tiles.beside.find(({ values }) => !baseOf(values.series).home);
      if (back) tiles.activate(back);
      else viewer.run("open", own[0].id);
    }
    tiles.lay("1x1");
    this.#strip.remove();
    this.#strip = null;
    viewer.root.classList.remove("is-comparing");
    viewer.root.classList.toggle("has-one-series", this.#hadOne);
  }

  // Seen on the picture until it changes (link.js), and said aloud.
  #tell(word) {
    const words = this.viewer.say(word);
    this.viewer.root.querySelector("[data-link-words]").textContent = words;
    this.viewer.aloud.later(() => words);
  }

  #toggle() {
    const { viewer, list } = this;
    if (!list) return this.#tell("compare-none");
    const { modality } = viewer.values.series;
    const others = [...list.options].filter(({ value }) => value);
    const best = others.find(({ dataset }) => dataset.modalities.split(" ").includes(modality)) ?? others[0];
    list.value = this.#strip ? "" : best.value;
    return this.show(list.value);
  }

  // The next series of the study that is worked with, never one of the other study.
  #step(by) {
    const { series, values } = this.viewer;
    const { home } = baseOf(values.series);
    const same = series.filter((entry) => entry.home === home);
    const next = same[same.indexOf(baseOf(values.series)) + by];
    if (next) this.viewer.run("open", next.id);
  }
}

function strip(images, title, list) {
  const item = document.createElement("li");
  const heading = document.createElement("p");
  heading.className = "thumbs-title";
  heading.textContent = title;
  item.append(heading, ...images.map(thumb));
  list.append(item);
  return item;
}

function thumb({ id, description, modality, frame_count: count, frames_url: address }) {
  const [button, image, name] = ["button", "img", "span"].map((tag) => document.createElement(tag));
  Object.assign(button, { className: "thumb", type: "button" });
  Object.assign(button.dataset, { command: `open:${id}`, series: id });
  Object.assign(image, { src: `${address}${Math.floor((count + 1) / 2)}?size=128`, width: 64, height: 64, alt: "", loading: "lazy" });
  name.className = "thumb-text";
  name.textContent = description || modality;
  button.append(image, name);
  return button;
}
