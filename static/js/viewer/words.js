// The words of the page: what the picture shows, what it honestly is, and what is going on.
// They stand in the HTML, where they are translated.

const SLICED = new Set(["CT", "MR", "PT", "NM"]);

/** Return `template` with {name} replaced by values.name. */
export function fill(template, values = {}) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Read the words out of the page; the result is called as say("slice", {n: 1}). */
export function readWords(list) {
  const words = new Map([...list.querySelectorAll("[data-word]")].map((item) => [item.dataset.word, item.textContent]));
  return (name, values) => fill(words.get(name) ?? "", values);
}

/** Return the words of the frame counter. */
export function frameWords({ number, series, mode }, say) {
  const kind = mode === "full" ? "full" : SLICED.has(series.modality) ? "slice" : "picture";
  return say(`frame-${kind}`, { n: number, m: series.frame_count });
}

/** Return "W 400 C 40" of a window, "" when it is not known. */
export function windowWords(window, say) {
  if (!window) return "";
  const plain = (number) => String(Number(number.toFixed(2)));
  return say("window", { w: plain(window.width), c: plain(window.center) });
}

/** Return what the picture drawn is: preview or final, lossy, scaled; `final` are the facts of exact values drawn. */
export function qualityWords(shown, mode, say, final = null) {
  if (!shown) return say("loading");
  const { picture, from } = shown;
  if (picture.info.reason) return say("not-shown");
  const isFinal = final || (picture.level === "final" && !from);
  if (!isFinal) return say("preview");
  const { isLossy, isScaled } = final ?? picture.info;
  const facts = [isLossy ? "lossy" : "lossless", isScaled ? "scaled" : ""].filter(Boolean);
  return [say("final"), ...facts.map((fact) => say(`${fact}-${mode}`))].filter(Boolean).join(" · ");
}

/** Return the note that the frame drawn is not the one wanted, "" when it is. */
export function noteWords(shown, { number }, hasFailed, say) {
  if (shown && shown.number === number) return "";
  if (hasFailed) return say("frame-failed", { n: number });
  return shown ? say("stand-in", { n: number, other: shown.number }) : say("coming", { n: number });
}

/** Writes the words into the page, each only when it changes. */
export class Overlay {
  #places;

  constructor(root, say) {
    this.say = say;
    this.#places = new Map([...root.querySelectorAll("[data-show]")].map((place) => [place.dataset.show, place]));
  }

  write(name, text) {
    const place = this.#places.get(name);
    if (place && place.textContent !== text) place.textContent = text;
  }

  /** Show the facts of what is drawn. */
  show({ shown, values, target, hasFailed, isLate, final }) {
    const { say } = this;
    const { series, view } = values;
    this.write("frame", frameWords(values, say));
    this.write("window", windowWords(target, say));
    this.write("quality", qualityWords(shown, values.mode, say, final));
    this.write("series", [series.number ?? "", series.description || series.modality].filter(Boolean).join(" · "));
    this.write("laterality", series.laterality ? say(`side-${series.laterality}`) || series.laterality : "");
    this.write("zoom", view.zoom > 1 ? say("zoom", { percent: Math.round(view.zoom * 100) }) : "");
    this.write("note", isLate ? noteWords(shown, values, hasFailed, say) : "");
  }
}

/** Says in a banner what is wrong with the network or the session. */
export class Notices {
  constructor(root, say) {
    this.say = say;
    this.banner = root.querySelector("[data-banner]");
    this.text = root.querySelector("[data-banner-text]");
    this.again = root.querySelector("[data-banner-again]");
    this.login = root.querySelector("[data-banner-login]");
  }

  /** Show what is wrong: "busy", "offline", "signed-out", "gone", or "" for nothing. */
  trouble(kind) {
    const isSignedOut = kind === "signed-out";
    this.banner.hidden = !kind;
    this.login.hidden = !isSignedOut;
    this.again.hidden = !kind || isSignedOut || kind === "gone";
    this.text.textContent = kind ? this.say(`trouble-${kind}`) : "";
  }
}
