"""Planes of a volume other than those it was scanned in, and projections of it (PS3.3 C.7.6.2.1.1).

Whichever way a volume was scanned, its planes come out as radiologists look at them (see `orientation`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from viewer.rendering.lattice import Lattice, Numbers
from viewer.rendering.orientation import WAYS, Orientation

WHOLE = math.inf


@dataclass(frozen=True)
class Grid:
    """The frames of one plane through a volume, or of a projection.

    `slab` is the thickness in mm that a maximum intensity projection goes through, WHOLE for all of the volume, 0 for
    plain planes.
    """

    lattice: Lattice
    orientation: Orientation
    slab: float = 0.0

    @cached_property
    def axes(self) -> tuple[int, int, int]:
        """Return which axes of the lattice frames, rows and columns follow."""
        nearest = [int(axis) for axis in np.abs(self.lattice.directions).argmax(axis=1)]
        through, down, right = (nearest.index(axis) for axis, _ in WAYS[self.orientation])
        return through, down, right

    @cached_property
    def signs(self) -> tuple[int, int, int]:
        """Return for frames, rows and columns whether they follow their axis (1) or lead against it (-1)."""
        ways = zip(self.axes, WAYS[self.orientation], strict=True)
        through, down, right = (way if self.lattice.directions[at][axis] > 0 else -way for at, (axis, way) in ways)
        return through, down, right

    @property
    def spacing(self) -> tuple[float, float]:
        """Return the distance of rows and that of columns, in mm. Slices are interpolated to the pixels they have."""
        _, down, right = self.axes
        of = self.lattice.spacing
        return (of[right] if down == 0 else of[down]), (of[down] if right == 0 else of[right])

    @property
    def size(self) -> tuple[int, int]:
        """Return (rows, columns)."""
        return self._length(1), self._length(2)

    def _length(self, place: int) -> int:
        axis = self.axes[place]
        count = self.lattice.shape[axis]
        # A little more than its length: the last slice is there, whatever rounding did to the quotient.
        return math.floor((count - 1) * self.stretch + 1e-6) + 1 if axis == 0 else count

    @property
    def stretch(self) -> float:
        """Return how many pixels there are from slice to slice."""
        return self.lattice.spacing[0] / self.spacing[0]

    @property
    def frame_count(self) -> int:
        """Return how many frames there are."""
        return 1 if self.slab == WHOLE else self.lattice.shape[self.axes[0]]

    @property
    def step(self) -> float:
        """Return the distance of frames, in mm."""
        return self.lattice.spacing[self.axes[0]]

    @property
    def directions(self) -> Numbers:
        """Return Image Orientation (Patient): where a row leads, then where a column leads."""
        row, column = (np.asarray(self.lattice.directions[self.axes[at]]) * self.signs[at] + 0.0 for at in (2, 1))
        return tuple(float(part) for part in (*row, *column))

    def position(self, frame_number: int) -> Numbers:
        """Return Image Position (Patient) of a frame (counted from 1); of the middle of its slab in a projection."""
        through = self._index(frame_number)
        start = [0.0, 0.0, 0.0]
        first, last = self.span(frame_number) if self.slab == WHOLE else (through, through)
        start[self.axes[0]] = (first + last) / 2
        for axis, sign in zip(self.axes[1:], self.signs[1:], strict=True):
            start[axis] = 0 if sign > 0 else self.lattice.shape[axis] - 1
        return self.lattice.place(start)

    def _index(self, frame_number: int) -> int:
        """Return where along its axis a frame lies, from 0."""
        return frame_number - 1 if self.signs[0] > 0 else self.lattice.shape[self.axes[0]] - frame_number

    def span(self, frame_number: int) -> tuple[int, int]:
        """Return the first and the last place along the axis that a frame shows."""
        last = self.lattice.shape[self.axes[0]] - 1
        if self.slab == WHOLE:
            return 0, last
        at, reach = self._index(frame_number), math.floor(self.slab / 2 / self.step + 1e-6)
        return max(at - reach, 0), min(at + reach, last)
