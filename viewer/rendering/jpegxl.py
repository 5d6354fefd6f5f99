"""JPEG XL: what the first bytes of the codestream say (ISO/IEC 18181-1 annex D)."""

from __future__ import annotations

from viewer.rendering.bits import Bits
from viewer.rendering.boxes import boxes
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.sniff import Codestream

_START = b"\xff\x0a"
_HEADER_BYTES = 256
_RATIOS = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_GRAY = 1


def sniff_jpegxl(data: bytes) -> Codestream:
    """Return size, components and depth; raises CannotRender for animations, previews, alpha and floating point."""
    bits = Bits(_codestream_head(data))
    rows, columns = _size(bits)
    if bits.take(1):  # all_default: 8 bit, color
        return Codestream(rows, columns, 3, 8, is_undone=True)
    if bits.take(1):  # extra_fields
        bits.take(3)
        if bits.take(1):
            _size(bits)
        if bits.take(2):
            raise CannotRender(Reason.UNSUPPORTED_PIXELS)
    if bits.take(1):
        raise CannotRender(Reason.UNSUPPORTED_PIXELS)
    precision = bits.choose((8, 0), (10, 0), (12, 0), (1, 6))
    bits.take(1)
    if bits.choose((0, 0), (1, 0), (2, 4), (1, 12)):
        raise CannotRender(Reason.UNSUPPORTED_PIXELS)
    bits.take(1)
    return Codestream(rows, columns, _components(bits), precision, is_undone=True)


def _components(bits: Bits) -> int:
    if bits.take(1):  # all_default: sRGB
        return 3
    bits.take(1)
    return 1 if bits.choose((0, 0), (1, 0), (2, 4), (18, 6)) == _GRAY else 3


def _size(bits: Bits) -> tuple[int, int]:
    is_small = bits.take(1)
    rows = _side(bits, is_small)
    ratio = bits.take(3)
    if ratio == 0:
        return rows, _side(bits, is_small)
    numerator, denominator = _RATIOS[ratio - 1]
    return rows, rows * numerator // denominator


def _side(bits: Bits, is_small: int) -> int:
    return 8 * (bits.take(5) + 1) if is_small else bits.choose((1, 9), (1, 13), (1, 18), (1, 30))


def _codestream_head(data: bytes) -> bytes:
    """Return the first bytes after the start of the codestream, bare or in a container's box."""
    parts = [data] + [contents[4 * (kind == b"jxlp") :] for kind, contents in boxes(data) if kind in (b"jxlc", b"jxlp")]
    for part in parts:
        if part.startswith(_START):
            return part[len(_START) : _HEADER_BYTES]
    raise CannotRender(Reason.DAMAGED)
