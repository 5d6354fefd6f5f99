"""Windowable frames: exact values that a browser windows itself, small enough to send during a drag.

Layout of a frame, version 1:

    4 bytes             length of the facts, big-endian
    facts               a JSON object, see `_facts`
    rows * columns      the high bytes of the residuals, row by row
    rows * columns      their low bytes

A sample is its stored value less `first`, the least stored value of the frame: 0..65535, for signed and unsigned alike.
Its residual is the sample less the prediction of the median edge detector of JPEG-LS (ITU-T T.87 A.4.2), made from the
samples to the left (a), above (b) and above left (c), 0 outside the frame:

    prediction = max(min(a, b), min(max(a, b), a + b - c))

kept as a 16-bit number without sign, in the order 0, -1, 1, -2, 2 ..., so that small ones have a high byte of 0.

A proxy has only every n-th row and column, and is there sooner; its values are exact all the same.
"""

from __future__ import annotations

import json
import struct
from typing import Any

import imagecodecs
import numpy as np
from pydicom import Dataset

from viewer.rendering.frame import DecodedFrame
from viewer.rendering.geometry import aspect_ratio, shown_size
from viewer.rendering.gray import GrayTransform, transform_of
from viewer.rendering.icc import profile_of
from viewer.rendering.lut import Lut
from viewer.rendering.overlay import overlay_of
from viewer.rendering.palette import is_supplemental
from viewer.rendering.prediction import residuals_of
from viewer.rendering.reasons import CannotRender, Reason, only_refusals
from viewer.rendering.shutter import has_shutter

VERSION = 1
MEDIA_TYPE = "application/vnd.lightbox.planes"
RANGE_MOST = 1 << 16
# The residuals of noise have no patterns to find: higher levels take 2 to 20 ms more for 1 % less.
_BROTLI_LEVEL = 1
_LENGTH = struct.Struct(">I")


def encode_planes(header: Dataset, frame: DecodedFrame, frame_number: int, size: int | None = None) -> bytes:
    """Return a windowable frame, not yet compressed.

    Parameters
    ----------
    header : the instance's data set without Pixel Data.
    frame : its stored values, grey (rows, columns).
    frame_number : counts from 1; chooses the functional groups.
    size : the most rows and columns to send, all of them when it is None.

    Raises
    ------
    CannotRender : NOT_WINDOWABLE for color, for values that are no integers, where the greatest is 65536 or more above
        the least, and where a Presentation LUT or a shutter follows the window; DAMAGED when the header's tables make
        no sense.
    """
    with only_refusals():
        first, last = _range(header, frame)
        facts = _facts(header, frame, frame_number) | {"first": first, "last": last}
    every = _every(frame.pixels, size)
    sent = frame.pixels[::every, ::every]
    facts |= {"rows": sent.shape[0], "columns": sent.shape[1], "every": every}
    head = json.dumps(facts, separators=(",", ":")).encode()
    return b"".join([_LENGTH.pack(len(head)), head, residuals_of(sent, first).tobytes()])


def _every(pixels: np.ndarray, size: int | None) -> int:
    """Return n where every n-th row and column is sent."""
    return -(-max(pixels.shape) // size) if size else 1


def compress(planes: bytes) -> bytes:
    """Return the bytes as brotli (RFC 7932)."""
    return bytes(imagecodecs.brotli_encode(planes, level=_BROTLI_LEVEL))


def decompress(compressed: bytes) -> bytes:
    """Return what `compress` was given."""
    return bytes(imagecodecs.brotli_decode(compressed))


def _range(header: Dataset, frame: DecodedFrame) -> tuple[int, int]:
    """Return the least and the greatest stored value; raises CannotRender where no window can be set."""
    if not frame.photometric.startswith("MONOCHROME") or frame.pixels.dtype.kind not in "iu" or is_supplemental(header):
        raise CannotRender(Reason.NOT_WINDOWABLE)
    first, last = frame.limits
    if last - first >= RANGE_MOST:
        raise CannotRender(Reason.NOT_WINDOWABLE)
    return first, last


def _facts(header: Dataset, frame: DecodedFrame, frame_number: int) -> dict[str, Any]:
    """Return what turns stored values into grays: the Modality LUT as slope and intercept or as a table, the default
    window or VOI LUT, the padding and the inversion; the size at which the frame is shown; and whether its grays are
    all there is to see, so that they are the lossless picture itself.
    """
    rows, columns = frame.pixels.shape
    transform = transform_of(header, frame, frame_number, None, invert=False)
    if transform.presentation is not None or has_shutter(header, frame_number):
        raise CannotRender(Reason.NOT_WINDOWABLE)
    return {
        "version": VERSION,
        "shown": (shown := list(shown_size(columns, rows, aspect_ratio(header, frame_number), None))),
        "is_picture": shown == [columns, rows] and not _has_marks(header, frame, frame_number),
        "is_lossy": frame.is_lossy,
        "slope": transform.modality.slope,
        "intercept": transform.modality.intercept,
        "modality_lut": _table(transform.modality.lut),
        "padding": list(transform.padding) if transform.padding else None,
        "is_inverted": transform.is_inverted,
        "window": _window(transform),
        "voi_lut": _table(transform.voi_lut),
    }


def _has_marks(header: Dataset, frame: DecodedFrame, frame_number: int) -> bool:
    if profile_of(header):
        return True
    return frame.overlay is not None or overlay_of(header, frame_number, *frame.pixels.shape) is not None


def _table(lut: Lut | None) -> dict[str, Any] | None:
    return {"first": lut.first, "bits": lut.bits, "entries": lut.entries.tolist()} if lut else None


def _window(transform: GrayTransform) -> dict[str, Any] | None:
    window = transform.window
    return {"center": window.center, "width": window.width, "function": window.function} if window else None
