"""Read DICOM files (PS3.10) strictly: what is cut off or grows without bounds is refused, never padded or trusted."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, cast

from pydicom import Dataset, config
from pydicom.dataset import FileMetaDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from pacs_gateway.errors import PacsDamaged
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH, CheckedReader
from pacs_gateway.upstream.elements import head_at, plain_text, read_elements, value_of
from pacs_gateway.upstream.header import Header

# pydicom would print values that break a rule, and with them identities, in its warnings.
config.settings.reading_validation_mode = config.IGNORE

PREAMBLE_LENGTH = 128
LAST_TAG = 0xFFFFFFFF
PIXEL_DATA_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
INFLATED_MOST = 256 * 1024 * 1024
INFLATE_RATIO_MOST = 400
_INFLATE_STEP = 1024 * 1024
_PREFIX_END = PREAMBLE_LENGTH + 4
# Most headers are shorter.
_BEGINNING = 128 * 1024
_BEYOND_META = range(0x00030000, 2**32)
_SYNTAX = BaseTag(0x00020010)
_GE_PRIVATE_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2"
_IMPLICIT = (ImplicitVRLittleEndian, _GE_PRIVATE_BIG_ENDIAN_PIXELS)
_NOT_PLAIN = ("", DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian)
# What pydicom raises over malformed input; RecursionError and MemoryError are how deep nesting and false lengths end.
PARSE_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    BytesLengthException,
    EOFError,
    InvalidDicomError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Part10:
    """A DICOM file up to its pixel data.

    `header` is the data set without it, with `file_meta`. `body` stands at the first byte of the pixel data's value,
    `pixel_tag` is its tag (0 when there is none), `pixel_length` its length in bytes or UNDEFINED_LENGTH.
    A deflated data set has been inflated: `transfer_syntax_uid` says how `body` is encoded. The bytes of `body` from
    `header_start` to `header_end` are what `header` was read from.
    """

    header: Header
    body: CheckedReader
    transfer_syntax_uid: str
    pixel_tag: int
    pixel_length: int
    header_start: int
    header_end: int

    def encoded_header(self) -> bytes:
        """Return the bytes that the header was read from; `body` stays where it stands."""
        place = self.body.tell()
        self.body.seek(self.header_start)
        found = self.body.read_exactly(self.header_end - self.header_start)
        self.body.seek(place)
        return found


def is_of_disk(error: BaseException) -> bool:
    """Tell whether an error is the disk's, which says nothing of the file, and not pydicom's."""
    return isinstance(error, OSError) and error.errno is not None


def is_part10(file: BinaryIO) -> bool:
    """Tell whether a file begins as DICOM files do (PS3.10 7.1)."""
    file.seek(PREAMBLE_LENGTH)
    return file.read(4) == b"DICM"


def read_part10(file: BinaryIO, tags: list[BaseTag | int] | None = None, last: int = LAST_TAG) -> Part10:
    """Read a DICOM file up to its pixel data; with `tags` only those attributes, and none beyond the tag `last`.

    Raises PacsDamaged when the file is no DICOM file, is cut off in the header, or inflates beyond
    INFLATED_MOST bytes or INFLATE_RATIO_MOST times its size.
    """
    try:
        return (None if tags else _read_plain(CheckedReader(file))) or _read(CheckedReader(file), tags, last)
    except PARSE_ERRORS as error:
        if is_of_disk(error):
            raise
        raise PacsDamaged("a DICOM file cannot be read") from error


def _read_plain(reader: CheckedReader) -> Part10 | None:
    """Read a file whose header is plain and short; None when it is not, or when something is wrong with it."""
    beginning = reader.read(min(_BEGINNING, reader.size))
    try:
        meta = read_elements(beginning, _PREFIX_END, _BEYOND_META, is_implicit=False)
        syntax = plain_text(meta.found[_SYNTAX].value)
        if not is_part10(io.BytesIO(beginning)) or syntax in _NOT_PLAIN:
            return None
        is_implicit = syntax in _IMPLICIT
        read = read_elements(beginning, meta.end, PIXEL_DATA_TAGS, is_implicit=is_implicit)
        start, length = read.end, 0
        if read.tag:
            _tag, kind, length = head_at(beginning, read.end, is_implicit=is_implicit)
            _vr, start, length = value_of(beginning, read.end, kind, length)
    except PARSE_ERRORS:
        return None
    is_cut = not read.tag and read.end < reader.size
    if is_cut or (read.tag and start - read.end != _value_offset(is_implicit)):
        return None
    header = Header.made_of(read, is_implicit=is_implicit)
    header.file_meta = FileMetaDataset(meta.found)
    reader.seek(start)
    return Part10(header, reader, syntax, read.tag, length, meta.end, read.end)


def _read(reader: CheckedReader, tags: list[BaseTag | int] | None, last: int) -> Part10:
    if not is_part10(cast(BinaryIO, reader)):
        raise InvalidDicomError("no DICOM prefix")
    meta = _data_set(reader, False, True, lambda tag, _vr, _length: tag >> 16 != 2, None)
    syntax = str(meta.get("TransferSyntaxUID", ""))
    if not syntax:
        raise InvalidDicomError("no transfer syntax")
    if syntax == DeflatedExplicitVRLittleEndian:
        reader = CheckedReader(io.BytesIO(_inflate(cast(BinaryIO, reader))))
        syntax = str(ExplicitVRLittleEndian)
    start = reader.tell()
    found: list[tuple[int, int]] = []

    def at_pixel_data(tag: BaseTag, _vr: str | None, length: int) -> bool:
        # As plain numbers: pydicom's tags are slow to compare, and every element of every file passes here.
        number = int(tag)
        if number > last:
            return True
        if number in PIXEL_DATA_TAGS:
            found.append((number, length))
        elif length != UNDEFINED_LENGTH:
            reader.require(length)
        return bool(found)

    header = Header.of(_data_set(reader, syntax in _IMPLICIT, syntax != ExplicitVRBigEndian, at_pixel_data, tags))
    header.file_meta = FileMetaDataset(meta)
    tag, length = found[0] if found else (0, 0)
    end = reader.tell()
    if found:
        reader.seek(end + _value_offset(bool(header.original_encoding[0])))
    return Part10(header, reader, syntax, tag, length, start, end)


def _value_offset(is_implicit: bool) -> int:
    """Return how far behind its tag the pixel data begins: behind VR, two reserved bytes and length, or the length."""
    return 8 if is_implicit else 12


def _data_set(
    reader: CheckedReader,
    implicit: bool,
    little: bool,
    stop_when: Callable[[BaseTag, str | None, int], bool],
    tags: list[BaseTag | int] | None,
) -> Dataset:
    return read_dataset(cast(BinaryIO, reader), implicit, little, stop_when=stop_when, specific_tags=tags)


def _inflate(file: BinaryIO) -> bytes:
    """Inflate what remains of the file, within bounds (PS3.5 A.5)."""
    packed = file.read()
    most = min(INFLATED_MOST, max(len(packed), 4096) * INFLATE_RATIO_MOST)
    inflater, parts, size = zlib.decompressobj(-zlib.MAX_WBITS), [], 0
    try:
        while not inflater.eof:
            part = inflater.decompress(packed, _INFLATE_STEP)
            packed, size = inflater.unconsumed_tail, size + len(part)
            if size > most:
                raise PacsDamaged("a deflated file grows beyond its bounds")
            if not part and not packed:
                raise EOFError("the deflated data is cut off")
            parts.append(part)
    except zlib.error as error:
        raise ValueError("the deflated data is damaged") from error
    return b"".join(parts)
