"""Overlay planes 60xx: marks drawn over a picture, beside its pixels or in their unused bits (PS3.3 C.9.2)."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from pydicom import Dataset

from viewer.rendering.once import once

GROUPS = range(0x6000, 0x6020, 2)
ACTIVATION = 0x1001
_ROWS, _COLUMNS, _FRAMES, _ORIGIN, _FRAME_ORIGIN = 0x0010, 0x0011, 0x0015, 0x0050, 0x0051
_BITS_ALLOCATED, _BIT_POSITION, _DATA = 0x0100, 0x0102, 0x3000
_SIDE_MOST = 65535


def overlay_of(header: Dataset, frame_number: int, rows: int, columns: int) -> np.ndarray | None:
    """Return a mask (rows, columns) of all overlay planes of a frame (counted from 1); None when nothing is drawn.

    Planes that make no sense are left out: they are marks on the picture, not the picture.
    """
    if not has_overlays(header):
        return None
    mask = np.zeros((rows, columns), bool)
    for group in _groups(header):
        if has_data(header, group) and group != header.get("ShutterOverlayGroup"):
            try:
                mask |= plane_of(header, group, frame_number, rows, columns)
            except (KeyError, TypeError, ValueError, OverflowError):
                continue
    return mask if mask.any() else None


@once
def has_overlays(header: Dataset) -> bool:
    """Tell whether a file holds overlay planes."""
    return any(True for _ in _groups(header))


def plane_of(header: Dataset, group: int, frame_number: int, rows: int, columns: int) -> np.ndarray:
    """Return a mask (rows, columns) of one overlay plane; raises KeyError, TypeError or ValueError without sense."""
    mask = np.zeros((rows, columns), bool)
    _paste(mask, _plane(header, group, frame_number), header[group, _ORIGIN].value)
    return mask


def has_data(header: Dataset, group: int) -> bool:
    """Tell whether an overlay plane is stored by itself, and not in unused bits of the pixels."""
    return (group, _DATA) in header


def embedded_overlay(header: Dataset, samples: np.ndarray, bits_allocated: int) -> np.ndarray | None:
    """Return a mask of the overlays in bits of `samples` (rows, columns) that hold no pixel value; None without any."""
    mask = None
    for group in _groups(header):
        if (group, _DATA) in header or (group, _BIT_POSITION) not in header:
            continue
        position, allocated = _whole(header, group, _BIT_POSITION), _whole(header, group, _BITS_ALLOCATED)
        if 0 < position < bits_allocated == allocated and samples.dtype.kind in "iu":
            plane = (samples >> position) & 1 == 1
            mask = plane if mask is None else mask | plane
    return mask


def draw(picture: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) with white where `mask` is set."""
    drawn = picture.copy()
    drawn[mask] = 255
    return drawn


def _groups(header: Dataset) -> Iterator[int]:
    tags = header.keys()
    return (group for group in GROUPS if (group << 16 | _ROWS) in tags)


def _whole(header: Dataset, group: int, element: int, default: int = 0) -> int:
    try:
        return int(header[group, element].value)
    except (KeyError, TypeError, ValueError):
        return default


def _plane(header: Dataset, group: int, frame_number: int) -> np.ndarray:
    """Return one plane (rows, columns) of the group; ValueError when it has none for the frame or is too short."""
    rows, columns = _whole(header, group, _ROWS), _whole(header, group, _COLUMNS)
    count = _whole(header, group, _FRAMES, 0)
    index = frame_number - _whole(header, group, _FRAME_ORIGIN, 1) if count > 1 else 0
    data = bytes(header[group, _DATA].value)
    first = index * rows * columns
    last = first + rows * columns
    if not 0 <= index < max(count, 1) or not (0 < rows <= _SIDE_MOST and 0 < columns <= _SIDE_MOST):
        raise ValueError("no overlay for this frame")
    if last > 8 * len(data):
        raise ValueError("the overlay is cut off")
    bits = np.unpackbits(np.frombuffer(data[first // 8 : (last + 7) // 8], np.uint8), bitorder="little")
    return bits[first % 8 :][: rows * columns].reshape(rows, columns).astype(bool)


def _paste(mask: np.ndarray, plane: np.ndarray, origin: list[int]) -> None:
    """Set `mask` where `plane` is set; `origin` is the row and column of its corner from 1, and may lie outside."""
    top, left = int(origin[0]) - 1, int(origin[1]) - 1
    part = plane[max(-top, 0) :, max(-left, 0) :][: max(mask.shape[0] - max(top, 0), 0)]
    part = part[:, : max(mask.shape[1] - max(left, 0), 0)]
    if part.size:
        mask[max(top, 0) :, max(left, 0) :][: part.shape[0], : part.shape[1]] |= part
