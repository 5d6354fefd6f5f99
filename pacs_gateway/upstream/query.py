"""A study search as QIDO-RS parameters (PS3.18 8.3.4, 10.6.1), page by page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.deadline import Deadline
from pacs_gateway.upstream.records import INCLUDED, name_words

PAGE = 200
LOOKED_AT = 1000
PAGES_MOST = 100
SECONDS = 5.0
_NEEDS_ESCAPING = re.compile(r"[^A-Za-z0-9._*-]+")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a search: what to send, how many answers make it full, and until when."""

    parameters: list[tuple[str, str]]
    size: int
    deadline: Deadline


def pages(query: StudyQuery, *, loose: bool = False) -> Iterator[Page]:
    """Yield the pages of a search until enough has been looked at to choose the newest from.

    QIDO-RS sorts nothing, so at least LOOKED_AT matches are fetched, and as many as the query's limit. The first
    LOOKED_AT share SECONDS; each further LOOKED_AT has as many of its own.
    """
    yield from _pages(parameters(query, loose=loose), max(query.limit, LOOKED_AT))


def every_page() -> Iterator[Page]:
    """Yield pages without a filter, as for all instances of one study."""
    yield from _pages([], PAGE * PAGES_MOST)


def _pages(filters: list[tuple[str, str]], wanted: int) -> Iterator[Page]:
    deadline = Deadline(SECONDS)
    for offset in range(0, min(wanted, PAGE * PAGES_MOST), PAGE):
        if offset and offset % LOOKED_AT == 0:
            deadline = Deadline(SECONDS)
        yield Page([*filters, ("limit", str(PAGE)), ("offset", str(offset))], PAGE, deadline)


def can_be_loose(query: StudyQuery) -> bool:
    """Tell whether a search that found nothing may find something when it is asked again loosely."""
    return parameters(query) != parameters(query, loose=True)


def parameters(query: StudyQuery, *, loose: bool = False) -> list[tuple[str, str]]:
    """Return the match parameters; the only wildcards are ours, and the answers are compared with the query again.

    The issuer is not sent, as hardly a PACS matches by it. `loose` puts a wildcard in the place of whatever needs
    escaping in a URL, for PACS such as Orthanc with its plug-in 1.7, which do not undo that.
    """
    words = name_words(query.patient_name)
    free = {
        "PatientID": query.patient_id,
        "PatientName": f"*{max(words, key=len)}*" if words else "",
        "AccessionNumber": query.accession_number,
    }
    if loose:
        free = {name: _NEEDS_ESCAPING.sub("*", value) for name, value in free.items()}
    exact = {
        "PatientBirthDate": _day(query.birth_date),
        "StudyInstanceUID": query.study_uid,
        "StudyDate": _period(query),
    }
    wanted = [(name, value) for name, value in (free | exact).items() if value.strip("*")]
    return wanted + [("includefield", tag) for tag in INCLUDED]


def _period(query: StudyQuery) -> str:
    start, end = _day(query.date_from), _day(query.date_to)
    return f"{start}-{end}" if start or end else ""


def _day(date: dt.date | None) -> str:
    return f"{date:%Y%m%d}" if date else ""
