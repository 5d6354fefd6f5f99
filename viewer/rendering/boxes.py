"""Boxes of the JP2 and JPEG XL file formats (ISO/IEC 15444-1 I.4, 18181-2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

JP2 = b"\x00\x00\x00\x0cjP  \r\n\x87\n"
JXL = b"\x00\x00\x00\x0cJXL \r\n\x87\n"
_BOXES_MOST = 64


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, contents) of each box after the signature; nothing where there is no signature."""
    place = len(JP2) if data.startswith((JP2, JXL)) else len(data)
    for _ in range(_BOXES_MOST):
        if place + 8 > len(data):
            return
        length, kind = struct.unpack_from(">I4s", data, place)
        header = 8
        if length == 1:
            length, header = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        end = place + length if length else len(data)
        if end < place + header:
            return
        yield kind, data[place + header : end]
        place = end
