"""JPEG 2000 and HTJ2K: the codestream inside its boxes, and what its SIZ segment says (ISO/IEC 15444-1 A.5.1, I.4)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from viewer.rendering.boxes import JP2, boxes
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.sniff import Codestream

_START = b"\xff\x4f\xff\x51"
_COD, _SOT = 0xFF52, 0xFF90
_END = b"\xff\xd9"
_SIZ = struct.Struct(">IIIIIIIIH")
_SIZ_START = 8


def bare_codestream(data: bytes) -> bytes:
    """Return the codestream alone, which is all that PS3.5 A.4.4 allows; some writers put it into a JP2 file."""
    if not data.startswith(JP2):
        return data
    for kind, contents in boxes(data):
        if kind == b"jp2c":
            return contents
    raise CannotRender(Reason.DAMAGED)


def sniff_jpeg2000(data: bytes) -> Codestream:
    """Return what the main header of a bare codestream says.

    Raises CannotRender: DAMAGED when there is none; MISMATCH when components are smaller than the picture or of
    different depths, which no header can say.
    """
    if not data.startswith(_START) or len(data) < _SIZ_START + _SIZ.size:
        raise CannotRender(Reason.DAMAGED)
    x_end, y_end, x_start, y_start, tile_width, tile_height, tile_x, tile_y, components = _SIZ.unpack_from(
        data, _SIZ_START
    )
    depths = data[_SIZ_START + _SIZ.size :][: 3 * components]
    columns, rows = x_end - x_start, y_end - y_start
    if min(columns, rows, components, tile_width, tile_height) < 1 or len(depths) != 3 * components:
        raise CannotRender(Reason.DAMAGED)
    if len({depths[index : index + 3] for index in range(0, len(depths), 3)}) != 1 or depths[1:3] != b"\x01\x01":
        raise CannotRender(Reason.MISMATCH)
    has_transform = _has_component_transform(data)
    tiles = -((tile_x - x_end) // tile_width) * -((tile_y - y_end) // tile_height)
    return Codestream(rows, columns, components, (depths[0] & 0x7F) + 1, has_transform, has_transform, tiles=tiles)


def _has_component_transform(data: bytes) -> bool:
    """Return the multiple component transform that the COD segment of the main header tells (A.6.1)."""
    has_transform = None
    for marker, place in _main_segments(data):
        if marker == _COD:
            has_transform = data[place + 8] == 1
    if has_transform is None:
        raise CannotRender(Reason.DAMAGED)
    return has_transform


def _main_segments(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield (marker, place) of each segment of the main header, up to the first tile-part, which is yielded too."""
    place = 2
    while place + 9 <= len(data):
        marker, length = struct.unpack_from(">HH", data, place)
        yield marker, place
        if marker == _SOT or marker < 0xFF00 or length < 2:
            break
        place += 2 + length


def require_tiles(data: bytes, tiles: int) -> None:
    """Raise CannotRender(DAMAGED) unless every tile is there, as long as its header says (A.4.2), and EOC follows.

    Decoders leave tiles that are missing black.
    """
    place, seen = next((place for marker, place in _main_segments(data) if marker == _SOT), len(data)), set()
    while place + 12 <= len(data):
        marker, index, length = struct.unpack_from(">H2xHI", data, place)
        if marker != _SOT:
            break
        seen.add(index)
        # Zero: up to the end.
        place = place + length if length else data.rfind(_END)
    if data[place : place + 2] != _END or len(seen) != tiles:
        raise CannotRender(Reason.DAMAGED)
