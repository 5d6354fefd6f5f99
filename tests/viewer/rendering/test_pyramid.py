"""Which level shows a part of a slide, which frames lie there, and where."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.rendering.canvas import Canvas
from viewer.rendering.cutting import Cutting, cut
from viewer.rendering.detail import Box, Tile, size_at
from viewer.rendering.pyramid import FRAMES_MOST, Level, Placed

# A fourth each, as scanners often write them, and not quite a fourth at last.
LEVELS = (Level(40_000, 30_000, 512, 512), Level(10_000, 7_500, 512, 512), Level(2_499, 1_875, 512, 512))
WHOLE = Box(0, 0, 40_000, 30_000)


def _of(tile: Tile) -> Cutting:
    box = tile.box(40_000, 30_000)
    return cut(LEVELS, box, size_at(box.right - box.left, box.bottom - box.top, tile.level)[0])


@pytest.mark.parametrize(
    ("tile", "level"),
    [
        (Tile(0, 3, 3), 0),
        (Tile(1, 3, 3), 0),
        (Tile(2, 3, 3), 1),
        (Tile(3, 3, 3), 1),
        (Tile(4, 1, 1), 2),
        (Tile(6, 0, 0), 2),
    ],
)
def test_the_smallest_level_that_is_sharp_enough_is_taken(tile: Tile, level: int) -> None:
    assert _of(tile).index == level


def test_a_part_lies_where_it_does_in_the_largest_level() -> None:
    found = _of(Tile(2, 3, 2))
    assert (found.part, found.box) == ((1536.0, 1024.0, 2048.0, 1536.0), Box(1536, 1024, 2048, 1536))
    found = _of(Tile(4, 1, 1))
    assert found.part == pytest.approx((511.7952, 512.0, 1023.5904, 1024.0), abs=1e-4)
    assert found.box == Box(511, 512, 1024, 1024)


def test_what_would_take_too_many_frames_is_taken_from_a_smaller_level() -> None:
    assert cut(LEVELS, WHOLE, 8_000).index == 2
    with pytest.raises(LookupError):
        cut(LEVELS[:2], WHOLE, 100)
    # One frame is not too many, but it may be too large; so may be a place where none lies.
    assert cut((Level(8_000, 8_000, 8_000, 8_000),), Box(0, 0, 8_000, 8_000), 100).index == 0
    for level in (Level(9_000, 9_000, 9_000, 9_000), Level(9_000, 9_000, 256, 256, places=((1, 0, 0),))):
        with pytest.raises(LookupError):
            cut((level,), Box(0, 0, 9_000, 9_000), 100)


def test_no_tile_takes_more_frames_than_it_may() -> None:
    for level in range(8):
        found = _of(Tile(level, 0, 0))
        assert len(LEVELS[found.index].frames_in(found.box)) <= FRAMES_MOST


@pytest.mark.parametrize(
    ("box", "numbers"),
    [
        (Box(0, 0, 512, 512), [1]),
        (Box(0, 0, 513, 512), [1, 2]),
        (Box(511, 511, 513, 513), [1, 2, 6, 7]),
        (Box(2048, 1536, 2499, 1875), [20]),
    ],
)
def test_frames_are_in_the_order_of_reading(box: Box, numbers: list[int]) -> None:
    assert [one.frame_number for one in LEVELS[2].frames_in(box)] == numbers
    assert LEVELS[2].count_in(box) == len(numbers)


def test_focal_planes_before_the_one_that_is_shown_are_skipped() -> None:
    level = Level(1000, 1000, 512, 512, skipped=4)
    assert level.frames_in(Box(600, 0, 610, 10)) == [Placed(6, 512, 0)]


def test_frames_of_a_sparse_level_are_where_they_say() -> None:
    level = Level(1000, 1000, 100, 100, places=((1, 900, 900), (2, 50, 50), (3, 500, 0)))
    assert level.frames_in(Box(0, 0, 150, 150)) == [Placed(2, 50, 50)]
    assert level.frames_in(Box(150, 150, 300, 300)) == []
    assert level.count_in(Box(0, 0, 1000, 1000)) == 3


def _frame(value: int, side: int = 4) -> np.ndarray:
    return np.full((side, side, 3), value, np.uint8)


def test_frames_are_laid_where_they_belong_and_the_rest_is_background() -> None:
    canvas = Canvas(Cutting(0, (2, 2, 8, 6), Box(2, 2, 8, 6)), (9, 9, 9))
    canvas.lay(_frame(1), Placed(1, 0, 0))
    canvas.lay(_frame(2), Placed(2, 4, 4))
    for beside in (Placed(3, 8, 2), Placed(3, 2, 6), Placed(3, -4, 2), Placed(3, 2, -9)):
        canvas.lay(_frame(3), beside)
    assert canvas.pixels[:, :, 0].tolist() == [
        [1, 1, 9, 9, 9, 9],
        [1, 1, 9, 9, 9, 9],
        [9, 9, 2, 2, 2, 2],
        [9, 9, 2, 2, 2, 2],
    ]
    assert canvas.sized(6, 4) is canvas.pixels


def test_a_part_is_made_smaller_by_means_and_never_larger() -> None:
    canvas = Canvas(Cutting(0, (0, 0, 4, 4), Box(0, 0, 4, 4)), (0, 0, 0))
    canvas.lay(_frame(200, 2), Placed(1, 0, 0))
    assert canvas.sized(2, 2)[:, :, 0].tolist() == [[200, 0], [0, 0]]
    assert canvas.sized(1, 1)[:, :, 0].tolist() == [[50]]
    assert canvas.sized(400, 400).shape == (4, 4, 3)


def test_neighboring_tiles_are_made_of_the_same_pixels() -> None:
    """A step of color that lies between two tiles stays between them."""
    level = Level(2048, 512, 512, 512)
    for column, value in ((0, 0), (1, 255)):
        box = Tile(1, column, 0).box(2048, 512)
        found = cut((level,), box, 512)
        canvas = Canvas(found, (7, 7, 7))
        for placed in level.frames_in(found.box):
            canvas.lay(_frame(0 if placed.left < 1024 else 255, 512), placed)
        assert (canvas.sized(512, 256) == value).all()
