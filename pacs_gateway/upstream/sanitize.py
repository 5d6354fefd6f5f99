"""DICOM JSON made safe to pass on: no bulk data, no links into the PACS, no bottomless nesting.

Where an attribute holds bulk data, its BulkDataURI is the empty text: it is there, and is named by its place alone.
"""

from __future__ import annotations

import math
import re
from typing import Any

from pydicom import Dataset
from pydicom.dataelem import DataElement

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.base import DicomJson
from pacs_gateway.upstream.part10 import PARSE_ERRORS, Part10
from pacs_gateway.upstream.pixeldata import is_encapsulated

DEPTH_MOST = 32
ELEMENTS_MOST = 2_000_000
_TAG = re.compile(r"[0-9A-F]{8}\Z")
_BINARY = frozenset({"OB", "OD", "OF", "OL", "OV", "OW", "UN"})


class Sanitizer:
    """Copies DICOM JSON items (PS3.18 F.2) without bulk data, counting elements over all of them."""

    def __init__(self) -> None:
        self._left = ELEMENTS_MOST

    def item(self, item: Any, depth: int = 0) -> DicomJson:
        """Return a copy of `item`; raises PacsIncomplete when it is malformed, too deep or too large."""
        if not isinstance(item, dict) or depth > DEPTH_MOST:
            raise PacsIncomplete("metadata is malformed or nested too deep")
        self._left -= len(item)
        if self._left < 0:
            raise PacsIncomplete("metadata has too many elements")
        return {tag: self._attribute(tag, found, depth) for tag, found in item.items()}

    def _attribute(self, tag: str, found: Any, depth: int) -> dict[str, Any]:
        if not _TAG.match(tag) or not isinstance(found, dict):
            raise PacsIncomplete("metadata is malformed")
        vr, value = found.get("vr"), found.get("Value", [])
        if not isinstance(vr, str) or not isinstance(value, list):
            raise PacsIncomplete("metadata is malformed")
        if "BulkDataURI" in found or "InlineBinary" in found:
            return {"vr": vr, "BulkDataURI": ""}
        if vr in _BINARY:
            return {"vr": vr}
        if vr == "SQ":
            return {"vr": vr, "Value": [self.item(inner or {}, depth + 1) for inner in value]}
        if any(isinstance(one, list) or (isinstance(one, dict) and vr != "PN") for one in value):
            raise PacsIncomplete("metadata is malformed")
        return {"vr": vr, "Value": [_writable(one) for one in value]} if value else {"vr": vr}


def _writable(value: Any) -> Any:
    """Return a number that JSON cannot hold, such as NaN, as text."""
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


_PIXEL_VR = {0x7FE00008: "OF", 0x7FE00009: "OD", 0x7FE00010: "OW"}


def json_of_file(file: Part10) -> DicomJson:
    """Return a DICOM file's attributes as json_of does, its pixel data as bulk data among them."""
    found = json_of(file.header, file.transfer_syntax_uid)
    if file.pixel_tag:
        is_bytes = is_encapsulated(file.transfer_syntax_uid) and file.pixel_tag == 0x7FE00010
        found[f"{file.pixel_tag:08X}"] = {"vr": "OB" if is_bytes else _PIXEL_VR[file.pixel_tag], "BulkDataURI": ""}
    return found


def json_of(header: Dataset, transfer_syntax_uid: str) -> DicomJson:
    """Return a data set as DICOM JSON without bulk data, with Available Transfer Syntax UID (PS3.18 10.4.1.1.2).

    An element that breaks the rules of its value representation is left out.
    """
    found: DicomJson = {}
    for tag in list(header.keys()):
        try:
            found[f"{tag:08X}"] = _element_json(header[tag])
        except PARSE_ERRORS:
            continue
    found["00083002"] = {"vr": "UI", "Value": [transfer_syntax_uid]}
    return found


def _element_json(element: DataElement) -> dict[str, Any]:
    if element.VR in _BINARY:
        return {"vr": element.VR, "BulkDataURI": ""} if element.value else {"vr": element.VR}
    json: dict[str, Any] = element.to_json_dict(bulk_data_element_handler=_no_bulk_data, bulk_data_threshold=0)
    return json


def _no_bulk_data(_element: DataElement) -> str:
    return ""
