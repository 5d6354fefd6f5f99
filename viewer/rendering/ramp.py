"""The straight part of a table of grays as whole-number arithmetic, which processors do for many pixels at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WHITE = 255
AT_ONCE = 1 << 16
# A gray in 8 bits and its fraction in 24 fill an unsigned number of 32 bits.
_FRACTION_BITS = 24
_ONE = 1 << _FRACTION_BITS


@dataclass(frozen=True, slots=True)
class Ramp:
    """Grays that rise from value `first` to value `last` by `step` for each, and are level beyond.

    `start` is the gray of `first`; it and `step` count 2**-24 of a gray. With `is_falling` the picture is turned to its
    negative.
    """

    first: int
    last: int
    step: int
    start: int
    is_falling: bool

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return uint8 grays of whole numbers (rows, columns) of a type that holds `first` and `last`."""
        grays = np.empty(values.shape, np.uint8)
        rows = max(AT_ONCE // values.shape[1], 1)
        # Limits of the same shape, for which the processor has an instruction that numpy uses; for one number not.
        least, most = (np.full((rows, values.shape[1]), limit, values.dtype) for limit in (self.first, self.last))
        near, wide = np.empty_like(least), np.empty(least.shape, np.uint32)
        for top in range(0, values.shape[0], rows):
            part = values[top : top + rows]
            count = len(part)
            self._fill(grays[top : top + rows], part, least[:count], most[:count], near[:count], wide[:count])
        return np.invert(grays, out=grays) if self.is_falling else grays

    def _fill(
        self,
        grays: np.ndarray,
        values: np.ndarray,
        least: np.ndarray,
        most: np.ndarray,
        near: np.ndarray,
        wide: np.ndarray,
    ) -> None:
        """Write the grays of `values`; `near` and `wide` are room to calculate in, which stays in the cache."""
        np.minimum(np.maximum(values, least, out=near), most, out=near)
        # Between signed numbers this wraps around, and is right as an unsigned one.
        np.subtract(near, least, out=near)
        wide[...] = near.view(f"u{near.itemsize}")
        np.multiply(wide, np.uint32(self.step), out=wide)
        np.add(wide, np.uint32(self.start), out=wide)
        np.right_shift(wide, np.uint32(_FRACTION_BITS), out=wide)
        np.copyto(grays, wide, casting="unsafe")


def ramp_of(table: np.ndarray, low: int, slope: float) -> Ramp | None:
    """Return the ramp that gives each entry of a table of uint8 grays exactly, None where there is none.

    `table` (count,) is for the values from `low` on; `slope` is how many grays there are between two values that lie
    on the ramp.
    """
    is_falling = bool(table[0] > table[-1])
    rising = (WHITE - table if is_falling else table).astype(np.int64)
    first = int(np.searchsorted(rising, rising[0], "right")) - 1
    last = max(int(np.searchsorted(rising, rising[-1], "left")), first)
    steps = np.arange(last - first + 1)
    if (rising[:first] != rising[0]).any() or (rising[last:] != rising[-1]).any():
        return None
    step = round(min(abs(slope), WHITE) * _ONE) if last > first else 0
    # Where the gray of `first` may lie so that each entry is the whole part of what is calculated for it.
    least = rising[first : last + 1] * _ONE - steps * step
    start, end = int(least.max()), int(least.min()) + _ONE - 1
    if start > end or end < 0:
        return None
    return Ramp(low + first, low + last, step, (max(start, 0) + end) // 2, is_falling)
