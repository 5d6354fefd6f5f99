"""How bytes are spoiled: a little, so that they get far before somebody notices."""

from __future__ import annotations

import io
import struct
from functools import lru_cache

from hypothesis import strategies as st
from pydicom.dataelem import RawDataElement

from pacs_gateway.upstream.part10 import read_part10

_LENGTHS = [0, 1, 2, 8, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF]


@st.composite
def spoiled(draw: st.DrawFn, whole: bytes) -> bytes:
    """Change a few bytes, most of them near the beginning; perhaps cut the end off, or write something twice."""
    data = bytearray(whole)
    for _ in range(draw(st.integers(1, 8))):
        end = draw(st.sampled_from([160, 1024, len(data)]))
        place = draw(st.integers(0, max(min(end, len(data)) - 1, 0)))
        change = draw(
            st.one_of(
                st.binary(min_size=1, max_size=4),
                st.sampled_from(_LENGTHS).map(lambda length: length.to_bytes(4, "little")),
                st.sampled_from(_LENGTHS).map(lambda length: length.to_bytes(4, "big")),
            )
        )
        data[place : place + len(change)] = change
    if draw(st.booleans()):
        start = draw(st.integers(0, len(data)))
        data[start:] = data[draw(st.integers(0, start)) :] if draw(st.booleans()) else b""
    return bytes(data)


@st.composite
def revalued(draw: st.DrawFn, whole: bytes) -> bytes:
    """Give a few elements of a DICOM file's data set other values, of whatever length; all else stays as it was."""
    data = whole
    for place, start, end in sorted(draw(st.lists(st.sampled_from(_elements(whole)), max_size=4, unique=True)))[::-1]:
        value = draw(st.binary(max_size=9))
        # The length stands right before the value, in four bytes or in two.
        length = struct.pack(
            "<I" if start - place == 12 or not data[place + 4 : place + 6].isalpha() else "<H", len(value)
        )
        data = data[: start - len(length)] + length + value + data[end:]
    return data


def is_plain(whole: bytes) -> bool:
    """Tell whether the elements of a file stand in it as they are read: little endian and not deflated."""
    return bool(_elements(whole))


@lru_cache
def _elements(whole: bytes) -> list[tuple[int, int, int]]:
    """Return where the elements of a plain file begin, where their values do, and where they end."""
    header = read_part10(io.BytesIO(whole)).header
    found = []
    for element in header.values():
        if isinstance(element, RawDataElement) and element.length < len(whole):
            tag, start = struct.pack("<HH", element.tag.group, element.tag.element), element.value_tell
            places = [place for place in (start - 12, start - 8) if whole[place : place + 4] == tag]
            found += [(place, start, start + element.length) for place in places[:1]]
    return found
