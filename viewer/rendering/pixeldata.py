"""One frame out of a whole Pixel Data element, for files read from disk (PS3.5 8.1.1, A.4)."""

from __future__ import annotations

import math
import struct
from itertools import islice

from pydicom import Dataset
from pydicom.encaps import generate_frames

from viewer.rendering.layout import layout_of
from viewer.rendering.reasons import CannotRender, Reason


def native_frame(header: Dataset, pixel_data: bytes, frame_number: int) -> bytes:
    """Return the bytes of one native frame (counted from 1) of `pixel_data`; raises CannotRender."""
    layout = layout_of(header)
    if layout.bits_allocated == 1 and layout.pixel_count % 8:
        return _bits(pixel_data, (frame_number - 1) * layout.pixel_count, layout.pixel_count)
    start = (frame_number - 1) * layout.frame_bytes
    frame = pixel_data[start : start + layout.frame_bytes]
    if frame_number < 1 or len(frame) < layout.frame_bytes:
        raise CannotRender(Reason.FRAME_OUT_OF_RANGE if not frame else Reason.DAMAGED)
    return frame


def _bits(pixel_data: bytes, start: int, count: int) -> bytes:
    """Return `count` bits from bit `start`, shifted so that the first is the lowest bit of the first byte."""
    end = math.ceil((start + count) / 8)
    if end > len(pixel_data):
        raise CannotRender(Reason.DAMAGED)
    number = int.from_bytes(pixel_data[start // 8 : end], "little") >> (start % 8)
    return (number & ((1 << count) - 1)).to_bytes((count + 7) // 8, "little")


def encapsulated_frame(header: Dataset, pixel_data: bytes, frame_number: int) -> bytes:
    """Return the codestream of one frame (counted from 1) of encapsulated `pixel_data`; raises CannotRender."""
    try:
        frame_count = int(header.get("NumberOfFrames") or 1)
        frames = generate_frames(pixel_data, number_of_frames=frame_count)
        frame = next(islice(frames, frame_number - 1, None), None)
    except (ValueError, TypeError, ArithmeticError, LookupError, EOFError, struct.error) as error:
        raise CannotRender(Reason.DAMAGED) from error
    if frame is None:
        raise CannotRender(Reason.FRAME_OUT_OF_RANGE)
    return frame
