"""Addresses of bulk data: always our own, made of UIDs that were checked and of the place inside the data set.

The place of an attribute is its tag; inside sequences it is tag, item number (from 1), tag, as in
`00081140/2/00420011`. It follows `…/instances/<SOP Instance UID>/bulkdata/`.
"""

from __future__ import annotations

from typing import Any

from pacs_gateway.upstream.base import DicomJson


def with_addresses(item: DicomJson, base: str) -> DicomJson:
    """Return a copy of an instance's metadata in which every BulkDataURI is `base` followed by the place."""
    return {tag: _attribute(found, f"{base}{tag}") for tag, found in item.items()}


def _attribute(found: dict[str, Any], place: str) -> dict[str, Any]:
    if "BulkDataURI" in found:
        return {**found, "BulkDataURI": place}
    if found.get("vr") == "SQ" and found.get("Value"):
        items = [with_addresses(item, f"{place}/{number}/") for number, item in enumerate(found["Value"], start=1)]
        return {**found, "Value": items}
    return found
