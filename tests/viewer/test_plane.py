"""What a browser is told of where frames lie and how long their pixels are."""

from __future__ import annotations

from typing import Any

import pytest

from viewer import metadata, plane


def _instance(modality: str = "CT", **more: Any) -> dict[str, Any]:
    """Return DICOM JSON; `more` maps tags (with a leading t) to their values."""
    facts = {"00080060": [modality]} | {tag[1:]: value for tag, value in more.items()}
    return {tag: {"vr": "UN", "Value": value} for tag, value in facts.items()}


def _item(**more: Any) -> dict[str, Any]:
    return {tag[1:]: {"vr": "UN", "Value": value} for tag, value in more.items()}


@pytest.mark.parametrize(
    ("instance", "spacing", "kind"),
    [
        (_instance(t00280030=[0.5, 0.7]), [0.5, 0.7], "patient"),
        (_instance(), None, ""),
        (_instance(t00280030=[0, 0.7]), None, ""),
        (_instance(t00280030=["nonsense", 1]), None, ""),
        (_instance("DX", t00181164=[0.1, 0.1]), [0.1, 0.1], "detector"),
        (_instance("DX", t00280030=[0.1, 0.1], t00181164=[0.1, 0.1]), [0.1, 0.1], "detector"),
        (_instance("CR", t00280030=[0.1, 0.1]), [0.1, 0.1], "detector"),
        (_instance("DX", t00280030=[0.09, 0.09], t00181164=[0.1, 0.1]), [0.09, 0.09], "calibrated"),
        (_instance("DX", t00280030=[0.1, 0.1], t00280A02=["FIDUCIAL"], t00181164=[0.1, 0.1]), [0.1, 0.1], "calibrated"),
        (_instance("OT", t00182010=[0.2, 0.2]), [0.2, 0.2], "scanned"),
        (_instance("OT", t00280030=[0.2, 0.2], t00182010=[0.2, 0.2]), [0.2, 0.2], "scanned"),
        (
            _instance("MR", t52009229=[_item(t00289110=[_item(t00280030=[0.4, 0.4])])]),
            [0.4, 0.4],
            "patient",
        ),
    ],
)
def test_a_length_says_what_it_was_measured_with(
    instance: dict[str, Any], spacing: list[float] | None, kind: str
) -> None:
    (run,) = plane.runs([instance])
    assert (run["spacing"], run["spacing_kind"]) == (spacing, kind)


def test_runs_are_told_only_where_something_changes() -> None:
    flat, upright = [1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1]
    slices = [_instance(t00200037=flat)] * 3 + [_instance(t00200037=upright)] * 2
    assert [(run["from"], run["orientation"]) for run in plane.runs(slices)] == [(1, flat), (4, upright)]


FRONT, BACK = [1, 0, 0, 0, 0, -1], [-1, 0, 0, 0, 0, -1]
HEADS = [_item(t00200037=FRONT), _item(t00200037=BACK)]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"t00540022": HEADS, "t00540020": [1, 1, 2, 2]}, [(1, FRONT), (3, BACK)]),
        ({"t00540022": HEADS[1:]}, [(1, BACK)]),
        ({"t00540022": HEADS}, [(1, None)]),
        ({"t00540022": HEADS, "t00540020": [2, 9, "x"]}, [(1, BACK), (2, None)]),
        ({"t00540022": HEADS[:1], "t00080008": ["ORIGINAL", "PRIMARY", "TOMO", "EMISSION"]}, [(1, None)]),
        ({"t00540022": HEADS[:1], "t00080008": ["ORIGINAL", "PRIMARY", "RECON TOMO", "EMISSION"]}, [(1, FRONT)]),
        ({"t00540022": [_item()], "t00200037": FRONT}, [(1, FRONT)]),
        ({"t00540022": ["x"], "t00540020": [1, 1, 1, 1]}, [(1, None)]),
    ],
)
def test_frames_of_a_gamma_camera_lie_as_the_head_that_saw_them(
    more: dict[str, Any], expected: list[tuple[int, list[int] | None]]
) -> None:
    runs = plane.runs([_instance("NM", t00280008=[4], **more)])
    assert [(run["from"], run["orientation"]) for run in runs] == expected


def test_frames_of_one_instance_have_their_own_orientation() -> None:
    groups = [
        _item(t00209116=[_item(t00200037=[1, 0, 0, 0, 1, 0])]),
        _item(t00209116=[_item(t00200037=[0, 1, 0, 0, 0, -1])]),
    ]
    told = plane.runs([_instance("MR", t00280008=[2], t52009230=groups), _instance("MR")])
    assert [(run["from"], run["orientation"]) for run in told] == [
        (1, [1, 0, 0, 0, 1, 0]),
        (2, [0, 1, 0, 0, 0, -1]),
        (3, None),
    ]


def _region(units: int = 3, kind: int = 1) -> dict[str, Any]:
    box = {"t00186018": [10], "t0018601A": [20], "t0018601C": [110], "t0018601E": [220]}
    scale = {"t0018602C": [0.02], "t0018602E": [-0.03]}
    return _item(t00186012=[kind], t00186024=[units], t00186026=[units], **box, **scale)


def test_only_ultrasound_regions_in_cm_have_a_scale() -> None:
    (run,) = plane.runs([_instance("US", t00186011=[_region(), _region(units=4), _region(kind=3)])])
    assert run["spacing"] is None
    assert run["regions"] == [{"box": [10, 20, 110, 220], "spacing": [pytest.approx(0.3), pytest.approx(0.2)]}]


@pytest.mark.parametrize(
    ("instance", "unit"),
    [
        (_instance("CT"), "HU"),
        (_instance("CT", t00281054=["US"]), ""),
        (_instance("MR"), ""),
        (_instance("MR", t00281054=["HU"]), "HU"),
        (_instance("PT", t00541001=["BQML"]), "BQML"),
    ],
)
def test_the_unit_of_values_is_the_file_s(instance: dict[str, Any], unit: str) -> None:
    assert metadata.unit(instance) == unit


def test_nonsense_in_sequences_is_no_error() -> None:
    broken = _instance("US", t00186011=["x", 5], t52009229=["x"], t52009230=[None], t00200037=[1, "a", 0, 0, 1, 0])
    (run,) = plane.runs([broken])
    assert (run["orientation"], run["spacing"], run["regions"]) == (None, None, [])


@pytest.mark.parametrize(
    ("told", "ways"), [(["L", "FP"], ["L", "FP"]), (["L"], []), (["L", "x"], []), ([None, "F"], [])]
)
def test_patient_orientation_is_told_where_it_makes_sense(told: list[Any], ways: list[str]) -> None:
    (run,) = plane.runs([_instance("DX", t00200020=told)])
    assert run["ways"] == ways
