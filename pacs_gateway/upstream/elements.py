"""Read the elements of a plain data set from memory (PS3.5 7.1), as pydicom would from a file.

pydicom asks its file several times for each element, which takes longer than all else that is done with most headers.
An element of undefined length is left to it alone, and a data set that is not plain otherwise as a whole: of another
byte order, out of order, with a value representation that nobody knows, or longer than what is in memory.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Container, MutableSequence
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO, cast

from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import DataElement, RawDataElement, empty_value_for_VR
from pydicom.filereader import data_element_generator
from pydicom.tag import BaseTag
from pydicom.values import convert_string

from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH, CheckedReader

_CHARACTER_SET = 0x00080005
_ITEMS = 0xFFFE0000
_END_OF_SEQUENCE = b"\xfe\xff\xdd\xe0"
_LONG = "OB OD OF OL OV OW SQ SV UC UN UR UT UV"
_SHORT = "AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US"
_KINDS: dict[bytes, tuple[str | None, bool]] = {
    # What stands where a value representation would be, and is none, where it is implicit.
    b"": (None, False),
    **{name.encode(): (name, name in _LONG.split()) for name in f"{_LONG} {_SHORT}".split()},
}
_LONG_LENGTH = struct.Struct("<I")
# Group, element, value representation, length.
_EXPLICIT, _IMPLICIT = struct.Struct("<HH2sH"), struct.Struct("<HH0sI")
Found = dict[BaseTag, RawDataElement | DataElement]
Encoding = str | MutableSequence[str]


class NotPlain(ValueError):
    """A data set that only pydicom can read, if anybody."""


@dataclass(frozen=True, slots=True)
class Elements:
    """What was found before the element at `end`, whose `tag` ends it (0: the data does)."""

    found: Found
    encoding: Encoding
    end: int
    tag: int = 0


@lru_cache(maxsize=4096)
def interned(tag: int) -> BaseTag:
    """Return a tag as pydicom has it, most of the time the same one: what is the same need not be compared."""
    return BaseTag(tag)


def head_at(data: bytes, place: int, *, is_implicit: bool) -> tuple[int, bytes, int]:
    """Return the tag of the element at `place`, and what value_of wants of it; raises struct.error."""
    group, element, kind, length = (_IMPLICIT if is_implicit else _EXPLICIT).unpack_from(data, place)
    return group << 16 | element, kind, length


def value_of(data: bytes, place: int, kind: bytes, length: int) -> tuple[str | None, int, int]:
    """Return VR (None: implicit) of the element at `place`, where its value begins, and how long that is.

    Raises NotPlain or struct.error.
    """
    if kind not in _KINDS:
        raise NotPlain("not a value representation")
    name, is_long = _KINDS[kind]
    if is_long:
        return name, place + 12, _LONG_LENGTH.unpack_from(data, place + 8)[0]
    return name, place + 8, length


def plain_text(value: object) -> str:
    """Return a single value without padding; raises NotPlain for several, or where it is not printable ASCII."""
    if not isinstance(value, bytes):
        raise NotPlain("no text")
    try:
        text = value.rstrip(b"\0").decode("ascii").strip(" ")
    except UnicodeDecodeError as error:
        raise NotPlain("not ASCII") from error
    if not (text.isprintable() and "\\" not in text):
        raise NotPlain("not one printable text")
    return text


def read_elements(data: bytes, place: int, ends: Container[int], *, is_implicit: bool) -> Elements:
    """Read elements up to the first whose tag is in `ends`.

    Raises NotPlain or struct.error, and whatever pydicom raises over sequences.
    """
    found: Found = {}
    encoding: Encoding = default_encoding
    before, unpack = -1, (_IMPLICIT if is_implicit else _EXPLICIT).unpack_from
    if is_implicit and data[place + 4 : place + 6].isalpha():
        raise NotPlain("explicit, whatever is said of it")
    while place < len(data):
        group, element, kind, length = unpack(data, place)
        tag = group << 16 | element
        if tag in ends:
            return Elements(found, encoding, place, tag)
        if not before < tag < _ITEMS:
            raise NotPlain("out of order")
        key, before = interned(tag), tag
        vr, start, length = value_of(data, place, kind, length)
        if length == UNDEFINED_LENGTH:
            found[key], place = _by_pydicom(data, place, encoding, is_implicit)
            continue
        place = start + length
        if place > len(data):
            raise NotPlain("cut off, or longer than what is in memory")
        value = data[start:place] if length else cast(bytes | None, empty_value_for_VR(vr, raw=True))
        found[key] = RawDataElement(key, vr, length, value, start, is_implicit, True)
        if tag == _CHARACTER_SET:
            encoding = _encoding(vr, value)
    return Elements(found, encoding, place)


def _encoding(vr: str | None, value: bytes | None) -> Encoding:
    if vr not in (None, "CS"):
        raise NotPlain("no character set")
    return convert_encodings(convert_string(value or b"", True))


def _by_pydicom(
    data: bytes, place: int, encoding: Encoding, is_implicit: bool
) -> tuple[RawDataElement | DataElement, int]:
    """Return an element of undefined length, and where the next one begins."""
    file = CheckedReader(io.BytesIO(data))
    file.seek(place)
    element = next(data_element_generator(cast(BinaryIO, file), is_implicit, True, encoding=encoding))
    end = file.tell()
    # Where the data ends inside a sequence, pydicom may take that for its end.
    if data[end - 8 : end - 4] != _END_OF_SEQUENCE:
        raise NotPlain("cut off, or longer than what is in memory")
    return element, end
