"""Whether a data set is what a search asks for (PS3.4 C.2.2.2), decided here whatever a PACS has filtered."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pacs_gateway import dicomjson
from pacs_gateway.dicomweb import names
from pacs_gateway.dicomweb.asked import Match, Search
from pacs_gateway.dicomweb.attributes import Path
from pacs_gateway.dicomweb.periods import RANGED, within
from pacs_gateway.dicomweb.problems import bad_request
from pacs_gateway.dicomweb.wildcards import is_like
from pacs_gateway.upstream.base import DicomJson

WILD = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
NUMBERS = frozenset(("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"))
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?\Z", re.ASCII)
Test = Callable[[str], bool]


def test_of(search: Search) -> Callable[[DicomJson], bool]:
    """Return the test that a data set must pass; raises Problem 400 for a value that cannot be meant."""
    tests = [(match.path, _test_of(match, fuzzy=search.fuzzy)) for match in search.matches]

    def is_asked_for(item: DicomJson) -> bool:
        return all(any(test(value) for value in _values(item, path)) for path, test in tests)

    return is_asked_for


def _test_of(match: Match, *, fuzzy: bool) -> Test:
    if match.vr == "UI":
        return frozenset(match.uids).__contains__
    if match.vr == "PN":
        return names.fuzzy(match.value) if fuzzy else names.literal(match.value)
    if match.vr in RANGED:
        return within(match.vr, match.value)
    if match.vr in NUMBERS:
        return _number(match.value)
    if match.vr == "CS":
        # No code string holds these delimiters, and viewers send lists of modalities with either.
        codes = match.value.replace(",", "\\").split("\\")
        return lambda value: any(is_like(value, code) for code in codes)
    if match.vr in WILD:
        return lambda value: is_like(value, match.value)
    return lambda value: value == match.value


def _values(item: DicomJson, path: Path) -> Iterator[str]:
    if len(path) == 1:
        yield from dicomjson.texts(item, path[0])
        return
    for inner in dicomjson.values(item, path[0]):
        if isinstance(inner, dict):
            yield from _values(inner, path[1:])


def _number(asked: str) -> Test:
    if not _NUMBER.match(asked):
        raise bad_request("A value is no number.")
    wanted = float(asked)
    return lambda value: bool(_NUMBER.match(value)) and float(value) == wanted
