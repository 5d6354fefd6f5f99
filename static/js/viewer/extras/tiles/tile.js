// A picture beside the one that is worked with: its own series, frame and window, drawn and loaded by itself.

import { Decor } from "../decor.js";
import { Loader } from "../../loader.js";
import { REST, SETTLE } from "../../pace.js";
import { Scene } from "../../scene.js";
import { Stage } from "../../stage.js";
import { createState, toSeries } from "../../state.js";
import { wantOf } from "../../wants.js";
import { windowText } from "../../windowing.js";
import { Overlay } from "../../words.js";
import { wear } from "./whose.js";

const MOVING = ["number", "series", "window", "view", "mode"];

export class Tile {
  #viewer;
  #overlay;
  #timer = 0;
  #resized;

  /** `source(surface)` gives what Stage draws of a scene (extras.js). */
  constructor(viewer, surface, series, place, source) {
    this.#viewer = viewer;
    this.surface = surface;
    this.say = viewer.say;
    const calm = { isDragging: false, isAtRest: false, isSettled: false };
    this.state = createState({ ...viewer.values, ...toSeries(series, place), ...calm });
    this.scene = new Scene(viewer.pictures, () => this.stage.ask(), viewer.scene.defaults);
    this.#overlay = new Overlay(surface, viewer.say);
    this.loader = new Loader(viewer.pictures, {
      onPicture: (picture) => this.#arrived(picture),
      onTrouble: (trouble) => trouble && viewer.state.change({ trouble }),
    });
    this.stage = new Stage(surface.querySelector("canvas"), () => this.#compose());
    this.stage.source = source(surface);
    this.decor = new Decor(this);
    this.state.listen((changed) => this.#changed(changed));
    this.#resized = new ResizeObserver(() => {
      this.stage.measure();
      this.#moved();
    });
    this.#resized.observe(surface);
    this.#changed(new Set(MOVING));
  }

  get values() {
    return this.state.values;
  }

  /** Show another series, where it was left. */
  open(series, place) {
    this.state.change(toSeries(series, place));
  }

  /** Show frame `number` of the same series. */
  go(number) {
    const { series, number: now } = this.values;
    const inside = Math.min(Math.max(number, 1), series.frame_count);
    if (inside !== now) this.state.change({ number: inside, direction: Math.sign(inside - now) });
  }

  /** Try again what failed. */
  retry() {
    this.#load();
    this.loader.retry();
  }

  /** Leave the page. */
  end() {
    clearTimeout(this.#timer);
    this.#resized.disconnect();
    this.loader.stop();
    this.surface.remove();
  }

  #changed(changed) {
    const { series, number } = this.values;
    if (changed.has("series")) wear(this.surface, series);
    if (changed.has("window")) this.scene.remember(this.values.window);
    const what = this.say("alternative", { what: series.what, n: number, m: series.frame_count });
    this.surface.setAttribute("aria-label", this.say("tile-choose", { what }));
    if (MOVING.some((name) => changed.has(name))) this.#moved();
    this.stage.ask();
  }

  #moved() {
    this.state.change({ isAtRest: false, isSettled: false });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#rest(), REST);
    this.#load();
  }

  #rest() {
    this.state.change({ isAtRest: true });
    this.#load();
    this.#timer = setTimeout(() => this.#settle(), SETTLE);
  }

  #settle() {
    this.state.change({ isSettled: true });
    this.#load();
  }

  #load() {
    this.loader.update(wantOf(this.values, this.stage.box, this.stage.ratio, this.#viewer.limits));
  }

  #arrived(picture) {
    this.scene.learn(picture);
    if (this.scene.awaits(picture, this.values)) this.stage.ask();
  }

  #compose() {
    const scene = this.#viewer.inValues(this.scene.compose(this.values));
    const { series, number, window } = this.values;
    const hasFailed = this.loader.isFailing(series.id, windowText(window), number);
    this.#overlay.show({ ...scene, hasFailed });
    this.surface.classList.toggle("is-live", Boolean(scene.shown));
    return scene;
  }
}
