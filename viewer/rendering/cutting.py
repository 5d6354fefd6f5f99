"""Which level of a slide's pyramid shows a part of it: the smallest one that is sharp enough (PS3.3 C.8.12.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor

from viewer.rendering.detail import Box
from viewer.rendering.pyramid import Level

# A level that is so much smaller than what is wanted is sharp enough.
NEARLY = 0.98
_DIGITS = 6
Part = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Cutting:
    """A part of a picture in pixels of a level: `part` exactly (left, top, right, bottom), `box` those it touches."""

    index: int
    part: Part
    box: Box


def cut(levels: Sequence[Level], wanted: Box, width: int) -> Cutting:
    """Return which level shows a part of the picture.

    Parameters
    ----------
    levels : the levels of the pyramid, the largest first; it gives the pixels that `wanted` is in.
    wanted : the part of the picture.
    width : how many pixels wide it is to be.

    Raises
    ------
    LookupError : when it would take too many frames at every level.
    """
    cuttings = [_on(levels, index, wanted) for index in range(len(levels))]
    possible = [one for one in cuttings if levels[one.index].is_affordable(one.box)]
    sharp = [one for one in possible if one.part[2] - one.part[0] >= width * NEARLY]
    if not possible:
        raise LookupError("too many frames")
    return sharp[-1] if sharp else possible[0]


def _on(levels: Sequence[Level], index: int, wanted: Box) -> Cutting:
    level, base = levels[index], levels[0]
    across, down = level.columns / base.columns, level.rows / base.rows
    sides = (wanted.left * across, wanted.top * down, wanted.right * across, wanted.bottom * down)
    left, top, right, bottom = (round(side, _DIGITS) for side in sides)
    box = Box(floor(left), floor(top), min(ceil(right), level.columns), min(ceil(bottom), level.rows))
    return Cutting(index, (left, top, min(right, box.right), min(bottom, box.bottom)), box)
