"""Parts of a large picture: a grid of tiles at levels, each level half as wide and half as high as the one before.

A pixel of a level is the mean of a square of whole stored pixels, the same one whichever tile it lies in, so that
neighboring tiles meet without a seam.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

SIDE = 512
LEVEL_MOST = 16


@dataclass(frozen=True, slots=True)
class Box:
    """A part of an image: columns `left` to `right`, rows `top` to `bottom`, from 0, the last not included."""

    left: int
    top: int
    right: int
    bottom: int

    def cut(self, picture: np.ndarray) -> np.ndarray:
        """Return the part of an image (rows, columns[, 3])."""
        return np.ascontiguousarray(picture[self.top : self.bottom, self.left : self.right])


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile of SIDE x SIDE pixels, fewer at the right and lower edge; `level` 0 is the image as stored."""

    level: int
    column: int
    row: int

    @property
    def text(self) -> str:
        """Return "level,column,row"; `tile_from` reads it back."""
        return f"{self.level},{self.column},{self.row}"

    def box(self, columns: int, rows: int) -> Box:
        """Return the stored pixels that a tile shows of an image of that size.

        Raises
        ------
        LookupError : when the image has no such tile.
        """
        step = SIDE << min(self.level, LEVEL_MOST)
        left, top = self.column * step, self.row * step
        if min(self.level, left, top) < 0 or self.level >= level_count(columns, rows) or left >= columns or top >= rows:
            raise LookupError("no such tile")
        return Box(left, top, min(left + step, columns), min(top + step, rows))


def tile_from(text: str) -> Tile:
    """Return the tile that Tile.text wrote."""
    level, column, row = map(int, text.split(","))
    return Tile(level, column, row)


def level_count(columns: int, rows: int) -> int:
    """Return how many levels an image of that size has; the last one is a single tile."""
    return max((max(columns, rows, 1) - 1) // SIDE, 0).bit_length() + 1


def size_at(columns: int, rows: int, level: int) -> tuple[int, int]:
    """Return (columns, rows) of an image at a level, in pixels of that level."""
    step = 1 << level
    return -(-columns // step), -(-rows // step)


def averaged(picture: np.ndarray, level: int) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) at a level: means of 2**level x 2**level pixels, rounded.

    Squares that reach beyond the edge are means of the pixels there are.
    """
    return picture if level == 0 else np.asarray(Image.fromarray(picture).reduce(1 << level))
