"""What a picture is called for whoever does not see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import translation

from viewer import metadata
from viewer.alternative import alt_text


def _instance(**more: Any) -> dict[str, Any]:
    facts = {"00080016": ["1.2.840.10008.5.1.4.1.1.1.1"], "0020000E": ["1.2"], "00080018": ["1.2.3"]}
    facts |= {"00280010": [8], "00280011": [8], "00280008": [4]} | {tag[1:]: value for tag, value in more.items()}
    return {tag: {"vr": "UN", "Value": value} for tag, value in facts.items()}


@pytest.mark.parametrize(
    ("instance", "words"),
    [
        (
            _instance(t00080060=["DX"], t0008103E=["Knee lateral"], t00200062=["L"]),
            "X-ray, Knee lateral, left side, image 2 of 4",
        ),
        (_instance(t00080060=["CT"]), "CT scan, image 2 of 4"),
        (
            _instance(t00080060=["DX"], t00180015=["KNEE"], t00185101=["LL"], t00200062=["L"]),
            "X-ray, knee, left side, side view, image 2 of 4",
        ),
        (
            _instance(t00080060=["CR"], t0008103E=["Thorax"], t00180015=["CHEST"], t00185101=["PA"]),
            "X-ray, Thorax, front view, image 2 of 4",
        ),
        (_instance(t00080060=["CR"], t00180015=["SOMETHING"], t00185101=["ODD"]), "X-ray, image 2 of 4"),
        (_instance(t00080060=["ES"]), "ES, image 2 of 4"),
        (_instance(), "Picture, image 2 of 4"),
    ],
)
def test_words_come_from_the_metadata(instance: dict[str, Any], words: str) -> None:
    (entry,) = metadata.build("key", [instance]).series
    assert alt_text(entry, 2) == words
    assert ", both sides, " in alt_text(replace(entry, laterality="B"), 1)


def test_what_the_pictures_of_a_series_do_not_share_is_not_said() -> None:
    one = _instance(t00080060=["DX"], t00180015=["HAND"], t00185101=["PA"])
    other = _instance(t00080060=["DX"], t00180015=["HAND"], t00185101=["LL"], t00080018=["1.2.4"])
    (entry,) = metadata.build("key", [one, other]).series
    assert alt_text(entry, 2) == "X-ray, hand, image 2 of 8"


def test_the_words_are_in_the_readers_language() -> None:
    (entry,) = metadata.build("key", [_instance(t00080060=["DX"], t00180015=["KNEE"], t00185101=["LL"])]).series
    with translation.override("es"):
        assert alt_text(entry, 2) == "Radiografía, rodilla, vista lateral, imagen 2 de 4"
