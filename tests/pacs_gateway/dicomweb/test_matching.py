"""Matching of values, as PS3.4 C.2.2.2 has it, and in bounded time."""

from __future__ import annotations

import fnmatch
import re

import pytest
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from pacs_gateway.dicomweb.answers import attribute
from pacs_gateway.dicomweb.attributes import Level, UnknownAttribute, path_of
from pacs_gateway.dicomweb.matching import test_of as matcher
from pacs_gateway.dicomweb.parameters import parse
from pacs_gateway.dicomweb.problems import Problem
from pacs_gateway.dicomweb.wildcards import is_like


def _is_found(item: dict, query: str) -> bool:
    return matcher(parse(QueryDict(query), Level.INSTANCE))(item)


@settings(derandomize=True)
@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_are_those_of_a_shell(pattern: str, text: str) -> None:
    assert is_like(text, pattern) == bool(re.match(fnmatch.translate(pattern), text))


def test_a_pattern_of_many_stars_ends() -> None:
    assert not is_like("a" * 4000, "*a" * 500 + "b")


@pytest.mark.parametrize(
    ("tag", "value", "query", "is_found"),
    [
        ("00100010", {"Alphabetic": "Yamada^Tarou", "Ideographic": "山田^太郎"}, "PatientName=山田^*", True),
        ("00100010", {"Alphabetic": "Buc^Jérôme"}, "PatientName=buc^jerome", False),
        ("00100010", {"Alphabetic": "Buc^Jérôme"}, "PatientName=jerome+buc&fuzzymatching=true", True),
        ("00100010", {"Alphabetic": "Buc^Jérôme"}, "PatientName=JÉRÔME&fuzzymatching=true", True),
        ("00080030", "101112.5", "StudyTime=101112", True),
        ("00080030", "101112", "StudyTime=101113-", False),
        ("00080020", "2018.08.06", "StudyDate=20180806", True),
        ("0008002A", "20180806101112", "AcquisitionDateTime=20180806-20180806", True),
        ("0008002A", "20180806101112", "AcquisitionDateTime=2019-", False),
        ("00200013", 3, "InstanceNumber=03", True),
        ("00180050", 1.5, "SliceThickness=1.50", True),
        ("00180050", 1.5, "SliceThickness=2", False),
        ("00280004", "MONOCHROME2", "PhotometricInterpretation=MONO*", True),
        ("00280106", 5, "SmallestImagePixelValue=5", True),
    ],
)
def test_values_of_each_representation(tag: str, value: object, query: str, is_found: bool) -> None:
    assert _is_found({tag: attribute(tag, value)}, query) == is_found


def test_attributes_in_sequences() -> None:
    step = {"00400009": attribute("00400009", "SPS-1")}
    item = {"00400275": {"vr": "SQ", "Value": [{}, step]}}
    assert _is_found(item, "RequestAttributesSequence.ScheduledProcedureStepID=SPS-1")
    assert _is_found(item, "00400275.00400009=SPS*")
    assert not _is_found(item, "RequestAttributesSequence.ScheduledProcedureStepID=SPS-2")


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("ImageType=PRIMARY%5CORIGINAL", True),
        ("ImageType=PRIMARY%5CLOCALIZER", False),
        ("ImageType=DERIVED%5CPRIMARY", False),
        ("OtherPatientNames=b%5CA", True),
        ("OtherPatientNames=b%5Cc", False),
        # Of VM 1, so that it stays what it is: codes match any of a list.
        ("PatientSex=M%5CF", True),
    ],
)
def test_each_of_several_values(query: str, is_found: bool) -> None:
    names = {"vr": "PN", "Value": [{"Alphabetic": "A"}, {"Alphabetic": "B"}]}
    item = {"00080008": {"vr": "CS", "Value": ["ORIGINAL", "PRIMARY", "AXIAL"]}, "00101001": names}
    item["00100040"] = attribute("00100040", "F")
    assert _is_found(item, f"{query}&multiplevaluematching=true") == is_found


@pytest.mark.parametrize(
    "empty",
    [{}, {"00181030": {"vr": "LO"}}, {"00181030": {"vr": "LO", "Value": []}}, {"00181030": attribute("00181030", "")}],
)
def test_no_value_at_all(empty: dict) -> None:
    query = "ProtocolName=%22%22&emptyvaluematching=true"
    assert _is_found(empty, query)
    assert not _is_found({"00181030": attribute("00181030", "Head")}, query)
    assert not _is_found(empty, "ProtocolName=%22%22")


def test_no_value_in_an_item_of_a_sequence() -> None:
    query = "RequestAttributesSequence.ScheduledProcedureStepID=%22%22&emptyvaluematching=true"
    step = {"00400009": attribute("00400009", "SPS-1")}
    assert _is_found({"00400275": {"vr": "SQ", "Value": [step, {}]}}, query)
    assert not _is_found({"00400275": {"vr": "SQ", "Value": [step]}}, query)


@pytest.mark.parametrize(
    "query", ["InstanceNumber=one", "SliceThickness=nan", "StudyTime=25", "StudyDate=2018", "AcquisitionDateTime=x"]
)
def test_values_that_cannot_be_meant(query: str) -> None:
    with pytest.raises(Problem):
        _is_found({}, query)


@pytest.mark.parametrize("name", ["", ".", "PatientID.", "patientid", "0010002", "1.2.3.4.5", "PatientID ", "Ⅷ"])
def test_what_names_no_attribute(name: str) -> None:
    with pytest.raises(UnknownAttribute):
        path_of(name)
