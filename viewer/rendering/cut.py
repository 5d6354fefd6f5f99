"""Frames of a plane through a volume, or of a projection, made from slices (PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

import numpy as np

from viewer.rendering.padding import Range, is_padding
from viewer.rendering.reformat import Grid
from viewer.rendering.stretch import stretched

Padding = Range | None


class Cut:
    """Frames in the making, slice by slice, so that the volume is never held as a whole.

    Parameters
    ----------
    grid : what is wanted.
    numbers : the frames wanted, counted from 1.
    padding : the range of stored values that are no picture. They count as nothing in a projection, and between them
        and a picture nothing is interpolated.
    """

    def __init__(self, grid: Grid, numbers: list[int], padding: Padding = None) -> None:
        self._grid, self._padding = grid, padding
        self._spans = {number: grid.span(number) for number in numbers}
        self._made: dict[int, np.ndarray] = {}

    def wants(self, index: int) -> bool:
        """Tell whether slice `index` (from 0) is seen in any of the frames."""
        return self._grid.axes[0] != 0 or any(first <= index <= last for first, last in self._spans.values())

    def add(self, index: int, pixels: np.ndarray) -> None:
        """Take in slice `index` (from 0), stored values (rows, columns) of an integer type."""
        shown = _hidden(pixels, self._padding) if self._grid.slab else pixels
        through = self._grid.axes[0]
        for number, (first, last) in self._spans.items():
            if through == 0:
                if first <= index <= last:
                    self._lay(number, shown)
                continue
            band = shown[first : last + 1] if through == 1 else shown[:, first : last + 1]
            lines = self._made.setdefault(number, np.empty((self._grid.lattice.shape[0], self._width), pixels.dtype))
            np.max(band, axis=through - 1, out=lines[index])

    @property
    def _width(self) -> int:
        return self._grid.lattice.shape[3 - self._grid.axes[0]]

    def _lay(self, number: int, pixels: np.ndarray) -> None:
        made = self._made.get(number)
        if made is None:
            self._made[number] = pixels.copy()
        else:
            np.maximum(made, pixels, out=made)

    def frame(self, number: int) -> np.ndarray:
        """Return a frame (rows, columns) of stored values, once all slices that it wants are there."""
        grid, made = self._grid, self._made[number]
        if grid.slab and self._padding is not None:
            made = np.where(made == np.iinfo(made.dtype).min, self._padding[0], made).astype(made.dtype)
        through, down, _ = grid.axes
        kept = [axis for axis in range(3) if axis != through]
        if kept[0] == 0:
            made = made if self._sign_of(0) > 0 else made[::-1]
            made = stretched(made, grid.stretch, grid.size[0 if down == 0 else 1], self._padding)
        else:
            made = made if self._sign_of(kept[0]) > 0 else made[::-1]
        made = made if self._sign_of(kept[1]) > 0 else made[:, ::-1]
        return np.ascontiguousarray(made if down == kept[0] else made.T)

    def _sign_of(self, axis: int) -> int:
        return self._grid.signs[self._grid.axes.index(axis)]


def _hidden(pixels: np.ndarray, padding: Padding) -> np.ndarray:
    """Return pixels with the least value of their type where they are padding."""
    if padding is None:
        return pixels
    return np.where(is_padding(pixels, padding), np.iinfo(pixels.dtype).min, pixels).astype(pixels.dtype)
