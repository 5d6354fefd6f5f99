"""Whether a codestream is whole. Decoders fill in what is missing without a word; half a picture must not be shown."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import imagecodecs
import numpy as np

from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.sniff import Codestream

END = b"\xff\xd9"
# Writers pad the last fragment with zeros, and some leave a few bytes of their own behind the end.
_PADDING_MOST, _SURPLUS_MOST = 4096, 16
# Read by a decoder only where it still waits for pixels; holds no marker.
_PROBE = bytes(range(1, 251)) * 2
# So few samples may lie in the very block where the codestream is cut off.
_SMALL = 4096
# Python keeps what it printed last, and with it the frame whose pixels were being decoded.
_KEPT_BY_PRINTING = ("last_exc", "last_type", "last_value", "last_traceback")
_hook_lock = threading.Lock()


def require_end(data: bytes) -> None:
    """Raise CannotRender(DAMAGED) unless `data` ends as JPEG, JPEG-LS and JPEG 2000 end: with EOI or EOC."""
    tail = data[-_PADDING_MOST:].rstrip(b"\x00")
    if END not in tail[-_SURPLUS_MOST:]:
        raise CannotRender(Reason.DAMAGED)


def decode_jpeg(data: bytes, codestream: Codestream, **colors: Any) -> np.ndarray:
    """Return the samples of a JPEG codestream; raises CannotRender(DAMAGED) when its entropy-coded data is cut off.

    libjpeg draws what is missing in grey and only counts a warning that nobody can read. So bytes are put in front of
    the end: what is whole has no use for them, what is cut off changes.
    """
    pixels: np.ndarray = imagecodecs.jpeg8_decode(data, **colors)
    if _may_be_cut(pixels, codestream):
        end = data.rfind(END)
        if not np.array_equal(pixels, imagecodecs.jpeg8_decode(data[:end] + _PROBE + data[end:], **colors)):
            raise CannotRender(Reason.DAMAGED)
    return pixels


def _may_be_cut(pixels: np.ndarray, codestream: Codestream) -> bool:
    """Return False where the last pixels are not what libjpeg fills in, so that most pictures are decoded once.

    It takes missing bits for zeros until the end of the block, or of the row in a lossless scan, where that gives equal
    steps; then all is grey. So no more than one block can be missing unseen.
    """
    if not codestream.is_single_scan or pixels.size < _SMALL:
        return True
    last = pixels[-1, -3:].astype(float)
    if codestream.is_lossless and (np.diff(last, 2, axis=0) == 0).all():
        return True
    luma = last[-1] @ (0.299, 0.587, 0.114) if pixels.ndim == 3 else last[-1]
    return bool(abs(luma - 2 ** (codestream.precision - 1)) <= 2)


def decode_htj2k(data: bytes) -> np.ndarray:
    """Return the samples of an HTJ2K codestream; raises CannotRender(DAMAGED) when OpenJPH gives up half way.

    imagecodecs loses that exception and returns memory nobody wrote to: it is caught where Python reports lost ones.
    """
    with _lost_exceptions() as lost:
        pixels: np.ndarray = imagecodecs.htj2k_decode(data)
    if lost:
        raise CannotRender(Reason.DAMAGED)
    return pixels


@contextmanager
def _lost_exceptions() -> Iterator[list[str]]:
    """Collect the names of exceptions that imagecodecs._htj2k cannot raise, and print nothing of them."""
    lost: list[str] = []

    def note(unraisable: sys.UnraisableHookArgs) -> None:
        if "_htj2k" in str(unraisable.object):
            lost.append(str(unraisable.exc_type))
        else:
            unraisablehook(unraisable)

    with _hook_lock:
        unraisablehook, excepthook = sys.unraisablehook, sys.excepthook
        sys.unraisablehook, sys.excepthook = note, lambda *_: None
        try:
            yield lost
        finally:
            sys.unraisablehook, sys.excepthook = unraisablehook, excepthook
            for name in _KEPT_BY_PRINTING if lost else ():
                sys.__dict__.pop(name, None)
