"""How pixels are laid out, read from the header (PS3.3 C.7.6.3.1) and refused when it makes no sense."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.reasons import CannotRender, Reason

BYTES_MOST = 512 * 1024 * 1024
_GRAY = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")
_COLOR = ("RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420", "YBR_PARTIAL_422", "YBR_ICT", "YBR_RCT", "XYB")


@dataclass(frozen=True, slots=True)
class PixelLayout:
    """Rows and columns in pixels, depth in bits; `is_float` for Float and Double Float Pixel Data."""

    rows: int
    columns: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    is_planar: bool
    is_float: bool

    @property
    def pixel_count(self) -> int:
        return self.rows * self.columns

    @property
    def is_subsampled(self) -> bool:
        """Tell whether native frames hold one pair of chroma for two pixels of a row."""
        return self.photometric in ("YBR_FULL_422", "YBR_PARTIAL_422")

    @property
    def sample_type(self) -> np.dtype[np.generic]:
        """Return the little-endian type of one sample as decoded."""
        if self.is_float:
            return np.dtype(f"<f{self.bits_allocated // 8}")
        size = max(self.bits_allocated, 8) // 8
        return np.dtype(f"<{'i' if self.is_signed else 'u'}{size}")

    @property
    def frame_bytes(self) -> int:
        """Return the length of one native frame in bytes (PS3.5 8.1.1, 8.2)."""
        if self.bits_allocated == 1:
            return (self.pixel_count * self.samples + 7) // 8
        samples = 2 if self.is_subsampled else self.samples
        return self.pixel_count * samples * self.bits_allocated // 8


def _whole(header: Dataset, keyword: str, default: int) -> int:
    value = header.get(keyword)
    try:
        return default if value in (None, "") else int(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise CannotRender(Reason.DAMAGED) from error


def layout_of(header: Dataset) -> PixelLayout:
    """Return the layout that the header describes.

    Raises CannotRender: NO_PIXELS without Rows and Columns, UNSUPPORTED_PIXELS or TOO_LARGE otherwise.
    """
    rows, columns = _whole(header, "Rows", 0), _whole(header, "Columns", 0)
    if rows < 1 or columns < 1:
        raise CannotRender(Reason.NO_PIXELS)
    allocated = _whole(header, "BitsAllocated", 0)
    stored = _whole(header, "BitsStored", 0)
    layout = PixelLayout(
        rows=rows,
        columns=columns,
        samples=_whole(header, "SamplesPerPixel", 1),
        photometric=str(header.get("PhotometricInterpretation") or "MONOCHROME2").strip(),
        bits_allocated=allocated,
        bits_stored=stored or allocated,
        high_bit=_whole(header, "HighBit", (stored or allocated) - 1),
        is_signed=_whole(header, "PixelRepresentation", 0) == 1,
        is_planar=_whole(header, "PlanarConfiguration", 0) == 1,
        is_float=stored == 0 and allocated in (32, 64) and "PixelRepresentation" not in header,
    )
    _check(layout)
    return layout


def _check(layout: PixelLayout) -> None:
    known = _GRAY if layout.samples == 1 else _COLOR if layout.samples == 3 else ()
    depths = (32, 64) if layout.is_float else (1, 8, 16, 32)
    if (
        layout.photometric not in known
        or layout.bits_allocated not in depths
        or not 1 <= layout.bits_stored <= layout.high_bit + 1 <= layout.bits_allocated
        or (layout.samples != 1 and (layout.bits_allocated == 1 or layout.is_signed or layout.is_float))
        or (layout.photometric == "PALETTE COLOR" and layout.is_float)
        or (layout.is_subsampled and layout.columns % 2)
    ):
        raise CannotRender(Reason.UNSUPPORTED_PIXELS)
    if layout.pixel_count * layout.samples * max(layout.bits_allocated // 8, 1) > BYTES_MOST:
        raise CannotRender(Reason.TOO_LARGE)
