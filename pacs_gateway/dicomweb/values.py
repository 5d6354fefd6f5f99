"""Find the value of one attribute in a stored file, however deep, without reading more of it than must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.uid import ExplicitVRBigEndian

from pacs_gateway.dicomweb.files import StoredFile
from pacs_gateway.dicomweb.problems import NOTHING, Problem
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH
from pacs_gateway.upstream.part10 import PARSE_ERRORS, Part10
from pacs_gateway.upstream.spool import PIECE

_PLACE = re.compile(r"[0-9A-Fa-f]{8}(/[1-9]\d{0,5}/[0-9A-Fa-f]{8}){0,31}\Z", re.ASCII)
_WORD = {"OW": 2, "US": 2, "SS": 2, "OF": 4, "OL": 4, "FL": 4, "UL": 4, "SL": 4, "OD": 8, "OV": 8, "FD": 8}


@dataclass(frozen=True, slots=True)
class Value:
    """A value of `length` bytes, little endian; `read` yields those from the first number on up to the second."""

    length: int
    read: Callable[[int, int], Iterator[bytes]] = field(repr=False)


def value_at(stored: StoredFile, part10: Part10, place: str) -> Value:
    """Return the value at a place such as `00081140/2/00420011`; raises Problem 404 when there is none.

    Native pixel data stays in the file, which is closed when it has been read; any other value is read at once.
    """
    if not _PLACE.match(place):
        raise Problem(404, NOTHING)
    if place.upper() == f"{part10.pixel_tag:08X}" and part10.pixel_length != UNDEFINED_LENGTH:
        return _pixel_data(stored, part10)
    with closing(stored.file):
        try:
            data = _data_at(part10.header, place.split("/"))
        except PARSE_ERRORS as error:
            raise Problem(404, NOTHING) from error
    return Value(len(data), lambda first, end: iter([data[first:end]]))


def _pixel_data(stored: StoredFile, part10: Part10) -> Value:
    start = part10.body.tell()

    def read(first: int, end: int) -> Iterator[bytes]:
        with closing(stored.file):
            for place in range(first, end, PIECE):
                part10.body.seek(start + place)
                yield part10.body.read_exactly(min(PIECE, end - place))

    return Value(part10.pixel_length, read)


def _data_at(header: Dataset, path: list[str]) -> bytes:
    is_big = header.file_meta.TransferSyntaxUID == ExplicitVRBigEndian
    item = header
    for tag, number in zip(path[:-1:2], path[1::2], strict=True):
        item = item[int(tag, 16)].value[int(number) - 1]
    element = item.get_item(int(path[-1], 16))
    if not isinstance(element, RawDataElement):
        element = item[int(path[-1], 16)]
    data = element.value
    if not isinstance(data, bytes) or not data:
        raise LookupError("no bytes")
    word = _WORD.get(str(element.VR), 1) if is_big else 1
    return np.frombuffer(data, f">u{word}").astype(f"<u{word}").tobytes() if word > 1 else data
