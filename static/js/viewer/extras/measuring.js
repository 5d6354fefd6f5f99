// The measuring tools: from drags, taps and keys to measures, kept as long as the page is open.

import { toSeries } from "../state.js";
import { frameWords } from "../words.js";
import { drawingOf, placing } from "./measuredrawing.js";
import { MeasureList } from "./measurelist.js";
import { measured, planeAt, POINTS } from "./measures.js";
import { lines, numberWriter, sentence } from "./measurewords.js";
import { createLayer, oncePerFrame, shape } from "./svg.js";

const REACH = { mouse: 12, touch: 26 };
const STEP = 4;
const LONG_STEP = 24;
const MOVES = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
const OF_VALUES = new Set(["ellipse", "rectangle", "probe"]);

export class Measuring {
  #kept = [];
  #next = 1;
  #pending = null;
  #held = null;
  #cross = null;

  /** `exact` gives frames of modality values, `tools` takes what a hand does, `aloud` says it. */
  constructor(viewer, exact, tools, aloud) {
    Object.assign(this, { viewer, exact, aloud });
    this.plain = numberWriter(document.documentElement.lang);
    this.layer = createLayer(viewer.surface, "measures full-only");
    this.list = new MeasureList(viewer.root, viewer.say);
    this.ask = oncePerFrame(() => this.#draw());
    for (const kind of Object.keys(POINTS)) tools.set(kind, (intent) => this.#hand(kind, intent));
    viewer.commands.unmeasure = (id) => this.#remove(id);
    viewer.commands.measured = (id) => this.#goTo(id);
    viewer.surface.addEventListener("keydown", (event) => this.#key(event), { capture: true });
    viewer.state.listen((changed) => this.#changed(changed));
    new ResizeObserver(this.ask).observe(viewer.surface);
  }

  get #place() {
    return placing(this.viewer.values, this.viewer.stage.box);
  }

  // Measures of the frame that is shown.
  get #here() {
    const { series, number } = this.viewer.values;
    return this.#kept.filter((one) => one.series === series && one.number === number);
  }

  #changed(changed) {
    if (["series", "number", "tool"].some((name) => changed.has(name))) {
      this.#pending = this.#held = this.#cross = null;
      for (const measure of this.#here.filter((one) => !one.result)) this.#read(measure);
    }
    this.ask();
  }

  // --- Fingers and mouse ---

  #hand(kind, intent) {
    if (intent.kind === "tap" || intent.kind === "double") return this.#put(kind, this.#place.toPixel(intent));
    if (intent.kind !== "drag") return undefined;
    const [start, now] = [intent, { x: intent.x + intent.dx, y: intent.y + intent.dy }].map(this.#place.toPixel);
    if (intent.phase === "start") this.#grab(kind, intent, start);
    if (this.#held) return this.#move(now, intent.phase === "end");
    if (intent.phase === "end") return this.#put(kind, now);
    this.#pending.hover = now;
    return this.ask();
  }

  #grab(kind, intent, start) {
    const reach = intent.isTouch ? REACH.touch : REACH.mouse;
    const { toStage } = this.#place;
    const isNear = (point) => Math.hypot(toStage(point).x - intent.x, toStage(point).y - intent.y) < reach;
    const measure = this.#pending ? null : this.#here.find((one) => one.points.some(isNear));
    this.#held = measure ? { measure, at: measure.points.findIndex(isNear) } : null;
    if (measure) return;
    this.#pending ??= { kind, points: [], hover: null };
    if (!this.#pending.points.length && POINTS[kind] > 1) this.#pending.points.push(start);
  }

  #move(now, isEnd) {
    const { measure, at } = this.#held;
    measure.points = measure.points.map((point, index) => (index === at ? now : point));
    measure.result = null;
    if (isEnd) {
      this.#held = null;
      this.#read(measure);
    }
    this.ask();
  }

  #put(kind, point) {
    this.#pending ??= { kind, points: [], hover: null };
    this.#pending.hover = null;
    this.#pending.points.push(point);
    if (this.#pending.points.length === POINTS[kind]) this.#finish();
    this.ask();
  }

  #finish() {
    const { series, number } = this.viewer.values;
    const { kind, points } = this.#pending;
    const measure = { id: this.#next, kind, points, series, number };
    this.#next += 1;
    this.#pending = null;
    this.#kept.push(measure);
    this.#read(measure);
  }

  #read(measure) {
    const { kind, series, number } = measure;
    this.#tell(measure);
    if (!OF_VALUES.has(kind) || this.exact.values(series, number) !== undefined) return;
    this.exact.want(series, number).then(() => this.#kept.includes(measure) && this.#tell(measure));
  }

  // --- Keys: Enter brings a cross, arrows move it, Enter sets a point, Escape lets it go ---

  #key(event) {
    const { tool, mode } = this.viewer.values;
    if (!POINTS[tool] || mode !== "full" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (!this.#takes(event, tool)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.ask();
  }

  #takes(event, tool) {
    const { width, height } = this.viewer.stage.box;
    const wasAway = !this.#cross;
    if (event.key === "Enter") {
      this.#cross ??= { x: width / 2, y: height / 2 };
      if (wasAway) this.aloud.later(() => this.viewer.say("measure-keys"));
      else this.#put(tool, this.#place.toPixel(this.#cross));
      return true;
    }
    if (event.key === "Escape" && (this.#cross || this.#pending)) {
      this.#cross = this.#pending = null;
      return true;
    }
    if (event.key === "Delete" && this.#here.length) {
      this.#remove(this.#here.at(-1).id);
      return true;
    }
    return Object.hasOwn(MOVES, event.key) && !wasAway && this.#moveCross(event, width, height);
  }

  #moveCross({ key, shiftKey }, width, height) {
    const [dx, dy] = MOVES[key].map((way) => way * (shiftKey ? LONG_STEP : STEP));
    const keep = (value, most) => Math.min(Math.max(value, 0), most);
    this.#cross = { x: keep(this.#cross.x + dx, width), y: keep(this.#cross.y + dy, height) };
    if (this.#pending) this.#pending.hover = this.#place.toPixel(this.#cross);
    return true;
  }

  // --- The list ---

  #remove(id) {
    this.#kept = this.#kept.filter((one) => one.id !== id);
    this.#showList();
    this.ask();
  }

  #goTo(id) {
    const measure = this.#kept.find((one) => one.id === id);
    if (!measure) return;
    if (measure.series !== this.viewer.values.series) this.viewer.state.change(toSeries(measure.series));
    this.viewer.run("frame", measure.number);
  }

  // Values that were read once stay with their measure, even when the frame has left the memory.
  #result(measure) {
    const { series, number } = measure;
    if (measure.result) return measure.result;
    const result = measured(measure, planeAt(series, number), this.exact.values(series, number));
    if (measure.id && result.refusal !== "waiting") measure.result = result;
    return result;
  }

  #sentence(measure) {
    return sentence(measure, this.#result(measure), measure.series, this.viewer.say, this.plain);
  }

  #tell(measure) {
    this.#showList();
    this.aloud.later(() => this.#sentence(measure));
    this.ask();
  }

  #showList() {
    const { mode } = this.viewer.values;
    const place = ({ series, number }) => frameWords({ series, number, mode }, this.viewer.say);
    this.list.show(this.#kept.map((one) => ({ id: one.id, words: this.#sentence(one), place: place(one) })));
  }

  // --- Drawing ---

  #draw() {
    const { toStage } = this.#place;
    const { say } = this.viewer;
    const words = (one) => lines(this.#result(one), one.series, say, this.plain);
    const drawn = this.#here.map((one) => drawingOf(one, toStage, words(one)));
    if (this.#pending) drawn.push(this.#drawPending(toStage));
    if (this.#cross) drawn.push(crossAt(this.#cross));
    this.layer.replaceChildren(...drawn);
  }

  #drawPending(toStage) {
    const { kind, points, hover } = this.#pending;
    const { series, number } = this.viewer.values;
    const measure = { kind, points: hover ? [...points, hover] : points, series, number };
    const isWhole = measure.points.length === POINTS[kind] && !OF_VALUES.has(kind);
    const words = isWhole ? lines(this.#result(measure), series, this.viewer.say, this.plain) : [];
    return drawingOf(measure, toStage, words, true);
  }
}

function crossAt({ x, y }) {
  const arms = `M${x - 14} ${y}H${x - 3}M${x + 3} ${y}H${x + 14}M${x} ${y - 14}V${y - 3}M${x} ${y + 3}V${y + 14}`;
  return shape("path", { class: "cross", d: arms });
}
