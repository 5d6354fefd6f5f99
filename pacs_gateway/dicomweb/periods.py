"""Matching of dates and times, and of ranges of them (PS3.4 C.2.2.2.5)."""

from __future__ import annotations

import re
from collections.abc import Callable

from pacs_gateway import dicomjson
from pacs_gateway.dicomweb.problems import bad_request

_POINTS = {
    "DA": re.compile(r"\d{8}\Z", re.ASCII),
    "TM": re.compile(r"\d\d(\d\d(\d\d(\.\d{1,6})?)?)?\Z", re.ASCII),
    "DT": re.compile(r"\d{4}(\d\d){0,4}(\d\d(\.\d{1,6})?)?\Z", re.ASCII),
}
_DIGITS = 20
RANGED = frozenset(_POINTS)


def within(vr: str, asked: str) -> Callable[[str], bool]:
    """Test a date or time, or a range of them, open at one end or closed (PS3.4 C.2.2.2.5)."""
    start, dash, end = asked.partition("-")
    if not (start or end) or any(part and not _is_point(vr, part) for part in (start, end)):
        raise bad_request("A value is no date or time, nor a range of them.")
    first, last = _ordinal(start, "0"), _ordinal(end if dash else start, "9")

    def test(value: str) -> bool:
        found = _normal(vr, value)
        return bool(found) and first <= _ordinal(found, "0") <= last

    return test


def _is_point(vr: str, text: str) -> bool:
    return bool(_POINTS[vr].match(text)) and bool(_normal(vr, text))


def _ordinal(text: str, filling: str) -> str:
    """Return a date or time as digits that sort, what it leaves open filled up."""
    return text.replace(".", "").ljust(_DIGITS, filling)


def _normal(vr: str, text: str) -> str:
    """Return a value in the form of today's DICOM, "" when it is no date or time."""
    if vr == "DA":
        date = dicomjson.parse_date(text)
        return date.isoformat().replace("-", "") if date else ""
    if vr == "TM":
        time = dicomjson.parse_time(text)
        return f"{time:%H%M%S.%f}" if time else ""
    return text if _POINTS[vr].match(text) else ""
