// The grid of tiles of a large picture (viewer/rendering/detail.py). Pure.

export const SIDE = 512;
// A level is good enough while one of its pixels is shown at most this much larger than one of the screen.
const TOLERANCE = 1.2;

/** Return how many levels a picture has: each is half the size of the one before, the last is one tile. */
export function levelCount({ columns, rows }) {
  let count = 1;
  while (Math.max(columns, rows) > SIDE << (count - 1)) count += 1;
  return count;
}

/** Return the level to show where one stored pixel takes `scale` device pixels. */
export function levelFor(series, scale) {
  const level = Math.floor(Math.log2(TOLERANCE / scale));
  return Math.min(Math.max(level, 0), levelCount(series) - 1);
}

/** Return the size of the picture at a level, as {width, height}. */
export function sizeAt({ columns, rows }, level) {
  return { width: Math.ceil(columns / 2 ** level), height: Math.ceil(rows / 2 ** level) };
}

/**
 * Return the tiles of a level that show any of a part of the picture, as [{level, column, row, box}], nearest to its
 * middle first. `part` and `box` are [left, top, right, bottom] in stored pixels.
 */
export function tilesIn({ columns, rows }, level, [left, top, right, bottom]) {
  const step = SIDE * 2 ** level;
  const first = (at) => Math.max(Math.floor(at / step), 0);
  const last = (at, size) => Math.min(Math.ceil(Math.min(at, size) / step), Math.ceil(size / step));
  const found = [];
  for (let row = first(top); row < last(bottom, rows); row += 1) {
    for (let column = first(left); column < last(right, columns); column += 1) {
      const [x, y] = [column * step, row * step];
      found.push({ level, column, row, box: [x, y, Math.min(x + step, columns), Math.min(y + step, rows)] });
    }
  }
  const [middleX, middleY] = [(left + right) / 2, (top + bottom) / 2];
  const away = ({ box }) => Math.hypot((box[0] + box[2]) / 2 - middleX, (box[1] + box[3]) / 2 - middleY);
  return found.sort((one, other) => away(one) - away(other));
}

/** Return the end of the address of a tile, after that of its frame. */
export function tilePath({ level, column, row }) {
  return `/tiles/${level}/${column}/${row}`;
}
