// The address of the page leads to what is shown, and so do the links to the frames before and after it.

import { toFrame } from "../state.js";
import { addressOf } from "../variants.js";
import { windowText } from "../windowing.js";

/** Return the query that leads to exactly this frame in this window. */
export function queryOf({ series, number, window }, frame = number) {
  const query = new URLSearchParams({ series: addressOf(series), frame: String(frame), ...series.extra });
  const text = windowText(window);
  if (text) query.set("window", text);
  return `${series.home ?? ""}?${query}`;
}

/** Have the addresses follow a viewer whenever it is at rest. */
export function attachAddress({ root, state }) {
  const follow = (values) => {
    history.replaceState(null, "", queryOf(values));
    for (const link of root.querySelectorAll("a[data-step]")) {
      link.href = queryOf(values, toFrame(values, values.number + Number(link.dataset.step)).number);
    }
  };
  state.listen((changed, values) => changed.has("isAtRest") && values.isAtRest && follow(values));
  if (state.values.isAtRest) follow(state.values);
}
