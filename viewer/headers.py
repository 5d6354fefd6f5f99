"""Headers without pixels as bytes, and the parsed ones that a worker holds, within a budget of bytes."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from functools import lru_cache
from io import BytesIO

from pydicom import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filereader import read_dataset
from pydicom.filewriter import write_dataset

from pacs_gateway.upstream.elements import read_elements
from pacs_gateway.upstream.header import Header
from pacs_gateway.upstream.part10 import PARSE_ERRORS
from viewer.rendering.once import settle

# Of the bytes they are read from; parsed ones of many functional groups take some twenty times as much.
BYTES_MOST = 8 * 1024 * 1024
# Encoding flags at the front: implicit VR, little endian.
_IMPLICIT, _LITTLE = 1, 2


def to_bytes(header: Dataset) -> bytes:
    """Return a header in the encoding it was read in: what nobody has looked at yet need not be parsed for this."""
    is_implicit, is_little = _encoding(header)
    plain = Dataset(header)
    plain.__dict__.pop("file_meta", None)
    # The same character set before and after: else every element would be parsed and written anew.
    plain.set_original_encoding(is_implicit, is_little, plain._character_set)
    buffer = DicomBytesIO()
    buffer.is_implicit_VR, buffer.is_little_endian = is_implicit, is_little
    write_dataset(buffer, plain)
    return as_read(header, buffer.getvalue())


def as_read(header: Dataset, encoded: bytes) -> bytes:
    """Return the same for a header that was read from `encoded`."""
    return _with_flags(encoded, *_encoding(header))


@lru_cache(maxsize=1)
def _with_flags(encoded: bytes, is_implicit: bool, is_little: bool) -> bytes:
    # The frames of one object have one header, which may be long.
    return bytes([_IMPLICIT * is_implicit | _LITTLE * is_little]) + encoded


def _encoding(header: Dataset) -> tuple[bool, bool]:
    """Return whether its value representations are implicit, and whether it is little endian."""
    implicit, little = header.original_encoding
    return bool(implicit), little is not False


def from_bytes(stored: bytes) -> Dataset:
    """Return the header that to_bytes or as_read wrote."""
    is_implicit, is_little = bool(stored[0] & _IMPLICIT), bool(stored[0] & _LITTLE)
    if is_little:
        # What is not plain has been read by pydicom before, and is once more.
        with suppress(*PARSE_ERRORS):
            return Header.made_of(read_elements(stored, 1, (), is_implicit=is_implicit), is_implicit=is_implicit)
    return Header.of(read_dataset(BytesIO(stored[1:]), is_implicit, is_little))


class HeaderCache:
    """Parsed headers by name; those used longest ago go when the bytes they were read from are too many."""

    def __init__(self, most: int = BYTES_MOST) -> None:
        self._most = most
        self._kept: OrderedDict[str, tuple[Dataset, int]] = OrderedDict()
        self._bytes = 0

    def get(self, name: str) -> Dataset | None:
        """Return a header, None when it is not here (any more)."""
        if name not in self._kept:
            return None
        self._kept.move_to_end(name)
        return self._kept[name][0]

    def put(self, name: str, header: Dataset, size: int) -> Dataset:
        """Keep a header that was read from `size` bytes and is not changed any more, and return it."""
        if name not in self._kept:
            self._kept[name] = (settle(header), size)
            self._bytes += size
        while self._bytes > self._most and len(self._kept) > 1:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed
        return header
