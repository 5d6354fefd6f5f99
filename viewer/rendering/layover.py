"""Segments laid over a picture in their colors: a tint inside, and a firm line around it (PS3.3 C.8.20)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from viewer.rendering.frame import SegmentMask

_TINT, _EDGE = 0.4, 0.9


def lay_over(picture: np.ndarray, segments: Sequence[SegmentMask]) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) with the segments over it, as RGB when there are any."""
    if not segments:
        return picture
    rgb = picture if picture.ndim == 3 else np.repeat(picture[:, :, np.newaxis], 3, axis=2)
    laid = rgb.astype(np.float32)
    for segment in segments:
        opacity = _opacity(segment.share)
        where = opacity > 0
        amount = opacity[where][:, np.newaxis]
        laid[where] = laid[where] * (1 - amount) + np.array(segment.color, np.float32) * amount
    return np.rint(laid).astype(np.uint8)


def _opacity(share: np.ndarray) -> np.ndarray:
    """Return how much of the color covers each pixel: by its share, and firmly at the edge of more than half."""
    inside = np.pad(share >= 128, 1)
    core = inside[1:-1, 1:-1]
    surrounded = inside[:-2, 1:-1] & inside[2:, 1:-1] & inside[1:-1, :-2] & inside[1:-1, 2:]
    tint = share.astype(np.float32) * (_TINT / 255)
    opacity: np.ndarray = np.where(core & ~surrounded, np.float32(_EDGE), tint)
    return opacity
