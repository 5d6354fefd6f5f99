"""Pixel Padding Value: what was stored where there is no picture (PS3.3 C.7.5.1.1.2)."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset

Range = tuple[int, int]


def padding_of(header: Dataset) -> Range | None:
    """Return the range of stored values that are padding, both ends included; None when the file names none."""
    value = header.get("PixelPaddingValue")
    try:
        if value is None:
            return None
        limit = int(header["PixelPaddingRangeLimit"].value) if "PixelPaddingRangeLimit" in header else int(value)
        value, limit = _as_stored(int(value), header), _as_stored(limit, header)
    except (TypeError, ValueError):
        return None
    return min(value, limit), max(value, limit)


def _as_stored(value: int, header: Dataset) -> int:
    """Return the value as pixels count; many files write it as US where pixels are signed, or the other way round."""
    span = 1 << int(header.get("BitsAllocated") or 16)
    if header.get("PixelRepresentation") == 1:
        return value - span if value >= span // 2 else value
    return value + span if value < 0 else value


def is_padding(stored: np.ndarray, padding: Range | None) -> np.ndarray:
    """Return a mask of the shape of `stored`."""
    if padding is None:
        return np.zeros(stored.shape, bool)
    return (stored >= padding[0]) & (stored <= padding[1])
