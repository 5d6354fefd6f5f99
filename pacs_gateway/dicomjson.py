"""Read the DICOM JSON model (PS3.18 annex F) without trusting it, and Person Names as people write them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_DATE = re.compile(r"(\d{4})[.-]?(\d{2})[.-]?(\d{2})\Z", re.ASCII)
_TIME = re.compile(r"(\d{2}):?(\d{2})?:?(\d{2})?(?:\.(\d{1,6}))?\Z", re.ASCII)
_PN_GROUPS = ("Alphabetic", "Ideographic", "Phonetic")
_FAMILY, _GIVEN, _MIDDLE, _PREFIX, _SUFFIX = range(5)

Item = Mapping[str, Any]


def clean(text: str) -> str:
    """Return `text` without outer blanks and without what a database refuses: control characters, lone surrogates."""
    return _CONTROL.sub(" ", text.encode("utf-8", "replace").decode()).strip()


def values(item: Item, tag: str) -> list[Any]:
    """Return the values of the attribute with this eight-digit tag; none when it is absent or malformed."""
    attribute = item.get(tag)
    found = attribute.get("Value") if isinstance(attribute, Mapping) else None
    return found if isinstance(found, list) else []


def first(item: Item, tag: str) -> Any:
    """Return the first value of an attribute as it is, None when there is none."""
    found = values(item, tag)
    return found[0] if found else None


def texts(item: Item, tag: str) -> tuple[str, ...]:
    """Return the values of an attribute as text, empty ones left out."""
    found = (_as_text(value) for value in values(item, tag))
    return tuple(text for text in found if text)


def text(item: Item, tag: str) -> str:
    """Return the value of an attribute as text, several joined by a backslash as in DICOM."""
    return "\\".join(texts(item, tag))


def number(item: Item, tag: str) -> int:
    """Return the first value as a count: 0 when it is absent or is no whole number above zero."""
    first = text(item, tag).split("\\")[0]
    return int(first) if first.isdecimal() and len(first) <= 9 else 0


def date(item: Item, tag: str) -> dt.date | None:
    """Return the first value as a date (VR DA), None when it is absent or is no date."""
    return parse_date(text(item, tag).split("\\")[0])


def time(item: Item, tag: str) -> dt.time | None:
    """Return the first value as a time of day (VR TM), None when it is absent or is no time."""
    return parse_time(text(item, tag).split("\\")[0])


def parse_date(text: str) -> dt.date | None:
    """Return a DA value as a date; the forms of ACR-NEMA and ISO are read too."""
    match = _DATE.match(text)
    try:
        return dt.date(*(int(part) for part in match.groups())) if match else None
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """Return a TM value as a time; minutes and seconds may be absent, and a leap second counts as the 59th."""
    match = _TIME.match(text)
    if match is None:
        return None
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    try:
        return dt.time(hour, minute, min(second, 59), int((match[4] or "0").ljust(6, "0")))
    except ValueError:
        return None


def _as_text(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        groups = [clean(part) if isinstance(part := value.get(name, ""), str) else "" for name in _PN_GROUPS]
        return "=".join(groups).rstrip("=")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(int(value)) if value == value // 1 else str(value)
    return ""


def readable_name(person_name: str) -> str:
    """Return a Person Name (PS3.5 6.2.1) as people write it.

    "Doe^Jane^M^Dr" becomes "Dr Jane M Doe". An ideographic name keeps its order, family name first, and stands in
    brackets after the alphabetic one; the phonetic group is shown only when it is all there is.
    """
    groups = [_components(group) for group in person_name.split("\\", maxsplit=1)[0].split("=")]
    alphabetic = _western(groups[0])
    others = [" ".join(part for part in group if part) for group in groups[1:]]
    ideographic = next((name for name in others if name), "")
    if alphabetic and others and others[0]:
        return f"{alphabetic} ({others[0]})"
    return alphabetic or ideographic


def _components(group: str) -> list[str]:
    parts = [" ".join(part.split()) for part in group.split("^")][:5]
    return parts + [""] * (5 - len(parts))


def _western(parts: list[str]) -> str:
    order = (_PREFIX, _GIVEN, _MIDDLE, _FAMILY, _SUFFIX)
    return " ".join(parts[place] for place in order if parts[place])
