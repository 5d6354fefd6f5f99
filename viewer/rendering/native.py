"""Uncompressed frames: from bytes to stored values (PS3.5 8.1.1, 8.2; PS3.3 C.7.6.3.1)."""

from __future__ import annotations

import numpy as np

from viewer.rendering.layout import PixelLayout
from viewer.rendering.reasons import CannotRender, Reason


def native_samples(layout: PixelLayout, data: bytes | memoryview, *, is_big_endian: bool = False) -> np.ndarray:
    """Return samples (rows, columns) or (rows, columns, samples) of `layout.sample_type` with all their bits.

    Raises CannotRender(DAMAGED) when `data` is shorter or longer than the header says; one byte that makes the length
    even is let through.
    """
    expected = layout.frame_bytes
    if not expected <= len(data) <= expected + (expected & 1):
        raise CannotRender(Reason.DAMAGED)
    if layout.bits_allocated == 1:
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")
        return bits[: layout.pixel_count].reshape(layout.rows, layout.columns)
    kind = layout.sample_type.newbyteorder(">" if is_big_endian else "<")
    samples = np.frombuffer(data[:expected], kind).astype(layout.sample_type, copy=False)
    return _arranged(layout, samples)


def stored_bits(layout: PixelLayout, samples: np.ndarray, high_bit: int) -> np.ndarray:
    """Return what stands between High Bit and Bits Stored, sign extended (PS3.5 8.1.1); the rest may be overlays."""
    if layout.is_float or layout.bits_allocated == 1 or layout.bits_stored == layout.bits_allocated:
        return samples
    if not layout.is_signed and high_bit == layout.bits_stored - 1 and int(samples.max()) < 1 << layout.bits_stored:
        return samples
    kind = samples.dtype.type
    shifted = np.left_shift(samples, kind(layout.bits_allocated - 1 - high_bit))
    stored: np.ndarray = np.right_shift(shifted, kind(layout.bits_allocated - layout.bits_stored))
    return stored


def _arranged(layout: PixelLayout, samples: np.ndarray) -> np.ndarray:
    if layout.samples == 1:
        return samples.reshape(layout.rows, layout.columns)
    if layout.is_subsampled:
        return _from_422(samples, layout)
    if layout.is_planar:
        return samples.reshape(layout.samples, layout.rows, layout.columns).transpose(1, 2, 0)
    return samples.reshape(layout.rows, layout.columns, layout.samples)


def _from_422(samples: np.ndarray, layout: PixelLayout) -> np.ndarray:
    """Spread the chroma of two neighbors, stored Y1 Y2 Cb Cr (PS3.3 C.7.6.3.1.2), over both."""
    groups = samples.reshape(-1, 4)
    luma = groups[:, :2].reshape(-1)
    chroma = np.repeat(groups[:, 2:], 2, axis=0)
    return np.column_stack([luma, chroma]).reshape(layout.rows, layout.columns, 3)
