"""The Native DICOM Model in XML (PS3.19 A.1, PS3.18 F.2), made of DICOM JSON."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from pydicom.datadict import keyword_for_tag

from pacs_gateway.upstream.base import DicomJson

_NAMESPACE = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
_NAME_PARTS = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
# What XML 1.0 cannot hold at all.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def native(item: DicomJson) -> bytes:
    """Return one data set as an XML document."""
    root = Element("NativeDicomModel", {"xmlns": _NAMESPACE, "xml:space": "preserve"})
    _fill(root, item)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _fill(parent: Element, item: DicomJson) -> None:
    for tag in sorted(item):
        found = item[tag]
        names = {"tag": tag, "vr": str(found.get("vr", "UN"))}
        if keyword := keyword_for_tag(int(tag, 16)):
            names["keyword"] = keyword
        attribute = SubElement(parent, "DicomAttribute", names)
        if "BulkDataURI" in found:
            SubElement(attribute, "BulkData", {"uri": found["BulkDataURI"]})
        for number, value in enumerate(found.get("Value", ()), start=1):
            _add_value(attribute, names["vr"], str(number), value)


def _add_value(attribute: Element, vr: str, number: str, value: Any) -> None:
    if vr == "SQ":
        _fill(SubElement(attribute, "Item", {"number": number}), value or {})
    elif vr == "PN":
        _add_name(SubElement(attribute, "PersonName", {"number": number}), value or {})
    else:
        SubElement(attribute, "Value", {"number": number}).text = "" if value is None else _text(value)


def _add_name(person: Element, groups: dict[str, Any]) -> None:
    for group in _GROUPS:
        parts = _text(groups.get(group, "")).split("^")
        if not any(parts):
            continue
        place = SubElement(person, group)
        for name, part in zip(_NAME_PARTS, parts, strict=False):
            if part:
                SubElement(place, name).text = part


def _text(value: Any) -> str:
    return _NOT_XML.sub("\ufffd", str(value))
