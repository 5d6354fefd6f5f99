"""Whether a data set is what a search asks for (PS3.4 C.2.2.2), decided here whatever a PACS has filtered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from pacs_gateway import dicomjson
from pacs_gateway.dicomweb import names
from pacs_gateway.dicomweb.asked import Kind, Match, Search
from pacs_gateway.dicomweb.attributes import Path
from pacs_gateway.dicomweb.periods import RANGED, within
from pacs_gateway.dicomweb.problems import bad_request
from pacs_gateway.dicomweb.wildcards import is_like
from pacs_gateway.upstream.base import DicomJson

WILD = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UR", "UT"))
NUMBERS = frozenset(("DS", "FD", "FL", "IS", "SL", "SS", "SV", "UL", "US", "UV"))
_NUMBER = re.compile(r"[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,2})?\Z", re.ASCII)
Test = Callable[[str], bool]
TestOfAll = Callable[[tuple[str, ...]], bool]


def test_of(search: Search) -> Callable[[DicomJson], bool]:
    """Return the test that a data set must pass; raises Problem 400 for a value that cannot be meant."""
    tests = [(match.path, _test_of_all(match, fuzzy=search.fuzzy)) for match in search.matches]

    def is_asked_for(item: DicomJson) -> bool:
        return all(_has(item, path, test) for path, test in tests)

    return is_asked_for


def _test_of_all(match: Match, *, fuzzy: bool) -> TestOfAll:
    """Return the test that the values of an attribute must pass together."""
    if match.kind is Kind.EMPTY:
        return lambda values: not values
    several = match.value.split("\\") if match.kind is Kind.EVERY_VALUE else [match.value]
    tests = [_test_of(replace(match, value=value), fuzzy=fuzzy) for value in several]
    return lambda values: all(any(test(value) for value in values) for test in tests)


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


def _has(item: DicomJson, path: Path, test: TestOfAll) -> bool:
    """Tell whether an attribute passes, one in a sequence in one item at least (PS3.4 C.2.2.2.6)."""
    if len(path) == 1:
        return test(dicomjson.texts(item, path[0]))
    inside = (inner for inner in dicomjson.values(item, path[0]) if isinstance(inner, dict))
    return any(_has(inner, path[1:], test) for inner in inside)


def _number(asked: str) -> Test:
    if not _NUMBER.match(asked):
        raise bad_request("A value is no number.")
    wanted = float(asked)
    return lambda value: bool(_NUMBER.match(value)) and float(value) == wanted
