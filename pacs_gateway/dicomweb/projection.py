"""What of a data set an answer of a level holds (PS3.18 10.6.3.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pacs_gateway.dicomweb.asked import Search
from pacs_gateway.dicomweb.attributes import CONDITIONAL, RETURNED, Level, vr_of
from pacs_gateway.upstream.base import DicomJson

Offered = Callable[[], DicomJson]


def fields_of(levels: Iterable[Level]) -> frozenset[str]:
    """Return what every answer about these levels holds."""
    return frozenset(tag for level in levels for tag in RETURNED[level])


def project(item: DicomJson, fields: Iterable[str], search: Search, offered: Offered) -> DicomJson:
    """Return `fields` of an item, empty where it lacks them, and what else of `offered()` the search wants included."""
    found = {tag: item[tag] if tag in item else {"vr": vr_of(tag)} for tag in fields if tag in item or _always(tag)}
    further = {path[0] for path in search.include} - found.keys()
    if further or search.include_all:
        found = {tag: one for tag, one in offered().items() if search.include_all or tag in further} | found
    return dict(sorted(found.items()))


def _always(tag: str) -> bool:
    return tag not in CONDITIONAL
