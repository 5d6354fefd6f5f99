"""From metadata to a manifest: the order of slices, and what a browser is told."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from pacs_gateway.refs import FrameRef, InstanceRef
from viewer import manifest, metadata
from viewer.rendering import Reason


def _instance(number: int | None, position: tuple[float, float, float] | None, **more: Any) -> dict[str, Any]:
    """Return DICOM JSON of one slice; `more` maps tags (with a leading t) to their values."""
    facts: dict[str, Any] = {
        "00080016": ["1.2.840.10008.5.1.4.1.1.2"],
        "0020000E": ["1.2.3"],
        "00080018": [f"1.2.3.{number}"],
        "00280010": [64],
        "00280011": [64],
    }
    if number is not None:
        facts["00200013"] = [number]
    if position is not None:
        facts["00200032"], facts["00200037"] = list(position), [1, 0, 0, 0, 1, 0]
    facts |= {tag[1:]: value for tag, value in more.items()}
    return {tag: {"vr": "UN", "Value": value} for tag, value in facts.items()}


def _numbers(instances: list[dict[str, Any]]) -> list[int]:
    return [metadata.first(one, "00200013") for one in instances]


def test_slices_are_scrolled_along_the_normal_in_the_scanner_s_direction() -> None:
    slices = [_instance(n, (0, 0, -5.0 * n)) for n in range(1, 8)]
    random.Random(1).shuffle(slices)
    assert _numbers(metadata.in_order(slices)) == [1, 2, 3, 4, 5, 6, 7]


def test_a_wrong_instance_number_does_not_move_a_slice() -> None:
    slices = [_instance(n, (0, 0, z)) for n, z in [(1, 0), (2, 5), (9, 10), (4, 15), (5, 20)]]
    assert _numbers(metadata.in_order(slices)) == [1, 2, 9, 4, 5]


@pytest.mark.parametrize(
    "slices",
    [
        [_instance(n, None) for n in (3, 1, 2)],
        [_instance(3, (0, 0, 1)), _instance(1, (0, 0, 1)), _instance(2, (0, 0, 1))],
        [_instance(3, (0, 0, 0)), _instance(1, None), _instance(2, (0, 0, 9))],
        [
            _instance(3, (0, 0, 0)),
            _instance(1, (0, 0, 1)),
            _instance(2, (0, 0, 2), t00200037=[0, 1, 0, 0, 0, 1]),
        ],
    ],
    ids=["no positions", "same position", "some positions", "two orientations"],
)
def test_what_is_no_stack_goes_by_instance_number(slices: list[dict[str, Any]]) -> None:
    assert _numbers(metadata.in_order(slices)) == [1, 2, 3]


def test_the_order_does_not_depend_on_the_order_of_the_answer() -> None:
    slices = [_instance(n, None) for n in (1, 1, 2)]
    slices[1]["00080018"]["Value"] = ["1.2.3.99"]
    orders = {tuple(str(one["00080018"]) for one in metadata.in_order(p)) for p in itertools.permutations(slices)}
    assert len(orders) == 1


def test_frames_count_on_through_the_instances() -> None:
    built = metadata.build(
        "key", [_instance(1, None, t00280008=[3]), _instance(2, None), _instance(3, None, t00280008=["2"])]
    )
    series = built.series[0]
    assert series.frame_count == 6
    assert [series.frame(n) for n in (1, 3, 4, 6)] == [
        FrameRef(InstanceRef("1.2.3", uid), n)
        for uid, n in [("1.2.3.1", 1), ("1.2.3.1", 3), ("1.2.3.2", 1), ("1.2.3.3", 2)]
    ]
    for outside in (0, 7, -1):
        with pytest.raises(LookupError):
            series.frame(outside)


def test_a_manifest_is_stored_whole() -> None:
    built = metadata.build("key", [_instance(1, None, t00281050=[40, -600], t00281051=[400, 1500])])
    assert manifest.from_bytes(manifest.to_bytes(built)) == built
    assert [window["center"] for window in built.series[0].windows] == [40, -600]


@pytest.mark.parametrize("width", [[0], [-1], ["nan"], ["x"], [None], [0.5]])
def test_windows_that_cannot_be_shown_are_not_offered(width: list[Any]) -> None:
    assert metadata.windows(_instance(1, None, t00281050=[40], t00281051=width)) == ()


@pytest.mark.parametrize(
    ("facts", "rate"),
    [
        ({"t00082144": [12], "t00180040": [30], "t00181063": [100]}, 12),
        ({"t00180040": [30], "t00181063": [100]}, 30),
        ({"t00181063": [40]}, 25),
        ({"t00181063": [0]}, None),
        ({}, None),
    ],
)
def test_cine_rate(facts: dict[str, Any], rate: float | None) -> None:
    assert metadata.cine_rate(_instance(1, None, **facts)) == rate


@pytest.mark.parametrize(
    ("sop_class", "kind"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", "image"),
        ("1.2.840.10008.5.1.4.1.1.88.11", "report"),
        ("1.2.840.10008.5.1.4.1.1.88.59", "other"),
        ("1.2.840.10008.5.1.4.1.1.88.67", "other"),
        ("1.2.840.10008.5.1.4.1.1.104.1", "document"),
        ("1.2.840.10008.5.1.4.1.1.11.1", "other"),
        ("1.2.840.10008.5.1.4.1.1.77.1.1.1", "video"),
        ("1.2.840.10008.5.1.4.1.1.481.5", "other"),
        ("1.3.46.670589.5.0.1.1", "other"),
    ],
)
def test_kinds(sop_class: str, kind: str) -> None:
    assert metadata.kind_of(_instance(1, None, t00080016=[sop_class])) == kind


@pytest.mark.parametrize(
    ("sop_class", "syntax", "kind"),
    [
        ("1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.1.2.4.102", "video"),
        ("1.2.840.10008.5.1.4.1.1.3.1", "1.2.840.10008.1.2.4.50", "image"),
        ("1.2.840.10008.5.1.4.1.1.77.1.1.1", "1.2.840.10008.1.2.4.50", "image"),
        ("1.2.840.10008.5.1.4.1.1.77.1.1.1", "1.2.840.10008.1.2.4.100", "video"),
    ],
)
def test_the_transfer_syntax_tells_a_video(sop_class: str, syntax: str, kind: str) -> None:
    assert metadata.kind_of(_instance(1, None, t00080016=[sop_class], t00083002=[syntax])) == kind


def test_an_image_class_without_rows_has_no_picture() -> None:
    instance = _instance(1, None)
    del instance["00280010"]
    (series,) = metadata.build("key", [instance]).series
    assert (series.kind, series.refusal) == ("other", Reason.NO_PIXELS)


def test_stills_and_videos_of_one_series_are_listed_apart() -> None:
    still, video = _instance(1, None), _instance(2, None, t00083002=["1.2.840.10008.1.2.4.102"])
    first, second = metadata.build("key", [video, still]).series
    assert (first.kind, first.refusal) == ("image", None)
    assert (second.kind, second.refusal) == ("video", Reason.VIDEO)
    assert first.id != second.id
    assert first.series_uid == second.series_uid


def test_what_is_not_drawn_is_listed_with_its_reason() -> None:
    content = metadata.build("key", [_instance(1, None, t00080016=["1.2.840.10008.5.1.4.1.1.481.5"])])
    (series,) = content.not_drawn
    assert (series.sop_class_name, series.refusal) == ("RT Plan Storage", Reason.UNSUPPORTED_SOP_CLASS)
    assert content.images == ()
    assert manifest.from_bytes(manifest.to_bytes(content)) == content


def test_series_names_are_opaque_and_differ_between_studies() -> None:
    assert manifest.series_id("a", "1.2.3") != manifest.series_id("b", "1.2.3")
    assert "1.2.3" not in manifest.series_id("a", "1.2.3")
