"""DICOM JSON made safe to pass on: no bulk data, no links into the PACS, no bottomless nesting."""

from __future__ import annotations

import re
from typing import Any

from pydicom import Dataset
from pydicom.dataelem import DataElement

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.base import DicomJson
from pacs_gateway.upstream.part10 import PARSE_ERRORS

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
        return {tag: kept for tag, found in item.items() if (kept := self._attribute(tag, found, depth)) is not None}

    def _attribute(self, tag: str, found: Any, depth: int) -> dict[str, Any] | None:
        if not _TAG.match(tag) or not isinstance(found, dict):
            raise PacsIncomplete("metadata is malformed")
        vr, value = found.get("vr"), found.get("Value", [])
        if vr in _BINARY or "BulkDataURI" in found or "InlineBinary" in found:
            return None
        if not isinstance(vr, str) or not isinstance(value, list):
            raise PacsIncomplete("metadata is malformed")
        if vr == "SQ":
            return {"vr": vr, "Value": [self.item(inner or {}, depth + 1) for inner in value]}
        if any(isinstance(one, list) or (isinstance(one, dict) and vr != "PN") for one in value):
            raise PacsIncomplete("metadata is malformed")
        return {"vr": vr, "Value": value} if value else {"vr": vr}


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
        return {"vr": element.VR, "BulkDataURI": ""}
    json: dict[str, Any] = element.to_json_dict(bulk_data_element_handler=_no_bulk_data, bulk_data_threshold=0)
    return json


def _no_bulk_data(_element: DataElement) -> str:
    return ""
