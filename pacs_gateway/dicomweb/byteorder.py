"""Turn what is stored big endian to little endian (PS3.5 7.3): words in the header, and pixel data as it is sent."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from pydicom import DataElement, Dataset
from pydicom.uid import ExplicitVRBigEndian

from pacs_gateway.dicomweb.decoding import CannotDecode
from pacs_gateway.upstream.part10 import PARSE_ERRORS, Part10

# GE's own: an implicit little-endian data set around big-endian pixels.
GE_PIXELS = "1.2.840.113619.5.2"
BIG_ENDIAN = frozenset({str(ExplicitVRBigEndian), GE_PIXELS})
_WORDS = {"OW": 2, "OF": 4, "OL": 4, "OD": 8, "OV": 8}
_CODES = {1: "B", 2: "H", 4: "I", 8: "Q"}
_BACK_TO_VR, _BYTE = 8, 8


def turn_header(part10: Part10) -> None:
    """Turn the words that pydicom leaves as they were read; numbers are turned when the header is written.

    Raises CannotDecode where the value representation of an element is not known, and so not how long its words are.
    """
    if part10.transfer_syntax_uid == GE_PIXELS:
        return
    try:
        part10.header.walk(_turn)
    except PARSE_ERRORS as error:
        raise CannotDecode("the header cannot be turned") from error


def _turn(_data_set: Dataset, element: DataElement) -> None:
    if element.VR == "UN" and element.value:
        raise CannotDecode("an element of unknown value representation")
    if element.VR in _WORDS and element.value:
        element.value = turned(element.value, _WORDS[element.VR])


def turned_pixels(part10: Part10, steps: Iterator[bytes]) -> Iterator[bytes]:
    """Return pixel data turned step by step, all of them whole words; raises CannotDecode where they are not."""
    try:
        word = _word_of(part10)
    except PARSE_ERRORS as error:
        raise CannotDecode("nothing tells how long a sample is") from error
    if word not in _CODES or part10.pixel_length % word:
        raise CannotDecode("pixel data that are no whole words")
    return (turned(step, word) for step in steps)


def _word_of(part10: Part10) -> int:
    """Return how many bytes stand together: those of a word, or of a sample that is longer (PS3.5 8.1.1)."""
    sample = int(part10.header.get("BitsAllocated") or _BYTE) // _BYTE
    if part10.transfer_syntax_uid == GE_PIXELS:
        return max(sample, 1)
    place = part10.body.tell()
    part10.body.seek(place - _BACK_TO_VR)
    vr = part10.body.read(2).decode("ascii", "replace")
    part10.body.seek(place)
    return 1 if vr == "OB" else max(sample, _WORDS.get(vr, 0))


def turned(data: bytes, word: int) -> bytes:
    """Return words with their bytes in reverse order; raises ValueError where there is a part of one."""
    words = array(_CODES[word], data)
    words.byteswap()
    return words.tobytes()
