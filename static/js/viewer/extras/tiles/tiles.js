// Several pictures at once. One is worked with: the viewer's own, which moves to where it is wanted; the others are tiles.

import { fetchJson } from "../../network.js";
import { placeOf, toSeries } from "../../state.js";
import { baseOf } from "../../variants.js";
import { following, LAYOUTS, shareOf } from "./layouts.js";
import { apart, follow, tie, together } from "./linked.js";
import { Scouts } from "./scouts.js";
import { stackOf } from "./stack.js";
import { Tile } from "./tile.js";
import { studyOn, wear } from "./whose.js";

export class Tiles {
  #source;
  #tiles = [];
  #ties = new Map();
  #stacks = new Map();

  /** `source(surface)` gives what a stage draws of a scene. */
  constructor(viewer, source) {
    Object.assign(this, { viewer, layout: "1x1", isLinked: true });
    this.#source = source;
    this.place = viewer.surface.parentElement;
    const study = studyOn(viewer.surface);
    for (const series of viewer.series) series.study = study;
    viewer.surface.dataset.cell = "0";
    this.scouts = new Scouts(this);
    viewer.pictures.onDecoded = (picture) => {
      for (const { scene, stage, values } of this.all) if (scene.awaits(picture, values)) stage.ask();
    };
    viewer.state.listen((changed, values) => this.#followed(changed, values));
    Object.assign(viewer.commands, {
      layout: (name) => this.lay(name),
      linked: () => this.#setLinked(!this.isLinked),
      lineUp: () => this.#tieAll(true),
    });
    this.#show();
  }

  /** The tiles beside the picture that is worked with. */
  get beside() {
    return this.#tiles;
  }

  /** All that are drawn: the viewer and its tiles, each with surface, stage, state and values. */
  get all() {
    return [this.viewer, ...this.#tiles];
  }

  /** Lay the pictures out; `wanted` are series for the tiles, in order, where the usual ones will not do. */
  lay(name, wanted = []) {
    const count = LAYOUTS[name];
    const { viewer } = this;
    for (const tile of this.#tiles.splice(count - 1)) this.#end(tile);
    this.layout = name;
    const usual = following(viewer.series, viewer.values.series, count - 1);
    for (let at = 0; at < count - 1; at += 1) {
      const series = wanted[at] ?? usual[at];
      if (!this.#tiles[at]) this.#tiles.push(this.#create(series));
      else if (wanted[at]) this.#tiles[at].open(series);
    }
    this.all.forEach(({ surface }, cell) => (surface.dataset.cell = String(cell)));
    this.#show();
    this.#tieAll(true);
  }

  /** Work with the picture in `tile`: the two change places, so that each stays where it is seen. */
  activate(tile) {
    const { viewer } = this;
    const [here, there] = [viewer.values, tile.values].map((values) => [values.series, placeOf(values)]);
    const [own, other] = [viewer.surface.dataset, tile.surface.dataset];
    [own.cell, other.cell] = [other.cell, own.cell];
    this.#ties.clear();
    tile.open(...here);
    viewer.state.change(toSeries(...there));
    viewer.surface.focus({ preventScroll: true });
    this.#tieAll(false);
  }

  /** Return the tile that lies on `surface`, undefined for the picture that is worked with. */
  on(surface) {
    return this.#tiles.find((tile) => tile.surface === surface);
  }

  /** Return how a series lies in the patient, as far as it is known by now. */
  stack(series) {
    return this.#stacks.get(lying(series).id) ?? stackOf(series);
  }

  #create(series) {
    const { viewer } = this;
    const surface = this.place.querySelector("[data-tile]").content.firstElementChild.cloneNode(true);
    wear(surface, series);
    this.place.append(surface);
    const tile = new Tile(viewer, surface, series, undefined, this.#source);
    tile.state.listen((changed) => changed.has("series") && this.#tieTo(tile, false));
    tile.state.listen(() => this.scouts.ask());
    surface.addEventListener("pointerdown", (event) => this.#taken(tile, event, PointerEvent));
    surface.addEventListener("wheel", (event) => this.#taken(tile, event, WheelEvent), { passive: false });
    surface.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      this.activate(tile);
    });
    return tile;
  }

  #end(tile) {
    this.#ties.delete(tile);
    tile.end();
  }

  // What was begun on a tile goes on in the picture that is worked with, which lies there now.
  #taken(tile, event, Kind) {
    event.preventDefault();
    this.activate(tile);
    this.viewer.surface.dispatchEvent(new Kind(event.type, event));
  }

  #show() {
    const { root, loader } = this.viewer;
    const { active, beside } = shareOf(this.layout);
    root.dataset.layout = this.layout;
    root.classList.toggle("has-tiles", this.#tiles.length > 0);
    loader.most = active;
    for (const tile of this.#tiles) tile.loader.most = beside;
    for (const button of root.querySelectorAll("button[data-command^='layout:']")) {
      button.setAttribute("aria-pressed", String(button.dataset.command === `layout:${this.layout}`));
    }
    for (const button of root.querySelectorAll("[data-command='linked']")) {
      button.setAttribute("aria-pressed", String(this.isLinked));
    }
    this.#tellApart();
    this.scouts.ask();
  }

  #setLinked(isLinked) {
    this.isLinked = isLinked;
    this.#show();
    if (isLinked) this.#tieAll(false);
  }

  #followed(changed, values) {
    const { surface, root } = this.viewer;
    if (changed.has("series")) {
      wear(surface, values.series);
      root.classList.toggle("is-elsewhere", Boolean(baseOf(values.series).home));
      if (this.#ties.size) this.#tieAll(false);
    } else if (changed.has("number") && this.isLinked) {
      for (const [tile, tied] of this.#ties) this.#move(tile, tied);
    }
    if (changed.has("mode") || changed.has("hasOverlay")) {
      for (const tile of this.#tiles) tile.state.change({ mode: values.mode, hasOverlay: values.hasOverlay });
    }
    this.scouts.ask();
  }

  #move(tile, tied) {
    const { series, number } = this.viewer.values;
    tile.go(follow(this.stack(series), number, this.stack(tile.values.series), tile.values.number, tied));
  }

  #tieAll(isNew) {
    for (const tile of this.#tiles) this.#tieTo(tile, isNew);
  }

  // From now on the tile goes with the picture: as both stand at this call, or lined up where it is new.
  async #tieTo(tile, isNew) {
    this.#ties.delete(tile);
    const { viewer } = this;
    const [from, to] = [viewer.values, tile.values].map(({ series, number }) => ({ series, number }));
    const [here, there] = await Promise.all([this.#learn(from.series), this.#learn(to.series)]);
    const isOver = !this.#tiles.includes(tile) || viewer.values.series !== from.series || tile.values.series !== to.series;
    if (isOver) return;
    const stands = tie(here, from.number, there, to.number);
    const tied = isNew || !apart(here, there, stands) ? together(here, there) : stands;
    this.#ties.set(tile, tied);
    if (this.isLinked || isNew) this.#move(tile, tied);
    this.#tellApart();
    this.scouts.ask();
  }

  // While they scroll together: how far the one that is farthest off is from where it was laid at first.
  #tellApart() {
    const { root, say, values, aloud } = this.viewer;
    const here = this.stack(values.series);
    const each = [...this.#ties].map(([tile, tied]) => {
      const n = apart(here, this.stack(tile.values.series), tied);
      return { n, word: tied?.share === undefined ? "apart-mm" : "apart-frames" };
    });
    const { n, word } = each.reduce((most, one) => (one.n > most.n ? one : most), { n: 0 });
    const button = root.querySelector("[data-command='lineUp']");
    const place = button.querySelector("span");
    const words = n && this.isLinked ? say(word, { n }) : "";
    if (words && words !== place.textContent) aloud.later(() => words);
    button.hidden = !words;
    place.textContent = words;
  }

  async #learn(series) {
    const { id, frames_url: address } = lying(series);
    if (!this.#stacks.has(id)) {
      const geometry = await fetchJson(address.replace(/frames\/$/, "geometry.json")).catch(() => null);
      if (!geometry) return stackOf(series); // Asked again when it is needed again.
      this.#stacks.set(id, stackOf(lying(series), geometry));
    }
    return this.#stacks.get(id);
  }
}

// What is calculated from a series lies in its own way; what is only drawn over a series lies as that does.
function lying(series) {
  return series.isCalculated ? series : baseOf(series);
}
