"""The segments of a segmentation: what they are called and which color they are shown in (PS3.3 C.8.20.2)."""

from __future__ import annotations

from dataclasses import dataclass

from pydicom import Dataset

from viewer.rendering.cielab import Color, color_of
from viewer.rendering.reasons import CannotRender, Reason, only_refusals
from viewer.rendering.references import items, numbers

SEGMENTS_MOST = 1024
_LABEL_MOST = 64
# Told apart by most people with any color vision (after Okabe and Ito); for segments that recommend no color.
_COLORS: tuple[Color, ...] = (
    (230, 159, 0),
    (86, 180, 233),
    (0, 158, 115),
    (240, 228, 66),
    (0, 114, 178),
    (213, 94, 0),
    (204, 121, 167),
)


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment; `number` counts from 1."""

    number: int
    label: str
    color: Color


@only_refusals()
def segments_of(header: Dataset) -> list[Segment]:
    """Return the segments in the order of their numbers; the background of a label map is none.

    Raises
    ------
    CannotRender : TOO_LARGE above SEGMENTS_MOST segments, DAMAGED when a number or a color makes no sense.
    """
    found = items(header, "SegmentSequence")
    if len(found) > SEGMENTS_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    segments = [_segment(item) for item in found]
    return sorted((one for one in segments if one.number > 0), key=lambda one: one.number)


def _segment(item: Dataset) -> Segment:
    number = int(item["SegmentNumber"].value)
    lab = numbers(item, "RecommendedDisplayCIELabValue")
    color = color_of(lab) if lab else _COLORS[(number - 1) % len(_COLORS)]
    return Segment(number, str(item.get("SegmentLabel") or "")[:_LABEL_MOST], color)
