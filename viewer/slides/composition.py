"""A part of a slide, composed of frames as the archive has them."""

from __future__ import annotations

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant
from viewer import sources
from viewer.manifest import SeriesEntry
from viewer.rendering import CannotRender, DecodedFrame, Reason
from viewer.rendering.canvas import Canvas
from viewer.rendering.cutting import Cutting
from viewer.rendering.pyramid import Level
from viewer.rendering.reasons import only_refusals
from viewer.slides.pyramid import Pyramid

# What the color of a frame depends on; a composed picture has nothing else of the header of its frames.
_KEPT = ("BitsAllocated", "BitsStored", "SamplesPerPixel", "ICCProfile", "OpticalPathSequence")


def composed(
    grant: StudyGrant, series: SeriesEntry, pyramid: Pyramid, cutting: Cutting, size: tuple[int, int]
) -> tuple[Dataset, DecodedFrame]:
    """Return the part as one frame; raises PacsError, or CannotRender when one of its frames cannot be shown."""
    level = pyramid.levels[cutting.index]
    with only_refusals():
        canvas = Canvas(cutting, pyramid.background)
    placed = {
        pyramid.frame(series.series_uid, cutting.index, one.frame_number): one for one in level.frames_in(cutting.box)
    }
    header, is_lossy = Dataset(), False
    for ref, source in sources.fetch(grant, list(placed)):
        if isinstance(source, CannotRender):
            raise source
        header, frame = source
        _require_fit(frame, level)
        canvas.lay(frame.pixels, placed[ref])
        is_lossy = is_lossy or frame.is_lossy
    kept = Dataset()
    for keyword in _KEPT:
        if keyword in header:
            kept[keyword] = header[keyword]
    with only_refusals():
        return kept, DecodedFrame(canvas.sized(*size), "RGB", is_lossy=is_lossy)


def _require_fit(frame: DecodedFrame, level: Level) -> None:
    """Raise CannotRender unless a frame is of the level's kind."""
    is_color = frame.photometric == "RGB" and frame.pixels.dtype.name == "uint8"
    if not is_color or frame.pixels.shape != (level.frame_rows, level.frame_columns, 3):
        raise CannotRender(Reason.MISMATCH)
