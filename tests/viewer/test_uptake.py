"""SUVbw: the factor of QIBA's profile where everything is told, and none where anything is missing or impossible."""

from __future__ import annotations

from typing import Any

import pytest
from pydicom import dcmread

from tests.dicom_testdata import dicom_file
from viewer.uptake import suv_factor

# 370 MBq of fluorine-18 an hour before the scan, 70 kg.
TRACER: dict[str, Any] = {"00181072": ["110000"], "00181074": [370e6], "00181075": [6586.2]}
PET: dict[str, Any] = {
    "00080060": ["PT"],
    "00080021": ["20260801"],
    "00080031": ["120000"],
    "00080022": ["20260801"],
    "00080032": ["120000"],
    "00101030": [70],
    "00280051": ["NORM", "ATTN", "DECY"],
    "00541001": ["BQML"],
    "00541102": ["START"],
}


def _json(facts: dict[str, Any]) -> dict[str, Any]:
    return {tag: {"vr": "UN", "Value": value} for tag, value in facts.items() if value is not None}


def _instance(tracer: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """Return a PET picture; `more` maps tags (with a leading t) to values, None for what is absent."""
    changed = {tag[1:]: value for tag, value in more.items()}
    return _json({**PET, "00540016": [_json({**TRACER, **(tracer or {})})], **changed})


def test_the_dose_decays_until_the_series_begins() -> None:
    # 70 000 g / (370 MBq * 2^(-3600 / 6586.2) = 253.3142 MBq)
    assert suv_factor([_instance(), _instance(t00080032=["120300"])]) == pytest.approx(70000 / 253.3142e6, rel=1e-5)


def test_values_corrected_to_the_injection_are_of_the_whole_dose() -> None:
    assert suv_factor([_instance(t00541102=["ADMIN"])]) == pytest.approx(70000 / 370e6)


def test_an_injection_before_midnight_is_of_the_day_before() -> None:
    after = {"t00080031": ["003000"], "t00080032": ["003000"]}
    assert suv_factor([_instance({"00181072": ["233000"]}, **after)]) == pytest.approx(70000 / 253.3142e6, rel=1e-5)


def test_a_moment_with_its_date_comes_first() -> None:
    told = {"00181078": ["20260801110000.00"], "00181072": ["010101"]}
    assert suv_factor([_instance(told)]) == pytest.approx(70000 / 253.3142e6, rel=1e-5)


def test_grams_per_milliliter_are_uptake_already() -> None:
    assert suv_factor([_instance(t00541001=["GML"])]) == 1
    assert suv_factor([_instance(t00541001=["GML"], t00541006=["BW"])]) == 1
    assert suv_factor([_instance(t00541001=["GML"], t00541006=["LBM"])]) is None


@pytest.mark.parametrize(
    "more",
    [
        {"t00080060": ["CT"]},
        {"t00541001": ["CNTS"]},
        {"t00541001": None},
        {"t00280051": ["NORM", "DECY"]},
        {"t00280051": ["ATTN"]},
        {"t00541102": ["NONE"]},
        {"t00541102": None},
        {"t00101030": None},
        {"t00101030": [0]},
        {"t00101030": [70000]},
        {"t00101030": ["heavy"]},
        {"t00080031": ["130000"]},
        {"t00080031": None},
        {"t00080022": None},
        {"t00540016": None},
        {"t00540016": [_json(TRACER), _json(TRACER)]},
        {"t00540016": ["x"]},
        {"tracer": {"00181074": [370]}},
        {"tracer": {"00181074": None}},
        {"tracer": {"00181075": [0]}},
        {"tracer": {"00181075": [60]}},
        {"tracer": {"00181072": None}},
        {"tracer": {"00181072": ["nonsense"]}},
        {"tracer": {"00181078": ["20260801110000+0200"]}},
        {"tracer": {"00181078": ["20260801130000"]}},
    ],
)
def test_what_is_missing_or_impossible_gives_no_uptake(more: dict[str, Any]) -> None:
    assert suv_factor([_instance(**more)]) is None


def test_a_series_of_two_doses_has_none() -> None:
    assert suv_factor([_instance(), _instance({"00181074": [371e6]})]) is None
    assert suv_factor([_instance(), _instance(t00101030=None)]) is None


def test_real_files() -> None:
    complete = dcmread(dicom_file("suyashkumar__dicom/testdata/1.dcm"), stop_before_pixels=True)
    # Injected at 14:17:00, the series begins at 15:23:16.921.
    expected = 69734.4 / (178340011.59668 * 2 ** (-3976.921 / 6586.2))
    assert suv_factor([complete.to_json_dict()]) == pytest.approx(expected, rel=1e-6)
    without = "fo-dicom__fo-dicom/Tests/FO-DICOM.Tests/Test_Data/GH610.dcm"
    assert suv_factor([dcmread(dicom_file(without), stop_before_pixels=True).to_json_dict()]) is None
