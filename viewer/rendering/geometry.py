"""The shape of the picture: pixel aspect ratio (PS3.3 C.7.6.3.1.7) and size."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from PIL import Image
from pydicom import Dataset

from viewer.rendering.functional import macro
from viewer.rendering.once import once

SQUARE_ENOUGH = 0.01
_OTHER_RATIOS = ("ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")
RATIO_MOST = 20.0
SIDE_MOST = 16384
PIXELS_MOST = 64_000_000


@once
def aspect_ratio(header: Dataset, frame_number: int) -> float:
    """Return the height of a pixel over its width; 1 where the file says nothing sensible."""
    measures = macro(header, "PixelMeasuresSequence", frame_number)
    ratio = _ratio(measures.get("PixelSpacing"))
    others = (_ratio(header.get(keyword)) for keyword in _OTHER_RATIOS)
    if ratio is None:
        ratio = next((other for other in others if other is not None), 1.0)
    return ratio if abs(ratio - 1) > SQUARE_ENOUGH else 1.0


def _ratio(pair: object) -> float | None:
    try:
        height, width = (float(value) for value in pair)  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return None
    if not (math.isfinite(height) and math.isfinite(width) and height > 0 and width > 0):
        return None
    ratio = height / width
    return ratio if 1 / RATIO_MOST <= ratio <= RATIO_MOST else None


@lru_cache(maxsize=256)
def shown_size(columns: int, rows: int, ratio: float, size: int | None, least: int = 0) -> tuple[int, int]:
    """Return (width, height) of the picture in pixels: square pixels, longest side at most `size`, nothing enlarged
    but to make pixels square or the longest side `least`, and never more than a browser can show.
    """
    width, height = (float(columns), rows * ratio) if ratio >= 1 else (columns / ratio, float(rows))
    longest = max(width, height)
    scale = min(
        max(1.0, least / longest),
        (size or max(longest, least)) / longest,
        SIDE_MOST / longest,
        math.sqrt(PIXELS_MOST / (width * height)),
    )
    return max(round(width * scale), 1), max(round(height * scale), 1)


def resize(picture: np.ndarray, width: int, height: int) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) at another size: by area below half, by Lanczos otherwise."""
    if picture.shape[:2] == (height, width):
        return picture
    image = Image.fromarray(picture)
    is_much_smaller = 2 * width <= image.width and 2 * height <= image.height
    kind = Image.Resampling.BOX if is_much_smaller else Image.Resampling.LANCZOS
    return np.asarray(image.resize((width, height), kind))
