"""Pages of a PDF (ISO 32000) as pictures, by PDFium; no form, script or link of it does anything."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pypdfium2  # type: ignore[import-untyped]
from pypdfium2 import PdfDocument, PdfiumError
from pypdfium2 import raw as pdfium

from viewer.rendering.encode import JPEG, encode
from viewer.rendering.frame import RenderedFrame
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.watermark import stamp

BYTES_MOST = 32 * 1024 * 1024
SIDE_MOST = 4096
_BEGIN, _BEGIN_WITHIN = b"%PDF-", 1024


def page_count(data: bytes) -> int:
    """Return how many pages a PDF has.

    Raises
    ------
    CannotRender : LOCKED when it wants a password, TOO_LARGE beyond BYTES_MOST, DAMAGED when it is no whole PDF.
    """
    with _opened(data) as document:
        return len(document)


def render_page(data: bytes, number: int, size: int, watermark: str = "", quality: int = 85) -> RenderedFrame:
    """Return page `number` (from 1) as a JPEG whose longest side is `size` pixels, at most SIDE_MOST.

    Raises CannotRender as `page_count` does, and FRAME_OUT_OF_RANGE for a page that is not there.
    """
    with _opened(data) as document:
        if not 1 <= number <= len(document):
            raise CannotRender(Reason.FRAME_OUT_OF_RANGE)
        pixels = _pixels(document[number - 1], min(size, SIDE_MOST))
    shown = stamp(pixels, watermark) if watermark else pixels
    return RenderedFrame(encode(shown, JPEG, quality), JPEG, shown.shape[1], shown.shape[0], lossy=True)


def _pixels(page: pypdfium2.PdfPage, size: int) -> np.ndarray:
    width, height = page.get_size()
    # A side without length, or one that would leave no pixel of the other.
    if not (math.isfinite(width) and math.isfinite(height)) or min(width, height) * size < max(width, height):
        raise CannotRender(Reason.DAMAGED)
    bitmap = page.render(scale=size / max(width, height), may_draw_forms=False, rev_byteorder=True, prefer_bgrx=False)
    pixels = bitmap.to_numpy()[:size, :size]
    rgb: np.ndarray = np.repeat(pixels.reshape(*pixels.shape[:2], 1), 3, axis=2) if pixels.ndim == 2 else pixels
    return np.ascontiguousarray(rgb[:, :, :3])


@contextmanager
def _opened(data: bytes) -> Iterator[PdfDocument]:
    if len(data) > BYTES_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    if _BEGIN not in data[:_BEGIN_WITHIN]:
        raise CannotRender(Reason.DAMAGED)
    try:
        document = PdfDocument(data)
        try:
            yield document
        finally:
            document.close()
    except PdfiumError as error:
        is_locked = getattr(error, "err_code", None) == pdfium.FPDF_ERR_PASSWORD
        raise CannotRender(Reason.LOCKED if is_locked else Reason.DAMAGED) from error
    except MemoryError as error:
        raise CannotRender(Reason.TOO_LARGE) from error
