"""Which part of a slide is wanted, and how large."""

from __future__ import annotations

from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.rendering.detail import Box, size_at
from viewer.rendering.geometry import shown_size
from viewer.slides.pyramid import Pyramid

# The longest side of a picture of all of a slide.
WHOLE_MOST = 2048


def wanted_of(series: SeriesEntry, pyramid: Pyramid, params: FrameParams) -> tuple[Box, tuple[int, int]]:
    """Return which part of a slide is wanted, in pixels of its largest level, and its (width, height) as shown."""
    whole = pyramid.whole
    if params.tile is not None:
        box = params.tile.box(whole.right, whole.bottom)
        return box, size_at(box.right - box.left, box.bottom - box.top, params.tile.level)
    vertical, horizontal = series.pixel_spacing or (1.0, 1.0)
    size = min(params.size or WHOLE_MOST, WHOLE_MOST)
    return whole, shown_size(whole.right, whole.bottom, vertical / horizontal, size)
