"""Structured reports as headings and paragraphs, also when they are broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.sequence import Sequence

from portal.studies.report import Report, Section, from_bytes, from_dataset, to_bytes
from tests.dicom_testdata import DICOM_TESTDATA


def _code(meaning: str, value: str = "x") -> Sequence:
    code = Dataset()
    code.CodeMeaning, code.CodeValue, code.CodingSchemeDesignator = meaning, value, "99TEST"
    return Sequence([code])


def _item(kind: str, name: str = "", relation: str = "CONTAINS", *children: Dataset, **values: object) -> Dataset:
    item = Dataset()
    item.ValueType, item.RelationshipType = kind, relation
    if name:
        item.ConceptNameCodeSequence = _code(name)
    for keyword, value in values.items():
        setattr(item, keyword, value)
    if children:
        item.ContentSequence = Sequence(children)
    return item


def _measured(number: str, unit: str, unit_name: str) -> Sequence:
    measured = Dataset()
    measured.NumericValue, measured.MeasurementUnitsCodeSequence = number, _code(unit_name, unit)
    return Sequence([measured])


def _document(*children: Dataset, **values: object) -> Dataset:
    return _item("CONTAINER", "Chest report", "", *children, **values)


def test_containers_become_headings_and_their_texts_paragraphs() -> None:
    finding = _item("TEXT", "Finding", TextValue="The lungs are clear.\r\nNo fluid.\r\n\r\nThe heart is normal.")
    ds = _document(_item("CONTAINER", "Findings", "CONTAINS", finding))
    assert from_dataset(ds).sections == (
        Section("Findings", ("The lungs are clear.\nNo fluid.", "The heart is normal.")),
    )
    assert from_dataset(ds).title == "Chest report"


def test_each_kind_of_value_is_said_with_its_name() -> None:
    ds = _document(
        _item(
            "CONTAINER",
            "Findings",
            "CONTAINS",
            _item("CODE", "Side", ConceptCodeSequence=_code("Left")),
            _item("NUM", "Diameter", MeasuredValueSequence=_measured("12", "mm", "millimeter")),
            _item("NUM", "Ratio", MeasuredValueSequence=_measured("0.5", "1", "no units")),
            _item("NUM", "Spots", MeasuredValueSequence=_measured("3", "{spots}", "spots")),
            _item("DATE", "Earlier scan", Date="20180806"),
            _item("TIME", "At", Time="101500"),
            _item("DATETIME", "Told", DateTime="20180806103000"),
            _item("PNAME", "Told to", PersonName="Roe^Richard^^Dr"),
            _item("IMAGE", "Picture"),
            _item("UIDREF", "Group", UID="1.2.3"),
        )
    )
    (section,) = from_dataset(ds).sections
    assert section.paragraphs == (
        "Side: Left",
        "Diameter: 12 mm",
        "Ratio: 0.5",
        "Spots: 3 spots",
        "Earlier scan: 2018-08-06",
        "At: 10:15",
        "Told: 2018-08-06 10:30",
        "Told to: Dr Richard Roe",
    )


def test_nested_containers_and_what_follows_them_keep_their_order() -> None:
    inner = _item("CONTAINER", "Right lung", "CONTAINS", _item("TEXT", "Finding", TextValue="One spot."))
    size = _item("NUM", "Size", "HAS PROPERTIES", MeasuredValueSequence=_measured("4", "mm", ""))
    last = _item("TEXT", "Comment", "CONTAINS", size, TextValue="See you.")
    ds = _document(_item("CONTAINER", "Findings", "CONTAINS", _item("TEXT", TextValue="First."), inner, last))
    assert from_dataset(ds).sections == (
        Section("Findings", ("First.",)),
        Section("Right lung", ("One spot.",)),
        Section("", ("Comment: See you.", "Size: 4 mm")),
    )


def test_texts_without_a_container_get_their_name_as_heading() -> None:
    ds = _document(_item("TEXT", "Impression", TextValue="All well."))
    assert from_dataset(ds).sections == (Section("Impression", ("All well.",)),)


def test_what_is_about_the_report_is_left_out() -> None:
    observer = _item("PNAME", "Observer", "HAS OBS CONTEXT", PersonName="Roe^Richard")
    language = _item("CODE", "Language", "HAS CONCEPT MOD", ConceptCodeSequence=_code("English"))
    assert from_dataset(_document(observer, language)).sections == ()


@pytest.mark.parametrize(
    ("completion", "verification", "final"),
    [
        ("COMPLETE", "VERIFIED", True),
        ("PARTIAL", "VERIFIED", False),
        ("COMPLETE", "UNVERIFIED", False),
        ("", "", False),
    ],
)
def test_final_is_complete_and_verified(completion: str, verification: str, final: bool) -> None:
    signer = Dataset()
    signer.VerifyingObserverName = "Roe^Richard^^Dr"
    ds = _document(CompletionFlag=completion, VerificationFlag=verification, VerifyingObserverSequence=[signer])
    report = from_dataset(ds)
    assert (report.is_final, report.signed_by) == (final, "Dr Richard Roe")


def test_nonsense_is_left_out() -> None:
    broken = Dataset()
    broken.ConceptNameCodeSequence, broken.ContentSequence = Sequence(), Sequence([Dataset()])
    odd = _item("NUM", "Size", MeasuredValueSequence=Sequence([Dataset()]))
    bad = _item("DATE", "When", Date="20189999")
    empty = _item("TEXT", "Finding", TextValue="")
    control = _item("TEXT", "Finding", TextValue="a\x00b\x1b")
    ds = _document(broken, odd, bad, empty, control)
    assert from_dataset(ds).sections == (Section("Finding", ("a b",)),)
    assert from_dataset(Dataset()) == Report()


def test_depth_and_length_are_bounded() -> None:
    ds = _item("TEXT", "Leaf", TextValue="deep")
    for _ in range(60):
        ds = _item("CONTAINER", "Level", "CONTAINS", ds)
    assert from_dataset(ds).sections == ()
    assert from_dataset(ds).is_cut
    wide = from_dataset(_document(*[_item("TEXT", "T", TextValue="x")] * 5000))
    assert (len(wide.sections), wide.is_cut) == (4000, True)
    assert not from_dataset(_document(*[_item("TEXT", "T", TextValue="x")] * 4000)).is_cut


def test_a_report_of_sixteen_levels_is_read_to_its_end() -> None:
    ds = _item("TEXT", "Leaf", TextValue="deep")
    for _ in range(15):
        ds = _item("CONTAINER", "Level", "CONTAINS", ds)
    report = from_dataset(_document(ds))
    assert (report.sections, report.is_cut) == ((Section("Level", ("Leaf: deep",)),), False)


def test_what_qualifies_a_finding_is_said_with_it() -> None:
    left = _item("CODE", "Laterality", "HAS CONCEPT MOD", ConceptCodeSequence=_code("Left"))
    upper = _item("CODE", "Site", "HAS CONCEPT MOD", ConceptCodeSequence=_code("Upper"))
    mass = _item("CODE", "Mass", "CONTAINS", left, upper, ConceptCodeSequence=_code("Present"))
    lung = _item("CONTAINER", "Lung", "CONTAINS", left, mass)
    assert from_dataset(_document(lung)).sections == (Section("Lung (Left)", ("Mass (Left, Upper): Present",)),)


def test_a_number_that_could_not_be_measured_says_why() -> None:
    unknown = _item("NUM", "Diameter", NumericValueQualifierCodeSequence=_code("Measurement failure"))
    ds = _document(_item("CONTAINER", "Findings", "CONTAINS", unknown))
    assert from_dataset(ds).sections == (Section("Findings", ("Diameter: Measurement failure",)),)


def test_what_points_to_pictures_is_counted() -> None:
    spot = _item("SCOORD", "Outline", "INFERRED FROM", _item("IMAGE", "", "SELECTED FROM"))
    nodule = _item("NUM", "Size", "CONTAINS", spot, MeasuredValueSequence=_measured("4", "mm", ""))
    report = from_dataset(_document(_item("CONTAINER", "Findings", "CONTAINS", nodule, _item("IMAGE", "Key image"))))
    assert report.sections == (Section("Findings", ("Size: 4 mm",)),)
    assert report.references == 3


def test_a_stored_report_comes_back_the_same() -> None:
    report = from_dataset(_document(_item("TEXT", "Impression", TextValue="Ä line\nand one.")))
    assert from_bytes(to_bytes(report)) == report
    assert from_bytes(to_bytes(None)) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [("test-SR.dcm", "A mass of"), ("reportsi.dcm", "Enter text")],
)
def test_files_of_pydicom(name: str, words: str) -> None:
    report = from_dataset(dcmread(get_testdata_file(name)))
    assert report.sections
    assert words in str(report)


def _shared() -> list[Path]:
    return [path for path in sorted(DICOM_TESTDATA.rglob("*")) if path.is_file() and "sr" in path.name.lower()]


@pytest.mark.parametrize("path", _shared(), ids=lambda path: path.name)
def test_shared_files_are_read_without_an_error(path: Path) -> None:
    from_dataset(dcmread(path, force=True))
