// A link to exactly this frame and window: copied, or as the picture that a share opens with.

import { queryOf } from "./address.js";
import { windowText } from "../windowing.js";

/** Return the address of the form for a new share that opens with what is shown now. */
export function shareAddress(address, values) {
  return `${address.split("?")[0]}?${new URLSearchParams({ picture: queryOf(values).slice(1) })}`;
}

/** Return the address that makes the moving picture of what is shown; kind is "gif" or "mp4". */
export function movingAddress({ series, window }, kind) {
  const address = series.frames_url.replace(/frames\/$/, `saving/${kind}/`);
  const text = windowText(window);
  return text ? `${address}?${new URLSearchParams({ window: text })}` : address;
}

/** Give the viewer its "copy" command, and keep the way to a new share at the picture that is shown. */
export function attachLink({ root, state, commands, say }, aloud, clipboard = navigator.clipboard) {
  const told = root.querySelector("[data-link-words]");
  const tell = (words) => {
    told.textContent = words;
    aloud.later(() => words);
  };
  commands.copy = async () => {
    const address = new URL(queryOf(state.values), location.href).href;
    const isCopied = await Promise.resolve(clipboard?.writeText(address).then(() => true)).catch(() => false);
    tell(say(isCopied ? "link-copied" : "link-not-copied"));
  };
  const share = root.querySelector("[data-share]");
  const moving = root.querySelectorAll("[data-moving]");
  const save = saveOnCall({ say, tell });
  for (const link of moving) link.addEventListener("click", save);
  state.listen((changed, values) => {
    if (changed.has("series") || changed.has("window")) {
      for (const link of moving) {
        link.hidden = Boolean(values.series.isCalculated);
        link.href = movingAddress(values, link.dataset.moving);
      }
    }
    if (changed.has("number")) told.textContent = "";
  });
  // Set as the link is followed, so that a hurried hand shares what it sees, too.
  for (const intent of ["pointerdown", "focus", "click"]) {
    share?.addEventListener(intent, () => {
      share.href = shareAddress(share.getAttribute("href"), state.values);
    });
  }
}

// What saves a moving picture is loaded with the first one.
function saveOnCall({ say, tell }) {
  let saver = null;
  return async (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const page = event.currentTarget.getAttribute("href");
    saver ??= import("./saving.js").then(({ createSaver }) => createSaver({ say, tell }));
    try {
      (await saver)(page);
    } catch {
      saver = null;
      tell(say("saving-failed"));
    }
  };
}
