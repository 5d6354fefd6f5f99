"""The pyramid of a slide, as a manifest keeps it: its levels, and which instances hold their frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pacs_gateway.refs import FrameRef, InstanceRef
from viewer.rendering.cielab import Color
from viewer.rendering.detail import Box
from viewer.rendering.pyramid import Level

WHITE: Color = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Held:
    """An instance that holds frames of a level: a whole one, or a part of a concatenation."""

    instance_uid: str
    frame_count: int


@dataclass(frozen=True, slots=True)
class Pyramid:
    """The levels of a slide, the largest first, which instances hold their frames, and the color of the empty glass."""

    levels: tuple[Level, ...]
    held: tuple[tuple[Held, ...], ...]
    background: Color = WHITE

    @property
    def whole(self) -> Box:
        """Return all of the slide, in pixels of its largest level."""
        return Box(0, 0, self.levels[0].columns, self.levels[0].rows)

    def frame(self, series_uid: str, index: int, frame_number: int) -> FrameRef:
        """Return a frame of a level, numbered from 1 through all its instances; raises LookupError outside them."""
        left = frame_number
        for one in self.held[index]:
            if 1 <= left <= one.frame_count:
                return FrameRef(InstanceRef(series_uid, one.instance_uid), left)
            left -= one.frame_count
        raise LookupError("no such frame")


def pyramid_from(facts: dict[str, Any] | None) -> Pyramid | None:
    """Return the pyramid that asdict and JSON made `facts` of."""
    if facts is None:
        return None
    levels = tuple(Level(**one | {"places": tuple(map(tuple, one["places"]))}) for one in facts["levels"])
    held = tuple(tuple(Held(**one) for one in parts) for parts in facts["held"])
    return Pyramid(levels, held, tuple(facts["background"]))
