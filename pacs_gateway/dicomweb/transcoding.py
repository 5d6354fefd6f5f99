"""An instance in Explicit VR Little Endian, written as it is sent (PS3.18 8.7.3.5, PS3.5 A.2)."""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pydicom import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRLittleEndian

from pacs_gateway.dicomweb.byteorder import BIG_ENDIAN, turn_header, turned_pixels
from pacs_gateway.dicomweb.decoding import CannotDecode
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH
from pacs_gateway.upstream.part10 import PARSE_ERRORS, Part10, read_part10
from pacs_gateway.upstream.pixeldata import frame_count, is_encapsulated
from pacs_gateway.upstream.spool import PIECE

NATIVE = str(ExplicitVRLittleEndian)
_VALUE_MOST = 0xFFFFFFFE
_PIXEL_DATA = 0x7FE00010
_VR = {0x7FE00008: b"OF", 0x7FE00009: b"OD"}
_ELEMENT = struct.Struct("<HH2sHI")
Frames = Callable[[int], Iterator[bytes]]


def to_native(file: BinaryIO, frames: Frames) -> Iterator[bytes]:
    """Return the steps of a DICOM file in Explicit VR Little Endian made of the open `file`; close it when done.

    `frames` returns that many decoded frames. What follows the pixel data is left out: padding, and signatures that
    would no longer hold. Raises CannotDecode at once for pixels that cannot be decoded.
    """
    part10 = read_part10(file)
    header = part10.header
    is_big_endian = part10.transfer_syntax_uid in BIG_ENDIAN
    if is_big_endian:
        turn_header(part10)
    if part10.pixel_tag and is_encapsulated(part10.transfer_syntax_uid):
        length, pixels = _decoded(header, frames(frame_count(header)))
    elif part10.pixel_length == UNDEFINED_LENGTH:
        raise CannotDecode("native pixel data of undefined length")
    else:
        length, pixels = part10.pixel_length, _stored(part10)
        pixels = turned_pixels(part10, pixels) if is_big_endian and part10.pixel_tag else pixels
    return _written(file, _head(header), part10.pixel_tag, _element(part10, length), pixels)


def _decoded(header: Dataset, frames: Iterator[bytes]) -> tuple[int, Iterator[bytes]]:
    """Return the length of all frames and the frames; the header is made to say how they are."""
    first = next(frames)
    samples = int(header.get("SamplesPerPixel") or 1)
    length = len(first) * frame_count(header)
    header.BitsAllocated = 8 * len(first) // (int(header.Rows) * int(header.Columns) * samples)
    header.HighBit = int(header.BitsStored) - 1
    if samples == 3:
        header.PhotometricInterpretation, header.PlanarConfiguration = "RGB", 0
    for keyword in ("ExtendedOffsetTable", "ExtendedOffsetTableLengths"):
        header.pop(keyword, None)
    return length, itertools.chain([first], frames)


def _stored(part10: Part10) -> Iterator[bytes]:
    left = part10.pixel_length
    while left:
        step = part10.body.read_exactly(min(PIECE, left))
        left -= len(step)
        yield step


def _head(header: Dataset) -> bytes:
    header.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    buffer = io.BytesIO()
    try:
        dcmwrite(buffer, header, implicit_vr=False, little_endian=True, enforce_file_format=True)
    except PARSE_ERRORS as error:
        raise CannotDecode("the header cannot be written") from error
    return buffer.getvalue()


def _element(part10: Part10, length: int) -> bytes:
    """Return what stands before the value of the pixel data, b"" where there is none."""
    if not part10.pixel_tag:
        return b""
    if length > _VALUE_MOST:
        raise CannotDecode("longer than a value can be")
    words = b"OB" if int(part10.header.get("BitsAllocated") or 8) <= 8 else b"OW"
    vr = _VR.get(part10.pixel_tag, words)
    return _ELEMENT.pack(part10.pixel_tag >> 16, part10.pixel_tag & 0xFFFF, vr, 0, length + length % 2)


def _written(file: BinaryIO, head: bytes, tag: int, element: bytes, pixels: Iterator[bytes]) -> Iterator[bytes]:
    with file:
        yield head
        if tag:
            yield element
            length = 0
            for step in pixels:
                length += len(step)
                yield step
            yield bytes(length % 2)
