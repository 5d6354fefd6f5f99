"""What a codestream says of itself, read before anything is decoded, so that a false header costs nothing.

Here JPEG and JPEG-LS: the start-of-frame segment (ISO/IEC 10918-1 B.2.2, 14495-1 C.2.2) and the first start of scan.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from viewer.rendering.reasons import CannotRender, Reason

_JPEG_LS, _LOSSLESS, _SOS = 0xF7, 0xC3, 0xDA
_SEQUENTIAL = (0xC0, 0xC1)
_SOF = {*range(0xC0, 0xD0), _JPEG_LS} - {0xC4, 0xC8, 0xCC}
_WITHOUT_LENGTH = {0x01, *range(0xD0, 0xD8)}


@dataclass(frozen=True, slots=True)
class Codestream:
    """Size in pixels, number of components, and bits per sample of the deepest component.

    `is_ycc` tells whether the components are luma and chroma, None where the codestream does not say; `is_undone`
    whether the decoder turns them into RGB by itself. `is_single_scan`: one scan, read once from top to bottom.
    """

    rows: int
    columns: int
    components: int
    precision: int
    is_ycc: bool | None = None
    is_undone: bool = False
    is_lossless: bool = False
    is_single_scan: bool = False
    tiles: int = 1


def sniff_jpeg(data: bytes) -> Codestream:
    """Return what the segments before the first scan say; raises CannotRender(DAMAGED) when they say too little."""
    adobe, jfif, found, marker_found = None, False, None, 0
    for marker, body in _segments(data):
        if marker == 0xEE and body[:5] == b"Adobe" and len(body) > 11:
            adobe = body[11]
        elif marker == 0xE0 and body[:4] == b"JFIF":
            jfif = True
        elif marker in _SOF:
            if found is not None:
                raise CannotRender(Reason.DAMAGED)
            found, marker_found = _frame(body), marker
        elif marker == _SOS:
            return _with_scan(found, marker_found, body, _is_ycc(found, adobe, jfif=jfif))
    raise CannotRender(Reason.DAMAGED)


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (marker, body) of each segment after SOI, up to where the entropy-coded data begins."""
    if data[:2] != b"\xff\xd8":
        raise CannotRender(Reason.DAMAGED)
    place = 2
    while place + 4 <= len(data):
        if data[place] != 0xFF:
            raise CannotRender(Reason.DAMAGED)
        marker = data[place + 1]
        if marker == 0xFF or marker in _WITHOUT_LENGTH:
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if length < 2:
            raise CannotRender(Reason.DAMAGED)
        yield marker, data[place + 4 : place + 2 + length]
        place += 2 + length


@dataclass(frozen=True, slots=True)
class _Frame:
    codestream: Codestream
    identifiers: bytes


def _frame(body: bytes) -> _Frame:
    if len(body) < 6 + 3:
        raise CannotRender(Reason.DAMAGED)
    precision, rows, columns, components = struct.unpack(">BHHB", body[:6])
    return _Frame(Codestream(rows, columns, components, precision), body[6 : 6 + 3 * components : 3])


def _is_ycc(frame: _Frame | None, adobe: int | None, *, jfif: bool) -> bool | None:
    if adobe is not None:
        return adobe == 1
    if frame is not None and frame.identifiers == b"RGB":
        return False
    return True if jfif else None


def _with_scan(frame: _Frame | None, marker: int, body: bytes, is_ycc: bool | None) -> Codestream:
    if frame is None or not body or len(body) < 2 + 2 * body[0]:
        raise CannotRender(Reason.DAMAGED)
    predictor = body[1 + 2 * body[0]]
    is_plain = marker in _SEQUENTIAL or (marker == _LOSSLESS and predictor == 1)
    return replace(
        frame.codestream,
        is_ycc=is_ycc,
        is_undone=marker != _JPEG_LS,
        is_lossless=marker == _LOSSLESS,
        is_single_scan=is_plain and body[0] == frame.codestream.components,
    )
