"""The small picture that a file carries of itself: Icon Image Sequence (PS3.3 C.7.6.1.1.6)."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from viewer.rendering.encode import PNG
from viewer.rendering.frame import RenderedFrame, RenderOptions
from viewer.rendering.pipeline import render
from viewer.rendering.reasons import CannotRender, Reason, only_refusals

SIDE_MOST = 1024


def render_icon(header: Dataset, watermark: str = "") -> RenderedFrame:
    """Return the icon in a header as a PNG.

    Raises
    ------
    CannotRender : NO_PIXELS where there is none, TOO_LARGE beyond SIDE_MOST, and what its pixels may raise; only native
        ones are drawn.
    """
    with only_refusals():
        icons = header.get("IconImageSequence") or []
        data = icons[0].get("PixelData") if icons else None
        if not data:
            raise CannotRender(Reason.NO_PIXELS)
        icon = icons[0][:]
        del icon.PixelData
        if max(int(icon.Rows), int(icon.Columns)) > SIDE_MOST:
            raise CannotRender(Reason.TOO_LARGE)
        options = RenderOptions(media_type=PNG, watermark=watermark)
        return render(icon, bytes(data), ExplicitVRLittleEndian, 1, options)
