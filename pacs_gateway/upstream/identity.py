"""Which instance a DICOM file is, and whose (PS3.10 7, PS3.5 7.1), from its first elements alone.

Every file of a study passes here on its way, so the plain ones are read without building a data set. What is not plain,
such as an undefined length, another byte order or a value that is not ASCII, is left to pydicom.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

HEAD = 64 * 1024
_PREFIX_END = 132
_UNDEFINED = 0xFFFFFFFF
_SYNTAX, _CHARACTER_SET = 0x00020010, 0x00080005
_INSTANCE, _PATIENT_ID, _ISSUER, _STUDY, _SERIES = 0x00080018, 0x00100020, 0x00100021, 0x0020000D, 0x0020000E
_WANTED = frozenset({_CHARACTER_SET, _INSTANCE, _PATIENT_ID, _ISSUER, _STUDY, _SERIES})
_NAMES = (_STUDY, _SERIES, _INSTANCE)
# In these a byte below 128 is the ASCII character.
_CHARACTER_SETS = frozenset({"", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192"})
_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_TEXTS = frozenset({b"CS", b"LO", b"SH", b"UI"})
_SHORT = _TEXTS | {b"AE", b"AS", b"AT", b"DA", b"DS", b"DT", b"FD", b"FL", b"IS", b"LT", b"PN", b"SL", b"SS", b"ST"}
_SHORT |= {b"TM", b"UL", b"US"}
_NOT_PLAIN = frozenset({DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian})
_TAG = struct.Struct("<HH")
_SHORT_LENGTH, _LONG_LENGTH = struct.Struct("<H"), struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Identity:
    """Which instance of which patient; `issuer` is "" where the file names none."""

    study_uid: str
    series_uid: str
    instance_uid: str
    patient_id: str
    issuer: str
    transfer_syntax_uid: str


def read_identity(head: bytes) -> Identity | None:
    """Return the identity of the file that begins with `head` (HEAD bytes, or all of it); None when it is not plain."""
    try:
        return _read(head)
    except (struct.error, ValueError):
        return None


def _read(head: bytes) -> Identity | None:
    if head[128:_PREFIX_END] != b"DICM":
        return None
    meta, start = _elements(head, _PREFIX_END, frozenset({_SYNTAX}), 0x0002FFFF, is_implicit=False)
    syntax = _text(meta[_SYNTAX]) if _SYNTAX in meta else ""
    if not syntax or syntax in _NOT_PLAIN or not syntax.startswith("1.2.840.10008.1.2"):
        return None
    found, _ = _elements(head, start, _WANTED, _SERIES, is_implicit=syntax == ImplicitVRLittleEndian)
    texts = {tag: _text(value) for tag, value in found.items()}
    if texts.get(_CHARACTER_SET, "") not in _CHARACTER_SETS or not all(texts.get(tag) for tag in _NAMES):
        return None
    study, series, instance = (texts[tag] for tag in _NAMES)
    return Identity(study, series, instance, texts.get(_PATIENT_ID, ""), texts.get(_ISSUER, ""), syntax)


def _elements(
    head: bytes, place: int, wanted: frozenset[int], last: int, *, is_implicit: bool
) -> tuple[dict[int, bytes], int]:
    """Return the values of `wanted` up to the tag `last`, and where the first element beyond it begins.

    Raises ValueError or struct.error where the elements are not plain or do not end within `head`.
    """
    found: dict[int, bytes] = {}
    before = 0
    while True:
        group, element = _TAG.unpack_from(head, place)
        tag = group << 16 | element
        if tag > last:
            return found, place
        start, length = _value(head, place, is_implicit, is_text=tag in wanted)
        place = start + length
        if tag <= before or length == _UNDEFINED or place > len(head):
            raise ValueError("not plain")
        if tag in wanted:
            found[tag] = head[start:place]
        before = tag


def _value(head: bytes, place: int, is_implicit: bool, *, is_text: bool) -> tuple[int, int]:
    """Return where the value of the element at `place` begins, and how long it is."""
    if is_implicit:
        return place + 8, _LONG_LENGTH.unpack_from(head, place + 4)[0]
    kind = head[place + 4 : place + 6]
    if kind in _LONG and not is_text:
        return place + 12, _LONG_LENGTH.unpack_from(head, place + 8)[0]
    if kind not in (_TEXTS if is_text else _SHORT):
        raise ValueError("not plain")
    return place + 8, _SHORT_LENGTH.unpack_from(head, place + 6)[0]


def _text(value: bytes) -> str:
    """Return a single value without padding; raises ValueError for several, or where it is not printable ASCII."""
    text = value.rstrip(b"\0").decode("ascii").strip(" ")
    if not (text.isprintable() and "\\" not in text):
        raise ValueError("not plain")
    return text
