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
from pydicom.errors import InvalidDicomError
from pydicom.filereader import read_dataset
from pydicom.tag import BaseTag
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from pacs_gateway.errors import PacsIncomplete

# pydicom would print values that break a rule, and with them identities, in its warnings.
config.settings.reading_validation_mode = config.IGNORE

PREAMBLE_LENGTH = 128
LAST_TAG = 0xFFFFFFFF
PIXEL_DATA_TAGS = frozenset({0x7FE00008, 0x7FE00009, 0x7FE00010})
UNDEFINED_LENGTH = 0xFFFFFFFF
INFLATED_MOST = 256 * 1024 * 1024
INFLATE_RATIO_MOST = 400
_INFLATE_STEP = 1024 * 1024
_SHORT_READ = 64 * 1024
# Two or three for each element, at whatever depth: some hundred thousand of them, as 4,000 functional groups have.
READS_MOST = 3_000_000
_GE_PRIVATE_BIG_ENDIAN_PIXELS = "1.2.840.113619.5.2"
_IMPLICIT = (ImplicitVRLittleEndian, _GE_PRIVATE_BIG_ENDIAN_PIXELS)
# What pydicom raises over malformed input; RecursionError and MemoryError are how deep nesting and false lengths end.
PARSE_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
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


class CheckedReader(io.RawIOBase):
    """A file that refuses to read a long value beyond its own end, so that a false length costs nothing, and to be
    read more often than a sensible header needs.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads_left = READS_MOST
        self._size = file.seek(0, io.SEEK_END)
        file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        # pydicom looks for delimiters in steps and stops when a step comes back short, so short reads pass.
        if size > _SHORT_READ:
            self.require(size)
        self._reads_left -= 1
        if self._reads_left < 0:
            raise ValueError("a header has too many elements")
        return self._file.read(size)

    def read_exactly(self, size: int) -> bytes:
        """Return the next `size` bytes; raises ValueError when there are fewer."""
        self.require(size)
        return self._file.read(size)

    def require(self, size: int) -> None:
        """Raise ValueError unless the file goes on for `size` bytes (pydicom swallows EOFError)."""
        if self._file.tell() + size > self._size:
            raise ValueError("a value is cut off")

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = self._file.seek(offset, whence)
        if place > self._size:
            raise ValueError("a value is cut off")
        return place

    def tell(self) -> int:
        return self._file.tell()


@dataclass(frozen=True, slots=True)
class Part10:
    """A DICOM file up to its pixel data.

    `header` is the data set without it, with `file_meta`. `body` stands at the first byte of the pixel data's value,
    `pixel_tag` is its tag (0 when there is none), `pixel_length` its length in bytes or UNDEFINED_LENGTH.
    A deflated data set has been inflated: `transfer_syntax_uid` says how `body` is encoded.
    """

    header: Dataset
    body: CheckedReader
    transfer_syntax_uid: str
    pixel_tag: int
    pixel_length: int


def is_part10(file: BinaryIO) -> bool:
    """Tell whether a file begins as DICOM files do (PS3.10 7.1)."""
    file.seek(PREAMBLE_LENGTH)
    return file.read(4) == b"DICM"


def read_part10(file: BinaryIO, tags: list[BaseTag | int] | None = None, last: int = LAST_TAG) -> Part10:
    """Read a DICOM file up to its pixel data; with `tags` only those attributes, and none beyond the tag `last`.

    Raises PacsIncomplete when the file is no DICOM file, is cut off in the header, or inflates beyond
    INFLATED_MOST bytes or INFLATE_RATIO_MOST times its size.
    """
    try:
        return _read(CheckedReader(file), tags, last)
    except PARSE_ERRORS as error:
        if isinstance(error, OSError) and error.errno is not None:
            # The disk's, not pydicom's.
            raise
        raise PacsIncomplete("a DICOM file cannot be read") from error


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

    header = _data_set(reader, syntax in _IMPLICIT, syntax != ExplicitVRBigEndian, at_pixel_data, tags)
    header.file_meta = FileMetaDataset(meta)
    tag, length = found[0] if found else (0, 0)
    if found:
        # Tag, VR, two reserved bytes and length, or tag and length (PS3.5 7.1.2, 7.1.3).
        reader.seek(reader.tell() + (8 if header.original_encoding[0] else 12))
    return Part10(header, reader, syntax, tag, length)


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
                raise PacsIncomplete("a deflated file grows beyond its bounds")
            if not part and not packed:
                raise EOFError("the deflated data is cut off")
            parts.append(part)
    except zlib.error as error:
        raise ValueError("the deflated data is damaged") from error
    return b"".join(parts)
