"""Which part of an image a presentation state shows, and how it is turned (PS3.3 C.10.4, C.10.6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.references import first_for, items, numbers

SIDE_MOST = 16384


@dataclass(frozen=True, slots=True)
class Area:
    """The part of an image that is shown: columns `left` to `right` and rows `top` to `bottom`, counted from 0 and
    the last not included; it may reach beyond the image. Then turned clockwise by `quarters` of a circle, then
    mirrored from left to right if `is_flipped`.
    """

    left: int
    top: int
    right: int
    bottom: int
    quarters: int = 0
    is_flipped: bool = False

    @property
    def columns(self) -> int:
        """Return the width before turning."""
        return self.right - self.left

    @property
    def rows(self) -> int:
        """Return the height before turning."""
        return self.bottom - self.top

    def cut(self, picture: np.ndarray) -> np.ndarray:
        """Return the part of a picture (rows, columns[, 3]); black where it reaches beyond the picture."""
        rows, columns = picture.shape[:2]
        if (self.left, self.top, self.right, self.bottom) == (0, 0, columns, rows):
            return picture
        part = np.zeros((self.rows, self.columns, *picture.shape[2:]), picture.dtype)
        left, right = max(self.left, 0), min(self.right, columns)
        top, bottom = max(self.top, 0), min(self.bottom, rows)
        if left < right and top < bottom:
            inside = picture[top:bottom, left:right]
            part[top - self.top : bottom - self.top, left - self.left : right - self.left] = inside
        return part

    def turn(self, picture: np.ndarray) -> np.ndarray:
        """Return a picture (rows, columns[, 3]) turned and mirrored."""
        turned = np.rot90(picture, -self.quarters) if self.quarters else picture
        return np.ascontiguousarray(turned[:, ::-1] if self.is_flipped else turned)

    def place(self, points: np.ndarray) -> np.ndarray:
        """Return points (count, 2), x and y in pixels of the image from its corner, as fractions of what is shown."""
        fractions = (points - (self.left, self.top)) / (self.columns, self.rows)
        for _ in range(self.quarters):
            fractions = np.stack([1 - fractions[:, 1], fractions[:, 0]], axis=1)
        return fractions * (-1, 1) + (1, 0) if self.is_flipped else fractions


def area_of(state: Dataset, item: Dataset | None, columns: int, rows: int) -> Area:
    """Return what a state shows of an image.

    Parameters
    ----------
    state : holds Image Rotation and Image Horizontal Flip.
    item : the item of Displayed Area Selection Sequence for the image; None for the whole of it.
    columns, rows : size of the image.

    Raises
    ------
    CannotRender : DAMAGED when the numbers make no sense, TOO_LARGE above SIDE_MOST pixels.
    """
    try:
        corners = _corners(item) if item is not None else (0, 0, columns, rows)
        rotation = int(state.get("ImageRotation") or 0)
    except (TypeError, ValueError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    area = Area(*corners, rotation // 90 % 4, state.get("ImageHorizontalFlip") == "Y")
    if rotation % 90:
        raise CannotRender(Reason.DAMAGED)
    if max(area.columns, area.rows) > SIDE_MOST or max(map(abs, corners)) > 2 * SIDE_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    return area


def area_for(state: Dataset, instance_uid: str, frame_number: int, columns: int, rows: int) -> Area:
    """Return what a state shows of one frame; see `area_of`."""
    item = first_for(state, "DisplayedAreaSelectionSequence", instance_uid, frame_number)
    return area_of(state, item, columns, rows)


def moves_pixels(state: Dataset, columns: int, rows: int) -> bool:
    """Tell whether pixels of an image of that size stand elsewhere than in the image as stored."""
    found: list[Dataset | None] = [*items(state, "DisplayedAreaSelectionSequence")] or [None]
    return any(area_of(state, item, columns, rows) != Area(0, 0, columns, rows) for item in found)


def _corners(item: Dataset) -> tuple[int, int, int, int]:
    """Return left, top, right and bottom. The corners are named by where they are seen, after turning."""
    ends = [numbers(item, f"DisplayedArea{which}HandCorner") for which in ("TopLeft", "BottomRight")]
    (x, y), (other_x, other_y) = ((int(column), int(row)) for column, row in ends)
    return min(x, other_x) - 1, min(y, other_y) - 1, max(x, other_x), max(y, other_y)
