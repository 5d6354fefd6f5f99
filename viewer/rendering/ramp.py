"""The straight part of a table of grays as whole-number arithmetic, which processors do for many pixels at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viewer.rendering.compiled import compiled, in_a_row

WHITE = 255
# A gray in 8 bits and its fraction in 24 fill an unsigned number of 32 bits.
_FRACTION_BITS = 24
_ONE = 1 << _FRACTION_BITS


@dataclass(frozen=True, slots=True)
class Ramp:
    """Grays on a line from value `first` to value `last`, and level beyond.

    The gray of a value between them is the highest byte of value * factor + offset, counted as numbers of 32 bits are:
    what is beyond is dropped. So signed values, and lines that fall, need nothing else.
    """

    first: int
    last: int
    factor: int
    offset: int

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return uint8 grays of whole numbers (rows, columns) of a type that holds `first` and `last`."""
        grays, kind = np.empty(values.shape, np.uint8), values.dtype.type
        ends = kind(self.first), kind(self.last)
        _fill(grays.reshape(-1), in_a_row(values), *ends, np.uint32(self.factor), np.uint32(self.offset))
        return grays


@compiled
def _fill(
    grays: np.ndarray, values: np.ndarray, first: np.integer, last: np.integer, factor: np.uint32, offset: np.uint32
) -> None:
    for place in range(values.size):
        near = min(max(values[place], first), last)
        grays[place] = np.uint32(np.uint32(near) * factor + offset) >> _FRACTION_BITS


def ramp_of(table: np.ndarray, low: int, slope: float) -> Ramp | None:
    """Return the ramp that gives each entry of a table of uint8 grays exactly, None where there is none.

    `table` (count,) is for the values from `low` on; `slope` is how many grays there are between two values that lie
    on the ramp.
    """
    is_falling = bool(table[0] > table[-1])
    rising = (WHITE - table if is_falling else table).astype(np.int64)
    first = int(np.searchsorted(rising, rising[0], "right")) - 1
    last = max(int(np.searchsorted(rising, rising[-1], "left")), first)
    if (rising[:first] != rising[0]).any() or (rising[last:] != rising[-1]).any():
        return None
    step = round(min(abs(slope), WHITE) * _ONE) if last > first else 0
    # Where the gray of `first` may lie so that each entry is the whole part of what is calculated for it.
    least = rising[first : last + 1] * _ONE - np.arange(last - first + 1) * step
    start, end = int(least.max()), int(least.min()) + _ONE - 1
    if start > end or end < 0:
        return None
    offset = (max(start, 0) + end) // 2 - (low + first) * step
    if is_falling:
        # The negative of a byte is that of all its bits.
        step, offset = -step, -offset - 1
    return Ramp(low + first, low + last, step % 2**32, offset % 2**32)
