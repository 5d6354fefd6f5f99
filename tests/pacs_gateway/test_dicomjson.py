"""Values come out of DICOM JSON whatever a PACS put in, and names read as people write them."""

import datetime as dt

import pytest

from pacs_gateway import dicomjson


@pytest.mark.parametrize(
    ("person_name", "readable"),
    [
        ("Doe^Jane", "Jane Doe"),
        ("Doe^Jane^M^Dr^PhD", "Dr Jane M Doe PhD"),
        ("Doe", "Doe"),
        ("^Jane", "Jane"),
        ("", ""),
        ("^^^^", ""),
        ("Yamada^Tarou=山田^太郎=やまだ^たろう", "Tarou Yamada (山田 太郎)"),
        ("=山田^太郎", "山田 太郎"),
        ("==やまだ^たろう", "やまだ たろう"),
        ("Doe^Jane==", "Jane Doe"),
        ("Doe^Jane=^=^", "Jane Doe"),
        ("Doe ^ Jane\\Other^Name", "Jane Doe"),
        ("A^B^C^D^E^F^G", "D B C A E"),
    ],
)
def test_readable_names(person_name: str, readable: str):
    assert dicomjson.readable_name(person_name) == readable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("20200229", dt.date(2020, 2, 29)),
        ("2020.02.29", dt.date(2020, 2, 29)),
        ("2020-02-29", dt.date(2020, 2, 29)),
        ("20210229", None),
        ("2020", None),
        ("", None),
        ("20200229-20210101", None),
        (20200229, dt.date(2020, 2, 29)),
        (None, None),
        ({"Alphabetic": 7}, None),
    ],
)
def test_dates(value: object, expected: dt.date | None):
    assert dicomjson.date({"00080020": {"vr": "DA", "Value": [value]}}, "00080020") == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("134501", dt.time(13, 45, 1)),
        ("13", dt.time(13)),
        ("1345", dt.time(13, 45)),
        ("13:45:01", dt.time(13, 45, 1)),
        ("134501.5", dt.time(13, 45, 1, 500000)),
        ("134560", dt.time(13, 45, 59)),
        ("994501", None),
        ("noon", None),
    ],
)
def test_times(value: str, expected: dt.time | None):
    assert dicomjson.time({"00080030": {"vr": "TM", "Value": [value]}}, "00080030") == expected


@pytest.mark.parametrize("item", [{}, {"x": 1}, {"00100010": None}, {"00100010": {"Value": "x"}}, {"00100010": {}}])
def test_what_is_not_there_is_empty(item: dict):
    assert dicomjson.text(item, "00100010") == ""
    assert dicomjson.first(item, "00100010") is None
    assert dicomjson.number(item, "00100010") == 0
    assert dicomjson.date(item, "00100010") is None


def test_text_is_what_a_database_can_hold():
    item = {"00081030": {"vr": "LO", "Value": [" a\x00b\n", "\ud800", 7, 7.5, True, None]}}
    assert dicomjson.text(item, "00081030") == "a b\\?\\7\\7.5"


def test_person_names_keep_their_groups():
    item = {"00100010": {"vr": "PN", "Value": [{"Ideographic": "山田^太郎", "Alphabetic": "Yamada^Tarou"}]}}
    assert dicomjson.text(item, "00100010") == "Yamada^Tarou=山田^太郎"


@pytest.mark.parametrize(("value", "expected"), [("12", 12), (12, 12), (12.0, 12), ("-1", 0), ("9" * 30, 0), ("x", 0)])
def test_counts(value: object, expected: int):
    assert dicomjson.number({"00201208": {"vr": "IS", "Value": [value]}}, "00201208") == expected
