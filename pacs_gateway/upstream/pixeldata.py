"""Find one frame in the pixel data of an instance without reading the others."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from pydicom import Dataset

from pacs_gateway.errors import PacsDamaged, PacsNoPixels, PacsNotFound
from pacs_gateway.refs import FrameRef
from pacs_gateway.upstream.base import EncodedFrame
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH
from pacs_gateway.upstream.encapsulated import read_codestream
from pacs_gateway.upstream.part10 import PARSE_ERRORS, Part10, is_of_disk

FRAMES_MOST = 1_000_000
_NATIVE = frozenset({"1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2", "1.2.840.113619.5.2"})
_VIDEO = re.compile(r"1\.2\.840\.10008\.1\.2\.4\.10[0-8](\.1)?\Z")


def is_encapsulated(transfer_syntax_uid: str) -> bool:
    """Tell whether frames are codestreams (PS3.5 A.4); a syntax nobody knows is taken for one."""
    return transfer_syntax_uid not in _NATIVE


def is_video(transfer_syntax_uid: str) -> bool:
    """Tell whether all frames are one stream (MPEG-2, MPEG-4, HEVC), so that no single one can be had."""
    return _VIDEO.match(transfer_syntax_uid) is not None


def is_waveform(header: Dataset) -> bool:
    """Tell whether an instance holds curves in place of pixels (PS3.3 C.10.9)."""
    return "WaveformSequence" in header and "Rows" not in header


def frame_count(header: Dataset) -> int:
    """Return Number of Frames, 1 when it is absent or empty; raises PacsDamaged when it makes no sense."""
    try:
        count = int(header.get("NumberOfFrames") or 1)
    except PARSE_ERRORS as error:
        raise PacsDamaged("Number of Frames is no number") from error
    if not 1 <= count <= FRAMES_MOST:
        raise PacsDamaged("Number of Frames makes no sense")
    return count


def native_frame_bits(header: Dataset) -> int:
    """Return the size of one native frame in bits (PS3.5 8.1.1, 8.2); raises PacsDamaged when it is not said."""
    try:
        samples = int(header.get("SamplesPerPixel") or 1)
        pixels = int(header.Rows) * int(header.Columns)
        allocated = int(header.BitsAllocated)
        if samples == 3 and header.get("PhotometricInterpretation") == "YBR_FULL_422":
            samples = 2
    except PARSE_ERRORS as error:
        raise PacsDamaged("the header does not say how large a frame is") from error
    if pixels <= 0 or allocated <= 0 or samples <= 0:
        raise PacsDamaged("the header does not say how large a frame is")
    return pixels * samples * allocated


def native_frame_length(header: Dataset) -> int:
    """Return how many bytes one native frame takes when it stands alone."""
    return (native_frame_bits(header) + 7) // 8


def read_frame(file: Part10, frame_number: int) -> bytes | memoryview:
    """Return the codestream or the native bytes of one frame (PS3.5 8.2, A.4).

    A frame of single-bit pixels that begins inside a byte is moved to begin with the lowest bit of the first byte.
    Of a video, whose frames cannot be told apart, and of a waveform, which is all in the header, nothing is returned.
    Raises PacsNotFound for a frame that is not there, PacsDamaged for one that is cut off, PacsNoPixels
    where there are none at all.
    """
    if is_waveform(file.header):
        return b""
    if not file.pixel_tag and "Rows" in file.header:
        raise PacsNoPixels("there is no pixel data")
    if not file.pixel_tag or not 1 <= frame_number <= frame_count(file.header):
        raise PacsNotFound("no such frame")
    if is_video(file.transfer_syntax_uid):
        return b""
    try:
        if is_encapsulated(file.transfer_syntax_uid):
            return read_codestream(file, frame_number - 1, frame_count(file.header))
        return _read_native(file, frame_number - 1)
    except PARSE_ERRORS as error:
        if is_of_disk(error):
            raise
        raise PacsDamaged("the pixel data is cut off") from error


def cut_out(file: Part10, refs: Iterable[FrameRef]) -> Iterator[EncodedFrame]:
    """Yield frames of one instance; raises as read_frame does."""
    start, encoded = file.body.tell(), file.encoded_header()
    for ref in refs:
        file.body.seek(start)
        data = read_frame(file, ref.frame_number)
        yield EncodedFrame(ref, data, file.transfer_syntax_uid, file.header, encoded)


def _read_native(file: Part10, index: int) -> bytes | memoryview:
    if file.pixel_length == UNDEFINED_LENGTH:
        raise ValueError("native pixel data of undefined length")
    bits = native_frame_bits(file.header)
    first_bit, end_bit = index * bits, (index + 1) * bits
    if (end_bit + 7) // 8 > file.pixel_length:
        raise EOFError("fewer pixels than the header says")
    start, end = first_bit // 8, (end_bit + 7) // 8
    file.body.seek(file.body.tell() + start)
    data = file.body.view_exactly(end - start)
    return data if first_bit % 8 == 0 and bits % 8 == 0 else cut_bits(data, first_bit % 8, bits)


def cut_bits(data: bytes | memoryview, first: int, count: int) -> bytes:
    """Return `count` bits of `data` from bit `first` on, low bits first as pixels are packed (PS3.5 8.1.1)."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[first : first + count]
    return np.packbits(bits, bitorder="little").tobytes()
