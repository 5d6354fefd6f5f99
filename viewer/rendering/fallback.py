"""The window where neither the file nor the reader names one: by modality, else from the values that are there."""

from __future__ import annotations

import numpy as np
from pydicom import Dataset

from viewer.rendering.modality import Modality
from viewer.rendering.padding import Range, is_padding
from viewer.rendering.window import VoiFunction, Window

SOFT_TISSUE = Window(40, 400)
# A body is surrounded by air: a CT frame that reaches down to it counts in Hounsfield units.
_AIR = -500.0
_PERCENTILES = (1, 99)
_SIDE_MOST = 512


def fallback_window(pixels: np.ndarray, header: Dataset, modality: Modality, padding: Range | None) -> Window:
    """Return a window for stored values (rows, columns): the whole range for up to 8 bits, soft tissue for CT in
    Hounsfield units, else from the 1st to the 99th percentile of what is not padding.
    """
    bits = int(header.get("BitsStored") or 16)
    if pixels.dtype.kind == "u" and bits <= 8:
        ends = modality.apply(np.array([0, 2**bits - 1]))
        return Window(float(ends.mean()) + 0.5, max(float(abs(ends[1] - ends[0])) + 1, 1))
    some = pixels[:: max(pixels.shape[0] // _SIDE_MOST, 1), :: max(pixels.shape[1] // _SIDE_MOST, 1)]
    inside = some[~is_padding(some, padding)]
    low, high = _percentiles(modality.apply(inside if inside.size else some))
    if low <= _AIR and _is_hounsfield(header, modality):
        return SOFT_TISSUE
    if high - low < 1:
        return Window((low + high) / 2, max(high - low, 1e-6), VoiFunction.LINEAR_EXACT)
    return Window((low + high + 1) / 2, high - low + 1)


def _is_hounsfield(header: Dataset, modality: Modality) -> bool:
    is_ct = header.get("Modality") == "CT" and modality.lut is None
    return is_ct and str(header.get("RescaleType") or "HU").strip() == "HU"


def _percentiles(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, _PERCENTILES) if finite.size else (0.0, 1.0)
    return float(low), float(high)
