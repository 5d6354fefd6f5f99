"""RLE Lossless (PS3.5 annex G), decoded by segments with their lengths checked."""

from __future__ import annotations

import struct
from itertools import pairwise

import imagecodecs
import numpy as np

from viewer.rendering.layout import PixelLayout
from viewer.rendering.reasons import CannotRender, Reason

_HEADER = struct.Struct("<16I")


def decode_rle(data: bytes, layout: PixelLayout) -> np.ndarray:
    """Return one frame.

    Parameters
    ----------
    data : one RLE frame: header of sixteen words, then the segments.
    layout : what the header of the instance says.

    Returns
    -------
    Array (rows, columns) or (rows, columns, samples) of `layout.sample_type`, with all bits of each sample.

    Raises
    ------
    CannotRender : MISMATCH when the number of segments or their decoded length is not what the header says.
    """
    if layout.bits_allocated == 1:
        return _packed(data, layout)
    sample_bytes = max(layout.bits_allocated, 8) // 8
    planes = [_segment(segment, layout.pixel_count) for segment in _segments(data, layout.samples * sample_bytes)]
    # Segments hold the most significant byte first, sample after sample.
    stacked = np.stack(planes).reshape(layout.samples, sample_bytes, layout.pixel_count)[:, ::-1]
    samples = np.ascontiguousarray(stacked.transpose(2, 0, 1)).view(layout.sample_type)
    shape = (layout.rows, layout.columns) if layout.samples == 1 else (layout.rows, layout.columns, layout.samples)
    return samples.reshape(shape)


def _packed(data: bytes, layout: PixelLayout) -> np.ndarray:
    """Return one frame of single bits, eight of them in each byte of the one segment."""
    (segment,) = _segments(data, 1)
    bits = np.unpackbits(_segment(segment, layout.frame_bytes), bitorder="little")
    return bits[: layout.pixel_count].reshape(layout.rows, layout.columns)


def _segments(data: bytes, expected: int) -> list[bytes]:
    if len(data) < _HEADER.size:
        raise CannotRender(Reason.DAMAGED)
    count, *offsets = _HEADER.unpack_from(data)
    if count != expected or count > 15:
        raise CannotRender(Reason.MISMATCH)
    bounds = [*offsets[:count], len(data)]
    if bounds[0] < _HEADER.size or any(after < before for before, after in pairwise(bounds)):
        raise CannotRender(Reason.DAMAGED)
    return [data[start:end] for start, end in pairwise(bounds)]


def _segment(data: bytes, length: int) -> np.ndarray:
    """Return the `length` bytes of a PackBits segment; memory is never more than that, whatever the segment says."""
    return np.frombuffer(_unpacked(data, length), np.uint8)


def _unpacked(data: bytes, length: int) -> bytes:
    for end in (len(data), len(data) - 1):
        # Without its last byte, where that byte pads the segment to even length and is half a packet.
        try:
            unpacked = bytes(imagecodecs.packbits_decode(data[:end], out=length))
        except RuntimeError:
            continue
        if len(unpacked) == length:
            return unpacked
    raise CannotRender(Reason.MISMATCH)
