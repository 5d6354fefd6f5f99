"""A level of a whole slide: one image of the glass, cut into frames (PS3.3 C.8.12.4.1.1).

Frames may be left out where there is only empty glass (TILED_SPARSE, PS3.3 C.7.6.17.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from viewer.rendering.detail import Box

# One picture is composed of so many frames, and of so many of their pixels, at most.
FRAMES_MOST, PIXELS_MOST = 80, 16_000_000
# A part of a level has so many pixels at most, whether frames lie there or not.
AREA_MOST = 64_000_000


@dataclass(frozen=True, slots=True)
class Placed:
    """Frame `frame_number` of a level (from 1), whose first pixel lies at `left`, `top` (from 0)."""

    frame_number: int
    left: int
    top: int


@dataclass(frozen=True, slots=True)
class Level:
    """One image of a pyramid: its size, that of its frames, and where they lie, all in its own pixels.

    `places` are the frames as (number, left, top); none for a level that has them all, in the order of reading, after
    `skipped` others (TILED_FULL).
    """

    columns: int
    rows: int
    frame_columns: int
    frame_rows: int
    skipped: int = 0
    places: tuple[tuple[int, int, int], ...] = ()

    def count_in(self, box: Box) -> int:
        """Return how many frames lie in a part of the level."""
        if self.places:
            return sum(1 for _ in self._sparse(box))
        across, down = self._grid(box)
        return len(across) * len(down)

    def frames_in(self, box: Box) -> list[Placed]:
        """Return the frames that lie in a part of the level."""
        return list(self._sparse(box) if self.places else self._full(box))

    def _sparse(self, box: Box) -> Iterator[Placed]:
        for number, left, top in self.places:
            is_across = left < box.right and left + self.frame_columns > box.left
            if is_across and top < box.bottom and top + self.frame_rows > box.top:
                yield Placed(number, left, top)

    def _full(self, box: Box) -> Iterator[Placed]:
        across, down = self._grid(box)
        in_a_row = -(-self.columns // self.frame_columns)
        for row in down:
            for column in across:
                number = self.skipped + row * in_a_row + column + 1
                yield Placed(number, column * self.frame_columns, row * self.frame_rows)

    def _grid(self, box: Box) -> tuple[range, range]:
        across = range(box.left // self.frame_columns, -(-box.right // self.frame_columns))
        return across, range(box.top // self.frame_rows, -(-box.bottom // self.frame_rows))

    def is_affordable(self, box: Box) -> bool:
        """Tell whether a part of the level is small enough, and made of few enough frames."""
        if (box.right - box.left) * (box.bottom - box.top) > AREA_MOST:
            return False
        count = self.count_in(box)
        return count <= 1 or (count <= FRAMES_MOST and count * self.frame_columns * self.frame_rows <= PIXELS_MOST)
