// What a hand on the picture does: it drags with a tool, pinches, taps twice.

import { toolOf } from "../gestures.js";
import { doubled, dragged, pinched } from "./drags.js";

/** Return the tool that is on: a slide has nothing to scroll through, a drag moves it. */
export function toolOn({ tool, series }) {
  return series.is_slide && tool === "scroll" ? "pan" : tool;
}

export class Hand {
  #viewer;
  #drag = null;
  /** Tools that are loaded later: by name, each takes an intent. */
  tools = new Map();

  constructor(viewer) {
    this.#viewer = viewer;
  }

  /** Do what an intent of gestures.js means. */
  take(intent) {
    const { values, state, stage } = this.#viewer;
    const tool = this.tools.get(values.tool);
    if (tool && intent.kind !== "pinch" && !intent.button) return tool(intent);
    if (intent.kind === "drag") this.#dragged(intent);
    if (intent.kind === "pinch") state.change(pinched(intent, values, stage.box));
    if (intent.kind === "double") state.change(doubled(intent, values, stage.box));
  }

  #dragged(intent) {
    const { values, state, scene, stage } = this.#viewer;
    if (intent.phase === "start") {
      const tool = toolOf(intent, toolOn(values), values.view.zoom > 1);
      this.#drag = { tool, start: { ...values }, window: scene.window(values) };
      state.change({ isDragging: tool === "window", isPlaying: false });
    }
    const { tool, start, window } = this.#drag;
    if (intent.phase !== "end") return state.change(dragged(tool, intent, start, window, stage.box));
    this.#drag = null;
    state.change({ isDragging: false, lens: null });
    return tool === "window" ? this.#viewer.rest() : undefined;
  }
}
