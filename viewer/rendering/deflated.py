"""Deflated Image Frame Compression (PS3.5 A.4.13)."""

from __future__ import annotations

import zlib

from viewer.rendering.reasons import CannotRender, Reason


def inflate(data: bytes, length: int) -> bytes:
    """Return one deflated frame (PS3.5 A.4.13), never more than it may be; raises CannotRender(MISMATCH)."""
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    frame = inflater.decompress(data, length + 2)
    if inflater.unconsumed_tail:
        raise CannotRender(Reason.MISMATCH)
    return frame
