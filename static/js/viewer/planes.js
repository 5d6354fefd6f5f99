// Decoder of windowable frames: viewer/rendering/planes.py says how they are laid out.

const LENGTH_BYTES = 4;
const VERSION = 1;

/**
 * Return the facts of a frame {rows, columns, first, last, slope, ...} with its samples as `samples`: a Uint16Array of
 * stored values less `first`. Throws RangeError when the bytes are no windowable frame.
 */
export function readPlanes(bytes) {
  const facts = readFacts(bytes);
  const count = facts.rows * facts.columns;
  const start = bytes.length - 2 * count;
  if (facts.version !== VERSION || !(count > 0) || start !== facts.length) throw new RangeError("not a windowable frame");
  const [high, low] = [bytes.subarray(start, start + count), bytes.subarray(start + count)];
  return { ...facts, samples: undo(high, low, facts.rows, facts.columns) };
}

function readFacts(bytes) {
  if (bytes.length < LENGTH_BYTES) throw new RangeError("not a windowable frame");
  const length = LENGTH_BYTES + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0);
  if (length > bytes.length) throw new RangeError("not a windowable frame");
  return { ...JSON.parse(new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, length))), length };
}

// Undo the median edge detector (ITU-T T.87 A.4.2), row by row; what lies outside the frame is 0.
function undo(high, low, rows, columns) {
  const samples = new Uint16Array(rows * columns);
  let above = new Uint16Array(columns);
  for (let row = 0, at = 0; row < rows; row += 1) {
    let [left, corner] = [0, 0];
    for (let column = 0; column < columns; column += 1, at += 1) {
      const over = above[column];
      const folded = (high[at] << 8) | low[at];
      const residual = (folded >>> 1) ^ -(folded & 1);
      left = (predict(left, over, corner) + residual) & 0xffff;
      samples[at] = left;
      corner = over;
    }
    above = samples.subarray(at - columns, at);
  }
  return samples;
}

function predict(left, above, corner) {
  const [least, most] = left < above ? [left, above] : [above, left];
  if (corner >= most) return least;
  return corner <= least ? most : left + above - corner;
}
