// Which key does what while the picture has the focus. A command is [name, argument].

const NAMED = {
  Home: ["frame", "first"],
  End: ["frame", "last"],
  PageUp: ["series", -1],
  PageDown: ["series", 1],
  " ": ["cine"],
  "+": ["zoom", 1.25],
  "=": ["fit"],
  "-": ["zoom", 0.8],
  "?": ["help"],
  Escape: ["escape"],
};
const DIGITS = {
  0: "",
  1: "soft-tissue",
  2: "lung",
  3: "bone",
  4: "brain",
  5: "liver",
  6: "mediastinum",
  7: "angio",
  8: "subdural",
  9: "stroke",
};
const LETTERS = {
  w: ["tool", "window"],
  s: ["tool", "scroll"],
  z: ["tool", "zoom"],
  m: ["tool", "magnify"],
  p: ["tool", "pan"],
  d: ["tool", "distance"],
  a: ["tool", "angle"],
  i: ["invert"],
  h: ["flip", "horizontal"],
  v: ["flip", "vertical"],
  r: ["rotate"],
  o: ["overlay"],
  k: ["keys"],
  c: ["compare"],
  f: ["fullscreen"],
};
const ARROWS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

/** Return the command of a key event, or null. `letters` false leaves all letter and digit keys alone. */
export function commandOf(event, letters = true) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  if (Object.hasOwn(ARROWS, event.key)) return ["step", ARROWS[event.key] * (event.shiftKey ? 10 : 1)];
  if (Object.hasOwn(NAMED, event.key)) return NAMED[event.key];
  if (!letters) return null;
  if (Object.hasOwn(DIGITS, event.key)) return ["preset", DIGITS[event.key]];
  const letter = event.key.length === 1 ? event.key.toLowerCase() : "";
  return Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : null;
}
