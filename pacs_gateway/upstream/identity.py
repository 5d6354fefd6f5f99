"""Which instance a DICOM file is, and whose (PS3.10 7, PS3.5 7.1), from its first elements alone.

Every file of a study passes here on its way, so the plain ones are read without building a data set. What is not plain,
such as an undefined length, another byte order or a value that is not ASCII, is left to pydicom.
"""

from __future__ import annotations

import struct
from collections.abc import Container
from dataclasses import dataclass

from pydicom import Dataset
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.multival import MultiValue
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from pacs_gateway import dicomjson
from pacs_gateway.errors import PacsDamaged
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH
from pacs_gateway.upstream.elements import NotPlain, head_at, interned, plain_text, value_of
from pacs_gateway.upstream.part10 import PARSE_ERRORS

HEAD = 64 * 1024
_PREFIX_END = 132
# Plain numbers: every element of every file is compared with them, which takes long with pydicom's tags.
_SYNTAX, _CHARACTER_SET = 0x00020010, 0x00080005
_INSTANCE, _PATIENT_ID, _ISSUER = 0x00080018, 0x00100020, 0x00100021
_STUDY, _SERIES = 0x0020000D, 0x0020000E
_WANTED = frozenset({_CHARACTER_SET, _INSTANCE, _PATIENT_ID, _ISSUER, _STUDY, _SERIES})
_NAMES = (_STUDY, _SERIES, _INSTANCE)
# In these a byte below 128 is the ASCII character.
_CHARACTER_SETS = frozenset({"", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192"})
# None is an implicit value representation.
_TEXTS = frozenset({"CS", "LO", "SH", "UI", None})
_NOT_PLAIN = frozenset({DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian})


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
    except (struct.error, NotPlain):
        return None


def identity_of(header: Dataset, transfer_syntax_uid: str) -> Identity:
    """Return the identity in a header; raises PacsDamaged when it cannot be read."""
    return _plain_identity(header, transfer_syntax_uid) or identity_by_pydicom(header, transfer_syntax_uid)


def identity_by_pydicom(header: Dataset, transfer_syntax_uid: str) -> Identity:
    """Return the identity in any header; raises PacsDamaged when it cannot be read."""
    names = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "PatientID", "IssuerOfPatientID")
    study, series, instance, patient_id, issuer = (_text(header, name) for name in names)
    return Identity(study, series, instance, patient_id, issuer, transfer_syntax_uid)


def _plain_identity(header: Dataset, transfer_syntax_uid: str) -> Identity | None:
    """Return the identity in a header that was just read; None when it is not plain."""
    found = ((tag, header.get_item(interned(tag))) for tag in _WANTED)
    try:
        return _identity({tag: _value(item) for tag, item in found if item is not None}, transfer_syntax_uid)
    except NotPlain:
        return None


def _text(header: Dataset, keyword: str) -> str:
    """Return a value as the index has it: cleaned, several joined as in DICOM."""
    try:
        value = header.get(keyword) or ""
    except PARSE_ERRORS as error:
        raise PacsDamaged("the header cannot be read") from error
    parts = value if isinstance(value, MultiValue) else [value]
    return "\\".join(text for part in parts if (text := dicomjson.clean(str(part))))


def _value(item: DataElement | RawDataElement) -> bytes:
    if not isinstance(item, RawDataElement) or item.VR not in _TEXTS:
        raise NotPlain("no text, or looked at already")
    return item.value or b""


def _read(head: bytes) -> Identity | None:
    if head[128:_PREFIX_END] != b"DICM":
        return None
    meta, start = _elements(head, _PREFIX_END, frozenset({_SYNTAX}), 0x0002FFFF, is_implicit=False)
    syntax = plain_text(meta[_SYNTAX]) if _SYNTAX in meta else ""
    if not syntax or syntax in _NOT_PLAIN or not syntax.startswith("1.2.840.10008.1.2"):
        return None
    found, _ = _elements(head, start, _WANTED, _SERIES, is_implicit=syntax == ImplicitVRLittleEndian)
    return _identity(found, syntax)


def _elements(
    head: bytes, place: int, wanted: Container[int], last: int, *, is_implicit: bool
) -> tuple[dict[int, bytes], int]:
    """Return the values of `wanted` up to the tag `last`, and where the first element beyond it begins.

    Raises NotPlain or struct.error where the elements are not plain or do not end within `head`.
    """
    found: dict[int, bytes] = {}
    before = 0
    while True:
        tag, kind, length = head_at(head, place, is_implicit=is_implicit)
        if tag > last:
            return found, place
        vr, start, length = value_of(head, place, kind, length)
        place = start + length
        if tag <= before or length == UNDEFINED_LENGTH or place > len(head):
            raise NotPlain("out of order, of undefined length, or longer than what is in memory")
        if tag in wanted:
            if vr not in _TEXTS:
                raise NotPlain("no text")
            found[tag] = head[start:place]
        before = tag


def _identity(found: dict[int, bytes], syntax: str) -> Identity | None:
    texts = {tag: plain_text(value) for tag, value in found.items()}
    if texts.get(_CHARACTER_SET, "") not in _CHARACTER_SETS or not all(texts.get(tag) for tag in _NAMES):
        return None
    study, series, instance = (texts[tag] for tag in _NAMES)
    return Identity(study, series, instance, texts.get(_PATIENT_ID, ""), texts.get(_ISSUER, ""), syntax)
