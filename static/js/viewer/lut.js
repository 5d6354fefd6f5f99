// From stored values to grays, the server's arithmetic (viewer/rendering/gray.py, voi.py, lut.py) operation by operation,
// so that both come to the same gray for every value. tests/viewer/rendering/windowable.json holds them together.

const WHITE = 255;

/**
 * Return the gray of each sample of a windowable frame: a Uint8Array of last - first + 1 entries.
 * `window` is {center, width, function}; null is the frame's default, which may be a VOI LUT.
 */
export function grayTable(frame, window = null) {
  const voi = voiOf(frame, window);
  const table = new Uint8Array(frame.last - frame.first + 1);
  for (let sample = 0; sample < table.length; sample += 1) {
    const stored = frame.first + sample;
    table[sample] = isPadding(stored, frame.padding) ? 0 : toGray(voi(modalityValue(stored, frame)), frame.is_inverted);
  }
  return table;
}

/** Return the modality value of a stored value: slope and intercept, or a table (PS3.3 C.11.1). */
export function modalityValue(stored, { slope, intercept, modality_lut: lut }) {
  return lut ? lookUp(stored, lut) : stored * slope + intercept;
}

function isPadding(stored, padding) {
  return padding !== null && stored >= padding[0] && stored <= padding[1];
}

function toGray(shown, isInverted) {
  const gray = isInverted ? WHITE - shown : shown;
  return Number.isFinite(gray) ? Math.floor(gray + 0.5) : 0;
}

function voiOf(frame, window) {
  if (!window && frame.voi_lut) return voiLut(frame.voi_lut);
  const { center, width, function: name = "LINEAR" } = window ?? frame.window;
  if (name === "SIGMOID") return (value) => WHITE / (1 + Math.exp((-4 * (value - center)) / width));
  if (name === "LINEAR_EXACT") return (value) => clip((value - center) / width + 0.5) * WHITE;
  if (width === 1) return (value) => (value <= center - 0.5 ? 0 : WHITE);
  return (value) => clip((value - (center - 0.5)) / (width - 1) + 0.5) * WHITE;
}

function voiLut(lut) {
  const top = Math.max(2 ** lut.bits - 1, lut.entries.reduce((most, entry) => Math.max(most, entry), 0));
  const scale = WHITE / top;
  return (value) => lookUp(value, lut) * scale;
}

function clip(share) {
  return Math.min(Math.max(share, 0), 1);
}

function lookUp(value, { first, entries }) {
  const index = toEven(value) - first;
  return entries[Math.min(Math.max(index, 0), entries.length - 1)];
}

// Halves go to the even neighbor, as in IEEE 754 and NumPy.
function toEven(value) {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
