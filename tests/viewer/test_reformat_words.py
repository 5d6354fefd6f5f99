"""What is said of calculated pictures: how far the slices are apart, and that they lean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from viewer import metadata, reformat_words
from viewer.manifest import SeriesEntry
from viewer.rendering.notvolume import NotVolume


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Read English, whatever language the page of a test before was in."""
    with translation.override("en"):
        yield


def _instance(number: int, gap: float, **more: Any) -> dict[str, Any]:
    """Return DICOM JSON of one slice; `more` maps tags (with a leading t) to their values."""
    facts: dict[str, Any] = {
        "00080016": ["1.2.840.10008.5.1.4.1.1.4"],
        "00080060": ["MR"],
        "0020000E": ["1.2.3"],
        "00080018": [f"1.2.3.{number}"],
        "00200013": [number],
        "00200032": [0, 0, gap * number],
        "00200037": [1, 0, 0, 0, 1, 0],
        "00280004": ["MONOCHROME2"],
        "00280010": [64],
        "00280011": [64],
        "00280030": [0.5, 0.5],
    }
    facts |= {tag[1:]: value for tag, value in more.items()}
    return {tag: {"vr": "UN", "Value": value} for tag, value in facts.items()}


def _series(gap: float, **more: Any) -> SeriesEntry:
    (series,) = metadata.build("key", [_instance(number, gap, **more) for number in range(1, 9)]).series
    return series


def _coronal(gap: float) -> SeriesEntry:
    made = _series(gap).calculated("coronal-mip20")
    assert made is not None
    return made


@pytest.mark.parametrize(("gap", "said"), [(2.0, "2"), (2.5, "2.5"), (0.625, "0.625"), (10.0, "10"), (1.0000001, "1")])
def test_the_distance_of_slices_is_said_as_people_write_it(gap: float, said: str) -> None:
    words = reformat_words.note(_coronal(gap))
    assert words == f"Calculated: Coronal MIP, 20 mm. From slices {said} mm apart"


def test_it_is_said_in_the_reader_s_language() -> None:
    with translation.override("es"):
        assert reformat_words.note(_coronal(2.5)).endswith("cada 2,5 mm")


def test_planes_that_lean_say_so() -> None:
    made = _coronal(2.0)
    assert made.volume is not None
    lattice = made.volume.lattice
    leaning = ((0.0, -0.2079, 0.9781), (0.0, 0.9781, 0.2079), (1.0, 0.0, 0.0))
    tilted = replace(made, volume=replace(made.volume, lattice=replace(lattice, directions=leaning)))
    assert "Tilted by 12° like the slices" in reformat_words.note(tilted)


def test_every_refusal_has_words() -> None:
    assert all(reformat_words.refusal(reason).endswith(".") for reason in NotVolume)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"t00080060": ["US"]}, ""),
        ({"t00280004": ["RGB"]}, "values"),
        ({"t00283000": [{}]}, "values"),
        ({"t00280100": [32]}, "values"),
        ({"t00280008": [9000]}, "too_large"),
        ({"t00280008": [3]}, "no_place"),
        ({"t00280008": [float("inf")]}, "no_place"),
        ({"t00280008": [["x"]]}, "no_place"),
        ({"t00200032": [1e308, 0, 0]}, "no_place"),
        ({"t00200032": [{}, 0, 0]}, "no_place"),
        ({"t00280030": [1e-300, 1e-300]}, "too_large"),
        ({"t00281053": [float("nan")]}, "values"),
        ({"t00280030": ["nonsense", 1]}, "no_place"),
        ({"t00200032": [0, 0]}, "no_place"),
        ({"t00281053": [-1]}, "values"),
    ],
)
def test_what_metadata_makes_no_volume(more: dict[str, Any], why: str) -> None:
    series = _series(2.0, **more)
    assert (series.volume, series.not_volume) == (None, why)
    assert series.calculated("coronal") is None
