// Parser of `application/vnd.lightbox.frames`: records of a 12-byte header (frame number, status, length) and bytes.

export const PICTURE = 0;
export const TILE = 1;
export const FAILED = 2;
const HEADER = 12;
const MOST_BYTES = 64 * 1024 * 1024;

/** Takes chunks as they arrive and gives back the records that are whole. */
export class RunParser {
  #rest = new Uint8Array(0);

  /** Return the records {number, status, bytes} that `chunk` completes; throws RangeError on nonsense. */
  push(chunk) {
    let data = joined(this.#rest, chunk);
    const records = [];
    for (let record = next(data); record; record = next(data)) {
      records.push(record.value);
      data = data.subarray(record.length);
    }
    this.#rest = data.slice();
    return records;
  }

  /** Return whether the stream ended between two records. */
  get isComplete() {
    return this.#rest.length === 0;
  }
}

function joined(one, other) {
  if (!one.length) return other;
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function next(data) {
  if (data.length < HEADER) return null;
  const head = new DataView(data.buffer, data.byteOffset, HEADER);
  const [number, status, size] = [head.getUint32(0), head.getUint32(4), head.getUint32(8)];
  if (status > FAILED || size > MOST_BYTES) throw new RangeError("not a run of frames");
  if (data.length < HEADER + size) return null;
  return { length: HEADER + size, value: { number, status, bytes: data.slice(HEADER, HEADER + size) } };
}

/** Return the media type of picture bytes by their first bytes. */
export function mediaType(bytes) {
  return bytes[0] === 0x89 && bytes[1] === 0x50 ? "image/png" : "image/jpeg";
}
