"""From the bytes of one frame to its stored values (PS3.5 8.2, annex A)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydicom import Dataset

from viewer.rendering.compressed import CODECS, decode_compressed
from viewer.rendering.deflated import inflate
from viewer.rendering.frame import DecodedFrame
from viewer.rendering.layout import PixelLayout, layout_of
from viewer.rendering.native import native_samples, stored_bits
from viewer.rendering.overlay import embedded_overlay
from viewer.rendering.photometric import to_rgb
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.rle import decode_rle
from viewer.rendering.waveform_drawing import decode_waveform

__all__ = ["CODECS", "DEFLATED_FRAME", "ENCAPSULATED_NATIVE", "GE_BIG_ENDIAN", "NATIVE", "RLE", "VIDEO", "decode"]

_PREFIX = "1.2.840.10008.1.2"
# GE's own: a little-endian data set around big-endian pixels.
GE_BIG_ENDIAN = "1.2.840.113619.5.2"
BIG_ENDIAN = frozenset({f"{_PREFIX}.2", GE_BIG_ENDIAN})
NATIVE = frozenset({_PREFIX, f"{_PREFIX}.1", f"{_PREFIX}.1.99"}) | BIG_ENDIAN
ENCAPSULATED_NATIVE = f"{_PREFIX}.1.98"
RLE = f"{_PREFIX}.5"
DEFLATED_FRAME = f"{_PREFIX}.8.1"
VIDEO = frozenset(f"{_PREFIX}.4.{end}" for end in range(100, 109)) | frozenset(
    f"{_PREFIX}.4.{end}.1" for end in range(100, 107)
)


def decode(header: Dataset, data: bytes | memoryview, transfer_syntax_uid: str, frame_number: int) -> DecodedFrame:
    """Return the stored values of one frame.

    Parameters
    ----------
    header : the instance's data set without Pixel Data.
    data : the frame alone: a codestream, or native bytes in the byte order of the transfer syntax.
    transfer_syntax_uid : how `data` is encoded.
    frame_number : counts from 1.

    Returns
    -------
    DecodedFrame with (rows, columns) or (rows, columns, 3); YBR has become RGB, a waveform its drawing.

    Raises
    ------
    CannotRender : for anything that is not whole, consistent and supported.
    """
    try:
        if is_waveform(header):
            return decode_waveform(header, frame_number, is_big_endian=transfer_syntax_uid in BIG_ENDIAN)
        layout = layout_of(header)
        _check_frame_number(header, frame_number)
        return _decoded(header, layout, data, str(transfer_syntax_uid))
    except CannotRender:
        raise
    except MemoryError as error:
        raise CannotRender(Reason.TOO_LARGE) from error
    except Exception as error:  # a parser or decoder may raise anything over hostile bytes
        raise CannotRender(Reason.DAMAGED) from error


def is_waveform(header: Dataset) -> bool:
    """Tell whether an instance holds curves in place of pixels (PS3.3 C.10.9)."""
    return "WaveformSequence" in header and "Rows" not in header


def _check_frame_number(header: Dataset, frame_number: int) -> None:
    frame_count = int(header.get("NumberOfFrames") or 1)
    if not 1 <= frame_number <= max(frame_count, 1):
        raise CannotRender(Reason.FRAME_OUT_OF_RANGE)


def _decoded(header: Dataset, layout: PixelLayout, data: bytes | memoryview, syntax: str) -> DecodedFrame:
    codec, was_lossy = CODECS.get(syntax), header.get("LossyImageCompression") == "01"
    if codec is not None:
        pixels, codestream = decode_compressed(layout, bytes(data), codec)
        return to_rgb(pixels, layout, codestream, is_lossy=codec.is_lossy or was_lossy)
    samples = _samples(layout, data, syntax)
    frame = to_rgb(stored_bits(layout, samples, layout.high_bit), layout, None, is_lossy=was_lossy)
    return replace(frame, overlay=embedded_overlay(header, samples, layout.bits_allocated))


def _samples(layout: PixelLayout, data: bytes | memoryview, syntax: str) -> np.ndarray:
    if syntax in NATIVE or syntax == ENCAPSULATED_NATIVE:
        return native_samples(layout, data, is_big_endian=syntax in BIG_ENDIAN)
    if syntax == RLE:
        return decode_rle(bytes(data), layout)
    if syntax == DEFLATED_FRAME:
        return native_samples(layout, inflate(bytes(data), layout.frame_bytes))
    raise CannotRender(Reason.VIDEO if syntax in VIDEO else Reason.UNSUPPORTED_ENCODING)
