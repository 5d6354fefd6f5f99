import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILED, mediaType, PICTURE, RunParser, TILE } from "../../static/js/viewer/runstream.js";

function record(number, status, bytes) {
  const out = new Uint8Array(12 + bytes.length);
  const head = new DataView(out.buffer);
  [number, status, bytes.length].forEach((value, at) => head.setUint32(at * 4, value));
  out.set(bytes, 12);
  return out;
}

const STREAM = Uint8Array.from([
  ...record(70000, PICTURE, [0xff, 0xd8, 1, 2, 3]),
  ...record(2, FAILED, []),
  ...record(3, TILE, [0x89, 0x50, 9]),
]);
const WANTED = [
  { number: 70000, status: 0, bytes: [0xff, 0xd8, 1, 2, 3] },
  { number: 2, status: 2, bytes: [] },
  { number: 3, status: 1, bytes: [0x89, 0x50, 9] },
];
const plain = (records) => records.map((one) => ({ ...one, bytes: [...one.bytes] }));

test("records are found whatever the size of the chunks", () => {
  for (let size = 1; size <= STREAM.length; size += 1) {
    const parser = new RunParser();
    const found = [];
    for (let at = 0; at < STREAM.length; at += size) found.push(...parser.push(STREAM.subarray(at, at + size)));
    assert.deepEqual(plain(found), WANTED, `chunks of ${size}`);
    assert.ok(parser.isComplete);
  }
});

test("a stream that breaks off is not complete", () => {
  const parser = new RunParser();
  assert.equal(parser.push(STREAM.subarray(0, STREAM.length - 1)).length, 2);
  assert.equal(parser.isComplete, false);
});

test("a page of HTML in place of a run is refused", () => {
  const parser = new RunParser();
  assert.throws(() => parser.push(new TextEncoder().encode("<!doctype html><html>")), RangeError);
});

test("bytes given back do not change when the chunk's buffer is used again", () => {
  const chunk = record(1, PICTURE, [1, 2, 3]);
  const [found] = new RunParser().push(chunk);
  chunk.fill(0);
  assert.deepEqual([...found.bytes], [1, 2, 3]);
});

test("the media type is read from the bytes", () => {
  assert.equal(mediaType(Uint8Array.of(0x89, 0x50, 0x4e)), "image/png");
  assert.equal(mediaType(Uint8Array.of(0xff, 0xd8)), "image/jpeg");
});
