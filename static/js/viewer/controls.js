// Buttons, slider, lists: they send commands, and show the state.

import { readCommand } from "./commands.js";
import { baseOf } from "./variants.js";
import { frameWords } from "./words.js";

// The buttons that show whether something is on: the command, and the name of the value it shows.
const PRESSED = {
  invert: "isInverted",
  cine: "isPlaying",
  overlay: "hasOverlay",
  mode: "mode",
  letters: "letters",
  bright: "upIsBrighter",
  keys: "hasOnlyKeys",
  startTool: "startsWithWindow",
};

export class Controls {
  #root;

  /** `run(name, argument)` carries a command out. */
  constructor(root, run, say) {
    this.#root = root;
    this.say = say;
    root.addEventListener("click", (event) => this.#clicked(event, run));
    for (const button of this.#all("[data-command='fullscreen']")) button.hidden = !document.fullscreenEnabled;
    this.slider = root.querySelector("[data-slider]");
    this.field = root.querySelector("[data-field]");
    this.list = root.querySelector("[data-choices]");
    this.slider.addEventListener("input", () => run("frame", this.slider.value));
    this.field.addEventListener("change", () => run("frame", this.field.value));
    this.field.form.addEventListener("submit", (event) => {
      event.preventDefault();
      run("frame", this.field.value);
    });
    this.list.addEventListener("change", () => run("preset", this.list.value));
  }

  #clicked(event, run) {
    const button = event.target.closest("[data-command]");
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!button || !isPlain || button.disabled) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") !== "true") run(...readCommand(button.dataset.command));
  }

  #all(selector) {
    return this.#root.querySelectorAll(selector);
  }

  /** Show the state; `changed` are the names that did change. */
  show(changed, values, choices) {
    const did = (...names) => names.some((name) => changed.has(name));
    if (did("number", "series", "mode")) this.#showFrame(values);
    if (did("series")) this.#showSeries(values, choices);
    if (did("view")) this.#showView(values.view);
    if (did("tool")) this.#press("tool", values.tool);
    for (const [command, name] of Object.entries(PRESSED)) {
      const isOn = values[name] === true || values[name] === "full";
      if (did(name)) this.#pressAll(`button[data-command='${command}']`, () => isOn);
    }
    if (!did("speed")) return;
    for (const place of this.#all("[data-speed]")) place.textContent = this.say("speed", { x: values.speed });
  }

  #pressAll(selector, isPressed) {
    for (const button of this.#all(selector)) button.setAttribute("aria-pressed", String(isPressed(button)));
  }

  #press(name, argument) {
    this.#pressAll(`button[data-command^='${name}:']`, (button) => button.dataset.command === `${name}:${argument}`);
  }

  #showFrame(values) {
    const { number, series } = values;
    this.slider.max = this.field.max = String(series.frame_count);
    this.slider.value = this.field.value = String(number);
    this.slider.setAttribute("aria-valuetext", frameWords(values, this.say));
    for (const link of this.#all("[data-step]")) {
      const isEnd = link.dataset.step === "-1" ? number <= 1 : number >= series.frame_count;
      link.setAttribute("aria-disabled", String(isEnd));
    }
  }

  #showSeries({ series }, choices) {
    for (const link of this.#all("[data-series]")) {
      if (link.dataset.series === baseOf(series).id) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
    this.#root.classList.toggle("has-one-frame", series.frame_count < 2);
    this.#root.classList.toggle("is-color", series.is_color);
    this.#root.classList.toggle("has-cine", Boolean(series.cine_rate) && series.frame_count > 1);
    const ids = new Set(choices.map((choice) => choice.id));
    for (const button of this.#all("button[data-command^='preset:']")) {
      const id = button.dataset.command.slice(7);
      button.hidden = id !== "" && !ids.has(id);
    }
    this.list.replaceChildren(...[...choices, { id: "other", label: this.say("choice-other") }].map(option));
  }

  #showView({ zoom }) {
    this.#root.classList.toggle("is-zoomed", zoom > 1);
    const buttons = this.#all("button[data-command^='pan:'], button[data-command='fit']");
    for (const button of buttons) button.disabled = zoom <= 1;
  }

  /** Show which window is chosen. */
  showWindow(id) {
    if (this.list.value !== id) this.list.value = id;
    this.#press("preset", id);
  }
}

function option({ id, label }) {
  const item = document.createElement("option");
  item.value = id;
  item.textContent = label;
  return item;
}
