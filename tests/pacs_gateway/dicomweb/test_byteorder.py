"""From big to little endian: the same numbers, in pixels and in the words of the header, or nothing."""

from __future__ import annotations

import io
from array import array

import pydicom
import pytest
from pydicom import Dataset
from pydicom.filewriter import dcmwrite
from pydicom.uid import ExplicitVRBigEndian, ExplicitVRLittleEndian

from pacs_gateway.dicomweb.decoding import CannotDecode
from pacs_gateway.dicomweb.transcoding import to_native
from tests.synthetic import ct_slice

WORDS = bytes(range(16))


def swapped(data: bytes, code: str) -> bytes:
    words = array(code, data)
    words.byteswap()
    return words.tobytes()


def big_endian(bits: int, vr: str, code: str) -> tuple[io.BytesIO, bytes]:
    """Return a big-endian file, and its pixel data as they are in little endian."""
    data_set = ct_slice("P-1", 9811, 1, 1)
    pixels = data_set.PixelData
    data_set.BitsAllocated = bits
    data_set["PixelData"].VR = vr
    data_set.PixelData = swapped(pixels, code) if code != "B" else pixels
    data_set.add_new(0x60003000, "OW", swapped(WORDS, "H"))
    table = Dataset()
    table.add_new(0x00283002, "US", [8, 0, 16])
    table.add_new(0x00283006, "OW", swapped(WORDS, "H"))
    table.add_new(0x00090010, "LO", "LIGHTBOX TEST")
    table.add_new(0x00091001, "OF", swapped(WORDS, "I"))
    data_set.add_new(0x00283000, "SQ", [table])
    data_set.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    file = io.BytesIO()
    dcmwrite(file, data_set, implicit_vr=False, little_endian=False, enforce_file_format=True)
    return file, pixels


def little_endian(file: io.BytesIO) -> pydicom.FileDataset:
    return pydicom.dcmread(io.BytesIO(b"".join(to_native(file, lambda count: iter(())))))


@pytest.mark.parametrize(
    ("bits", "vr", "code"), [(16, "OW", "H"), (8, "OW", "H"), (8, "OB", "B"), (32, "OW", "I"), (1, "OW", "H")]
)
def test_words_and_pixels_are_turned(bits: int, vr: str, code: str) -> None:
    file, pixels = big_endian(bits, vr, code)
    found = little_endian(file)
    assert found.file_meta.TransferSyntaxUID == ExplicitVRLittleEndian
    assert found.PixelData == pixels
    assert found[0x60003000].value == WORDS
    (table,) = found[0x00283000].value
    assert (table[0x00283002].value, table[0x00283006].value, table[0x00091001].value) == ([8, 0, 16], WORDS, WORDS)


def test_what_nobody_knows_how_to_turn_is_not_turned() -> None:
    file, _ = big_endian(16, "OW", "H")
    file.seek(0)
    data_set = pydicom.dcmread(file)
    data_set.add_new(0x00091002, "UN", b"abcd")
    unknown = io.BytesIO()
    dcmwrite(unknown, data_set, implicit_vr=False, little_endian=False, enforce_file_format=True)
    with pytest.raises(CannotDecode):
        little_endian(unknown)


def test_half_a_word_is_not_turned() -> None:
    file, _ = big_endian(24, "OW", "H")
    with pytest.raises(CannotDecode):
        little_endian(file)
