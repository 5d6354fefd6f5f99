// Which key does what while the picture has the focus: what the sheet of keys says (templates/viewer/help.html).
// A command is [name, argument].

import { readCommand } from "./commands.js";

const LETTER = /^[a-z0-9]$/;

/** Return {key: command} of <kbd> elements: each names its command, and its key where that is not its text. */
export function readKeys(elements) {
  return new Map([...elements].map(({ dataset, textContent }) => [dataset.key ?? textContent.toLowerCase(), readCommand(dataset.does)]));
}

/** Return the command of a key event, or null. `letters` false leaves all letter and digit keys alone. */
export function commandOf(event, keys, letters = true) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const command = LETTER.test(key) && !letters ? null : keys.get(key);
  if (!command) return null;
  const [name, argument] = command;
  return name === "step" && event.shiftKey ? [name, argument * 10] : command;
}
