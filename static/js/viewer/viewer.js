// The viewer: joins state, pictures, stage and controls.

import { createCommands } from "./commands.js";
import { Controls } from "./controls.js";
import { zoomAt, imageSize } from "./geometry.js";
import { commandOf, readKeys } from "./keys.js";
import { Loader } from "./loader.js";
import { Notices, Overlay } from "./words.js";
import { REST, SETTLE } from "./pace.js";
import { Pictures } from "./pictures.js";
import { listenToPointers } from "./pointer.js";
import { Scene } from "./scene.js";
import { Stage } from "./stage.js";
import { createState, middleFrame } from "./state.js";
import { wantOf } from "./wants.js";
import { choiceOf, choicesFor, windowText } from "./windowing.js";

const RETRY = 4000;
const MOVING = ["number", "series", "window", "view"];

export class Viewer {
  #places = new Map();
  #choices = [];
  #timer = 0;
  /** Returns a scene as words tell of it; extras/detail.js puts one here. */
  told = (scene) => scene;
  #soon = 0;
  #early = [];
  /** Adds exact values to a scene; extras/extras.js knows them. */
  inValues = (scene) => scene;
  /** Takes what a hand on the picture means; extras/hand.js puts itself here and is given what came before it. */
  hand = (intent) => this.#early.push(intent);

  /** `root` is the viewer's element, `start` the values at the start (state.js), `bitmap` the first picture or null. */
  constructor(root, { series, presets, start, limits, say, bitmap }) {
    Object.assign(this, { root, series, presets, limits, say });
    this.surface = root.querySelector("[data-stage]");
    this.state = createState(start);
    this.pictures = new Pictures(limits.bytes, (picture) => this.#news(picture));
    this.scene = new Scene(this.pictures, () => this.stage.ask());
    this.loader = new Loader(this.pictures, {
      onPicture: (picture) => this.#arrived(picture),
      onTrouble: (trouble) => this.state.change({ trouble }),
    });
    this.stage = new Stage(root.querySelector("[data-canvas]"), () => this.#compose());
    this.overlay = new Overlay(root, say);
    this.notices = new Notices(root, say);
    this.commands = { ...this.#createCommands(), ...this.#effects() };
    this.controls = new Controls(root, (name, argument) => this.run(name, argument), say);
    this.#listen();
    if (bitmap) this.#adopt(bitmap, "sharp", start);
    this.#changed(new Set(Object.keys(start)), start);
    this.#more();
  }

  // What the first picture did not need; tried until it is here.
  #more() {
    const attached = ({ attach }) => {
      attach(this);
      for (const intent of this.#early.splice(0)) this.hand(intent);
    };
    import("./extras/extras.js").then(attached, () => setTimeout(() => this.#more(), RETRY));
  }

  get values() {
    return this.state.values;
  }

  /** Carry out a command; one that is loaded later waits for it (extras.js). */
  run(name, argument) {
    if (name in this.commands) this.commands[name](argument);
    else this.early = [name, argument];
  }

  // Use a picture that the page holds already: the first one, or a thumbnail.
  #adopt(bitmap, level, { series, number, window }) {
    const longest = Math.max(bitmap.width, bitmap.height);
    const size = longest >= Math.max(series.rows, series.columns) ? 0 : longest;
    const facts = { series: series.id, number, window: windowText(window), level, ask: { size }, info: {} };
    this.pictures.putDecoded(facts, bitmap);
    this.stage.ask();
  }

  async #adoptThumbnail({ series }) {
    const image = this.root.querySelector(`[data-series="${series.id}"] img`);
    if (!image?.complete || !image.naturalWidth) return;
    this.#adopt(await createImageBitmap(image), "thumb", { series, number: middleFrame(series), window: null });
  }

  #createCommands() {
    const { state, series } = this;
    return createCommands({
      state,
      series,
      places: this.#places,
      box: () => this.stage.box,
      window: () => this.scene.window(this.values),
      choices: () => this.#choices,
    });
  }

  #effects() {
    return {
      retry: () => {
        this.state.change({ trouble: "" });
        this.#load();
        this.loader.retry();
      },
    };
  }

  #listen() {
    this.state.listen((changed, values) => this.#changed(changed, values));
    listenToPointers(this.surface, {
      intent: (intent) => this.hand(intent),
      frames: (by) => this.run("step", by),
      zoom: (factor, point) => {
        const { view, series } = this.values;
        this.state.change({ view: zoomAt(view, factor, point, imageSize(series), this.stage.box) });
      },
    });
    const keys = readKeys(this.root.querySelectorAll("kbd[data-does]"));
    this.surface.addEventListener("keydown", (event) => {
      const command = commandOf(event, keys, this.values.letters);
      if (!command) return;
      event.preventDefault();
      this.run(...command);
    });
    new ResizeObserver(() => this.#resized()).observe(this.surface);
  }

  #resized() {
    this.stage.measure();
    this.#moved();
  }

  // --- What changes with the state ---

  #changed(changed, values) {
    const did = (...names) => names.some((name) => changed.has(name));
    if (did("series")) this.#opened(values);
    this.controls.show(changed, values, this.#choices);
    if (did("series", "window", "isDragging")) this.#windowed(values);
    if (did("trouble")) this.notices.trouble(values.trouble);
    if (did("mode")) this.root.dataset.mode = values.mode;
    if (did("tool", "view")) this.#showTool(values);
    if (did("hasOverlay")) this.root.classList.toggle("is-bare", !values.hasOverlay);
    if (did(...MOVING, "mode", "isPlaying")) this.#moved();
    this.stage.ask();
  }

  #opened(values) {
    this.#adoptThumbnail(values);
    this.#choices = choicesFor(values.series, this.presets, (id, about) => this.#choiceName(id, about));
  }

  #choiceName(id, about) {
    return this.say(`preset-${id}`, about) || about.label;
  }

  #windowed(values) {
    if (values.isDragging) return;
    this.scene.remember(values.window);
    this.controls.showWindow(choiceOf(values.window, this.#choices));
  }

  #showTool({ tool, view }) {
    this.surface.dataset.tool = tool;
    // A fitted picture leaves sideways swipes to the browser; CSS reads these.
    this.surface.classList.toggle("is-fitted", view.zoom <= 1);
  }

  // --- Loading ---

  #moved() {
    this.state.change({ isAtRest: false, isSettled: false });
    clearTimeout(this.#timer);
    if (!this.values.isPlaying) this.#timer = setTimeout(() => this.rest(), REST);
    // After the frame that shows what the hand did.
    this.#soon ||= setTimeout(() => this.#load());
  }

  /** Load what is looked at now: nothing has moved for a while, or the hand has let go. */
  rest() {
    if (this.values.isDragging || this.values.isPlaying) return;
    clearTimeout(this.#timer);
    this.state.change({ isAtRest: true });
    this.#load();
    this.#timer = setTimeout(() => this.#settle(), SETTLE);
  }

  #settle() {
    this.state.change({ isSettled: true });
    this.#load();
  }

  #load() {
    clearTimeout(this.#soon);
    this.#soon = 0;
    if (!this.values.isDragging) this.loader.update(wantOf(this.values, this.stage.box, this.stage.ratio, this.limits));
  }

  #arrived(picture) {
    this.scene.learn(picture);
    this.#news(picture);
  }

  #news(picture) {
    if (this.scene.awaits(picture, this.values)) this.stage.ask();
  }

  // --- Drawing ---

  #compose() {
    const scene = this.inValues(this.scene.compose(this.values));
    this.overlay.show({ ...this.told(scene), hasFailed: this.hasFailed });
    if (scene.shown) this.root.classList.add("is-live");
    return scene;
  }

  /** Whether the frame that is wanted has failed several times. */
  get hasFailed() {
    const { series, number, window } = this.values;
    return this.loader.isFailing(series.id, windowText(window), number);
  }
}
