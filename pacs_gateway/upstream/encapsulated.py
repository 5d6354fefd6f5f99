"""Find the fragments of one frame in encapsulated pixel data (PS3.5 A.4) without reading the others."""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass

from pydicom import Dataset

from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH, CheckedReader
from pacs_gateway.upstream.part10 import Part10

_ITEM, _DELIMITER = 0xFFFEE000, 0xFFFEE0DD
_ITEM_HEADER = 8
_END_OF_CODESTREAM = b"\xff\xd9"
_END_MARGIN = 10


class _NoItem(ValueError):
    """There is no item where a table or a length says one is."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One item of encapsulated pixel data: where its value begins, and its length."""

    start: int
    length: int


def read_codestream(file: Part10, index: int, count: int) -> bytes:
    """Return the codestream of frame `index` of `count`, its fragments joined (PS3.5 A.4).

    Raises ValueError, EOFError or struct.error where it is cut off or cannot be told from the others.
    """
    base, table = _offset_table(file)
    offsets = _extended_offsets(file.header) or table
    if len(offsets) == count and _is_rising(offsets):
        end = base + offsets[index + 1] if index + 1 < count else None
        try:
            fragments, is_closed = _fragments(file, base + offsets[index], end)
        except _NoItem:
            # Tables that point nowhere are found in the field; the items themselves still tell.
            return _read_unlisted(file, base, index, count)
        if is_closed:
            return _join(file.body, fragments)
    return _read_unlisted(file, base, index, count)


def find_fragments(file: Part10) -> list[Fragment]:
    """Return where every fragment lies, up to the closing delimiter; raises as `read_codestream` does."""
    base, _ = _offset_table(file)
    fragments, is_closed = _fragments(file, base, None)
    if not is_closed or not any(fragment.length for fragment in fragments):
        raise EOFError("the closing delimiter is missing")
    return fragments


def _offset_table(file: Part10) -> tuple[int, tuple[int, ...]]:
    """Return where the first fragment's item stands, and the Basic Offset Table (PS3.5 A.4)."""
    item = _item_at(file, file.body.tell())
    if item is None or item.length % 4:
        raise ValueError("no Basic Offset Table")
    file.body.seek(item.start)
    table = struct.unpack(f"<{item.length // 4}I", file.body.read_exactly(item.length))
    return item.start + item.length, table


def _extended_offsets(header: Dataset) -> tuple[int, ...]:
    """Return the Extended Offset Table (PS3.3 C.7.6.3.1.8); where its frames end follows from the items."""
    table = header.get("ExtendedOffsetTable")
    return struct.unpack(f"<{len(table) // 8}Q", table) if isinstance(table, bytes) and len(table) % 8 == 0 else ()


def _is_rising(offsets: tuple[int, ...]) -> bool:
    return offsets[0] == 0 and all(a < b for a, b in itertools.pairwise(offsets))


def _item_at(file: Part10, place: int) -> Fragment | None:
    """Return the item at `place`, None at the delimiter; raises _NoItem where there is neither."""
    file.body.seek(place)
    header = file.body.read(_ITEM_HEADER)
    if len(header) < _ITEM_HEADER:
        raise EOFError("the pixel data is cut off")
    group, element, length = struct.unpack("<HHI", header)
    tag = group << 16 | element
    if tag == _DELIMITER:
        return None
    if tag != _ITEM or length == UNDEFINED_LENGTH:
        raise _NoItem("no item where one should be")
    return Fragment(place + _ITEM_HEADER, length)


def _item_after(file: Part10, before: Fragment | None, place: int) -> Fragment | None:
    """Return the item at `place`, or one byte on where an odd fragment was padded without counting the padding.

    PS3.5 A.4 has neither, and writers in the field have both: odd lengths, and a byte more behind them.
    """
    try:
        return _item_at(file, place)
    except _NoItem:
        if before is None or before.length % 2 == 0:
            raise
        return _item_at(file, place + 1)


def _fragments(file: Part10, place: int, end: int | None) -> tuple[list[Fragment], bool]:
    """Return the fragments from `place` to `end` or the delimiter, and whether that was reached."""
    fragments: list[Fragment] = []
    while end is None or place < end:
        if fragments and fragments[-1].length % 2 and place + 1 == end:
            break
        try:
            fragment = _item_after(file, fragments[-1] if fragments else None, place)
        except EOFError:
            return fragments, False
        if fragment is None:
            if end is not None:
                raise _NoItem("the pixel data ends inside a frame")
            return fragments, True
        fragments.append(fragment)
        place = fragment.start + fragment.length
    return fragments, True


def _join(body: CheckedReader, fragments: list[Fragment]) -> bytes:
    parts = []
    for fragment in fragments:
        body.seek(fragment.start)
        parts.append(body.read_exactly(fragment.length))
    if not any(parts):
        raise EOFError("an empty frame")
    return b"".join(parts)


def _read_unlisted(file: Part10, base: int, index: int, count: int) -> bytes:
    """Return a frame where no usable table says where it begins: by counting, else by the ends of codestreams."""
    fragments, is_closed = _fragments(file, base, None)
    if len(fragments) == count:
        # All are there even if a careless writer left out the delimiter.
        return _join(file.body, [fragments[index]])
    if not is_closed:
        raise EOFError("the closing delimiter is missing")
    if count == 1:
        return _join(file.body, fragments)
    frames: list[list[Fragment]] = [[]]
    for fragment in fragments:
        frames[-1].append(fragment)
        if _ends_codestream(file.body, fragment):
            frames.append([])
    if not frames[-1]:
        frames.pop()
    if len(frames) != count:
        raise ValueError("fewer or more frames than the header says")
    return _join(file.body, frames[index])


def _ends_codestream(body: CheckedReader, fragment: Fragment) -> bool:
    margin = min(_END_MARGIN, fragment.length)
    body.seek(fragment.start + fragment.length - margin)
    return _END_OF_CODESTREAM in body.read(margin)
