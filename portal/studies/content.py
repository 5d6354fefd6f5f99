"""Single content items of a Structured Report (PS3.3 C.17.3.2.1) as text; what is malformed is left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydicom import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

from pacs_gateway.dicomjson import clean, parse_date, parse_time, readable_name
from pacs_gateway.upstream.part10 import PARSE_ERRORS


def items(ds: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; none when it is absent or malformed."""
    try:
        found = ds.get(keyword)
    except PARSE_ERRORS:
        return []
    return list(found) if isinstance(found, Sequence) else []


def _raw(ds: Dataset, keyword: str) -> str:
    try:
        found = ds.get(keyword)
        parts = found if isinstance(found, MultiValue) else [found]
        return "\\".join(str(part) for part in parts if part is not None)
    except PARSE_ERRORS:
        return ""


def text(ds: Dataset, keyword: str) -> str:
    """Return a value as one line of text, several joined as in DICOM."""
    return clean(_raw(ds, keyword))


def meaning(ds: Dataset, keyword: str) -> str:
    """Return the Code Meaning of a code sequence's first item."""
    return next((text(code, "CodeMeaning") for code in items(ds, keyword)), "")


def name(item: Dataset) -> str:
    """Return what a content item is about."""
    return meaning(item, "ConceptNameCodeSequence")


def modifiers(item: Dataset) -> list[str]:
    """Return what qualifies a content item (HAS CONCEPT MOD, PS3.3 C.17.3.2.4), such as the side a finding is on."""
    found = []
    for child in items(item, "ContentSequence"):
        if text(child, "RelationshipType") == "HAS CONCEPT MOD":
            found += list(values(child, text(child, "ValueType")))
    return found


def _paragraphs(words: str) -> Iterator[str]:
    for block in re.split(r"\n[ \t]*\n", words.replace("\r\n", "\n").replace("\r", "\n")):
        lines = [clean(line) for line in block.splitlines()]
        if any(lines):
            yield "\n".join(line for line in lines if line)


def _number(item: Dataset) -> str:
    """Return a measurement with its unit, as UCUM writes it where that reads well."""
    measured = next(iter(items(item, "MeasuredValueSequence")), None)
    if measured is None:
        # Why there is no number: "value unknown", "measurement failure" (CID 42).
        return meaning(item, "NumericValueQualifierCodeSequence")
    unit = next(iter(items(measured, "MeasurementUnitsCodeSequence")), Dataset())
    short = text(unit, "CodeValue")
    shown = "" if short == "1" else text(unit, "CodeMeaning") if short[:1] in ("{", "") else short
    number = text(measured, "NumericValue")
    return f"{number} {shown}".strip() if number else ""


def _moment(item: Dataset) -> str:
    moment = text(item, "DateTime")
    date, time = parse_date(moment[:8]), parse_time(moment[8:14])
    return " ".join(part for part in (date and date.isoformat(), time and time.strftime("%H:%M")) if part)


def values(item: Dataset, kind: str) -> Iterator[str]:
    """Yield the value of a content item as paragraphs; none for kinds that are not text."""
    if kind == "TEXT":
        yield from _paragraphs(_raw(item, "TextValue"))
        return
    date, time = parse_date(text(item, "Date")), parse_time(text(item, "Time"))
    found = {
        "CODE": meaning(item, "ConceptCodeSequence"),
        "NUM": _number(item),
        "DATE": date.isoformat() if date else "",
        "TIME": time.strftime("%H:%M") if time else "",
        "DATETIME": _moment(item),
        "PNAME": readable_name(text(item, "PersonName")),
    }.get(kind, "")
    if found:
        yield found
