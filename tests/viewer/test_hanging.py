"""How a study is laid out when it is opened on a desk."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from viewer import hanging, metadata
from viewer.manifest import Manifest, SeriesEntry

AXIAL, CORONAL = [1, 0, 0, 0, 1, 0], [1, 0, 0, 0, 0, -1]


def _series(modality: str, description: str = "", laterality: str = "", orientation: Any = None) -> SeriesEntry:
    tags = {
        "00080016": "1.2.840.10008.5.1.4.1.1.2",
        "00080060": modality,
        "0020000E": f"2.25.{zlib.crc32(repr((modality, description, laterality, orientation)).encode())}",
        "00080018": "2.25.1",
        "00280010": 4,
        "0008103E": description,
        "00200060": laterality,
    }
    instance = {tag: {"vr": "UN", "Value": [value]} for tag, value in tags.items() if value != ""}
    if orientation:
        instance["00200037"] = {"vr": "DS", "Value": orientation}
    (entry,) = metadata.build("key", [instance]).series
    return entry


def _hung(*entries: SeriesEntry) -> tuple[str, list[str]]:
    content = Manifest(tuple(replace(entry, id=str(place)) for place, entry in enumerate(entries)))
    hung = hanging.hang(content)
    return hung.layout, list(hung.series)


def test_what_no_protocol_names_is_one_picture() -> None:
    assert _hung(_series("US"), _series("US", "two")) == ("", [])
    assert _hung(_series("CT")) == ("", [])
    assert _hung() == ("", [])


def test_each_series_hangs_where_its_protocol_says() -> None:
    coronal, axial = _series("CT", "cor", orientation=CORONAL), _series("CT", "ax", orientation=AXIAL)
    assert _hung(coronal, axial) == ("1x2", ["1", "0"])
    left, right = _series("MG", laterality="L"), _series("MG", laterality="R")
    assert _hung(left, right) == ("1x2", ["1", "0"])
    flair, t2, t1, other = (_series("MR", f"ax {name} tra") for name in ("flair", "T2", "T1", "localizer"))
    assert _hung(flair, t2, t1, other) == ("2x2", ["2", "1", "0", "3"])


def test_tiles_that_nothing_fits_take_what_is_left() -> None:
    assert _hung(_series("MR", "one"), _series("MR", "two")) == ("1x2", ["0", "1"])
    assert _hung(_series("CT", "scout"), _series("CT", "ax", orientation=AXIAL)) == ("1x2", ["1", "0"])


def test_the_file_holds_only_what_is_understood() -> None:
    protocols = json.loads((Path(hanging.__file__).parent / "hanging.json").read_text(encoding="utf-8"))
    for protocol in protocols:
        assert set(protocol) == {"modality", "least_series", "layout", "tiles"}
        assert len(protocol["tiles"]) == hanging.LAYOUTS[protocol["layout"]] <= max(protocol["least_series"], 2)
        assert all(set(tile) <= {"words", "laterality", "plane"} for tile in protocol["tiles"])


@pytest.mark.parametrize("orientation", [AXIAL, [0.99, 0.1, 0, -0.1, 0.99, 0]])
def test_a_plane_is_what_it_is_nearest_to(orientation: list[float]) -> None:
    assert hanging.plane_of(_series("CT", orientation=orientation)) == "axial"
    assert hanging.plane_of(_series("CT")) == ""
