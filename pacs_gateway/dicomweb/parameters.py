"""Read a search from its query parameters (PS3.18 8.3.4); what cannot be meant is refused."""

from __future__ import annotations

from django.http import QueryDict

from pacs_gateway import dicomjson
from pacs_gateway.dicomweb.asked import RESULTS_MOST, STUDIES_MOST, Kind, Match, Search
from pacs_gateway.dicomweb.attributes import (
    IDENTIFIERS,
    Level,
    Path,
    UnknownAttribute,
    has_many,
    path_of,
    tag_level,
    vr_of,
)
from pacs_gateway.dicomweb.problems import Problem, bad_request
from pacs_gateway.dicomweb.scalars import count, flag
from pacs_gateway.dicomweb.transaction import Parameter
from pacs_gateway.refs import InvalidRef, check_uid

PARAMETERS_MOST, LENGTH_MOST, UIDS_MOST = 60, 8192, 500
_UNMATCHED = ("", "SQ", "OB", "OD", "OF", "OL", "OV", "OW", "UN", "AT")
_EMPTY = '""'
_OF_MANY = ("AE", "AS", "CS", "LO", "PN", "SH", "UC")
_OF_SEARCHES = (
    Parameter("fuzzymatching", "find words of a name in any order and however accented (8.3.4.2)", "false", "boolean"),
    Parameter("emptyvaluematching", 'match what has no value where "" is asked for (8.3.4.5)', "false", "boolean"),
    Parameter("multiplevaluematching", "match what has each of several values (8.3.4.6)", "false", "boolean"),
    Parameter("includefield", "further attributes to answer with, or all (8.3.4.3)", "all"),
    Parameter("limit", f"how many, up to {STUDIES_MOST} studies or {RESULTS_MOST} others (8.3.4.4)", "25", "integer"),
    Parameter("offset", "how many results to skip (8.3.4.4)", "0", "integer"),
)


_MATCHED = {
    Level.STUDY: {
        "PatientName": "Doe^J*",
        "PatientID": "1234",
        "StudyDate": "20180101-20181231",
        "AccessionNumber": "1",
        "ModalitiesInStudy": "CT",
        "StudyInstanceUID": "1.2.3,1.2.4",
    },
    Level.SERIES: {"Modality": "CT", "SeriesNumber": "1", "SeriesInstanceUID": "1.2.3.1"},
    Level.INSTANCE: {"InstanceNumber": "1", "SOPClassUID": "1.2.3", "SOPInstanceUID": "1.2.3.1.1"},
}


def parameters_of(level: Level) -> tuple[Parameter, ...]:
    """Return the parameters of a search for things of `level`: the commonest attributes to match, and the rest."""
    examples = {name: example for each in Level if each <= level for name, example in _MATCHED[each].items()}
    matched = (Parameter(name, "match this attribute (8.3.4.1)", example) for name, example in examples.items())
    return (*matched, *_OF_SEARCHES)


def parse(query: QueryDict, level: Level) -> Search:
    """Return the search for things of `level` that the query parameters ask for; raises Problem 400 or 413."""
    if sum(len(values) for _, values in query.lists()) > PARAMETERS_MOST:
        raise bad_request("There are too many parameters.")
    known = {parameter.name for parameter in _OF_SEARCHES} | {"accept"}
    empty, multiple = flag(query, "emptyvaluematching"), flag(query, "multiplevaluematching")
    include, include_all = _included(query.getlist("includefield"))
    asked = [
        _match(name, value, empty=empty, multiple=multiple)
        for name, values in query.lists()
        if name not in known
        for value in values
    ]
    _check_once(asked)
    if any(tag_level(match.path[0]) > level for match in asked):
        raise bad_request("An attribute belongs to a level below the one that is searched.")
    return Search(
        # An empty value matches everything and asks for the attribute (Universal Matching, PS3.4 C.2.2.2.3).
        matches=tuple(match for match in asked if match.value.strip("*")),
        include=include | {match.path for match in asked},
        include_all=include_all,
        fuzzy=flag(query, "fuzzymatching"),
        limit=count(query, "limit"),
        offset=count(query, "offset") or 0,
    )


def _included(values: list[str]) -> tuple[frozenset[Path], bool]:
    names = [name for value in values for name in value.split(",") if name]
    if "all" in names:
        if set(names) != {"all"}:
            raise bad_request("includefield=all stands alone.")
        return frozenset(), True
    return frozenset(_path(name) for name in names), False


def _path(name: str) -> Path:
    try:
        return path_of(name)
    except UnknownAttribute as error:
        raise bad_request("A parameter or field is no attribute of DICOM, nor one of this service.") from error


def _match(name: str, value: str, *, empty: bool, multiple: bool) -> Match:
    path = _path(name)
    vr = vr_of(path[-1])
    if any(vr_of(tag) != "SQ" for tag in path[:-1]) or (vr in _UNMATCHED and value):
        raise bad_request("An attribute cannot be matched by.")
    text = dicomjson.clean(value)
    if len(text) > LENGTH_MOST or text != value.strip():
        raise bad_request("A value is too long or holds control characters.")
    if empty and text == _EMPTY:
        return Match(path, vr, text, Kind.EMPTY)
    if path[-1] in IDENTIFIERS and text != "*" and set(text) & set("*?\\"):
        raise bad_request("An identifier is searched for as a whole, without wildcards.")
    if multiple and "\\" in text and vr in _OF_MANY and has_many(path[-1]):
        if set(text) & set("*?"):
            raise bad_request("Several values that all have to match have no wildcards.")
        return Match(path, vr, text, Kind.EVERY_VALUE)
    match = Match(path, vr, text)
    if vr == "UI":
        _check_uids(match)
    return match


def _check_uids(match: Match) -> None:
    if len(match.uids) > UIDS_MOST:
        raise Problem(413, "There are too many UIDs in one list.")
    if match.value.strip("*"):
        try:
            for uid in match.uids:
                check_uid(uid)
        except InvalidRef as error:
            raise bad_request("A value is no UID.") from error


def _check_once(asked: list[Match]) -> None:
    if len({match.path for match in asked}) < len(asked):
        raise bad_request("An attribute is named twice.")
