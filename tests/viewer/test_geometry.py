"""Where frames lie, as a browser is told it."""

from __future__ import annotations

from typing import Any

from pacs_gateway.access.grant import Decision, StudyGrant, mint
from pacs_gateway.access.right import Right
from pacs_gateway.refs import PatientRef, StudyRef
from viewer import geometry

FRAME_OF_REFERENCE = "2.25.4711.99"


def _tags(**more: Any) -> dict[str, Any]:
    """Return DICOM JSON; `more` maps tags (with a leading t) to their values."""
    return {tag[1:]: {"vr": "UN", "Value": value} for tag, value in more.items()}


def _at(*place: Any) -> dict[str, Any]:
    return _tags(t00209113=[_tags(t00200032=list(place))])


def test_each_instance_says_where_it_lies() -> None:
    told = geometry.positions([_tags(t00200032=[1, 2.00004, -3]), _tags(), _tags(t00200032=[1, "nonsense", 3])])
    assert told == ((1, 2, -3), None, None)


def test_a_series_that_tells_nothing_has_no_positions() -> None:
    assert geometry.positions([_tags(), _tags(t00280008=[5])]) == ()


def test_frames_of_one_instance_have_their_own_place_or_the_shared_one() -> None:
    groups = [_at(0, 0, 1), _tags(), _at(0, 0, 3)]
    shared = _tags(t00280008=[5], t52009229=[_at(9, 9, 9)], t52009230=groups)
    assert geometry.positions([shared]) == ((0, 0, 1), (9, 9, 9), (0, 0, 3), (9, 9, 9), (9, 9, 9))


def test_frames_that_are_only_counted_cost_little() -> None:
    told = geometry.positions([_tags(t00280008=[2_000_000_000], t00200032=[0, 0, 1])])
    assert len(told) == geometry.POSITIONS_MOST


def test_a_frame_of_reference_is_the_series_when_all_share_it() -> None:
    own, other = _tags(t00200052=[FRAME_OF_REFERENCE]), _tags(t00200052=["2.25.1"])
    assert geometry.frame_of_reference([own, own]) == FRAME_OF_REFERENCE
    assert geometry.frame_of_reference([own, other]) == ""
    assert geometry.frame_of_reference([own, _tags()]) == ""


def _grant(study_uid: str, patient_id: str = "P", *, anonymised: bool = False) -> StudyGrant:
    decision = Decision(allowed=True, rights=frozenset({Right.VIEW}), anonymised=anonymised)
    return mint(StudyRef("main", study_uid), study_uid, PatientRef(patient_id, "TEST"), decision, "user:1")


def _name(grant: StudyGrant, uid: str = FRAME_OF_REFERENCE) -> str:
    told = geometry.public(grant, uid, ())["frame_of_reference"]
    assert isinstance(told, str)
    return told


def test_the_name_is_the_same_in_two_studies_of_a_person_and_nowhere_else() -> None:
    name = _name(_grant("2.25.1"))
    assert name == _name(_grant("2.25.2"))
    assert name != _name(_grant("2.25.1", "OTHER"))
    assert name != _name(_grant("2.25.1", anonymised=True))
    assert name != _name(_grant("2.25.1"), "2.25.8")
    assert FRAME_OF_REFERENCE not in name
    assert _name(_grant("2.25.1"), "") == ""
