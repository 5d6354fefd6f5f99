"""Which pictures stand for a study: marked ones first, else the middle one of each series, and that is said."""

from __future__ import annotations

from pydicom import Dataset

from pacs_gateway.upstream.sanitize import json_of
from tests.presentation import key_object, state_of
from tests.synthetic import ct_slice
from viewer import metadata
from viewer.keypictures import MOST, KeyPicture, key_pictures

SLICES = [ct_slice("P", 81, 1, number) for number in range(1, 31)]
OTHER = [ct_slice("P", 81, 2, number) for number in range(1, 4)]


def _found(*objects: Dataset) -> list[KeyPicture]:
    instances = [json_of(one, "1.2.840.10008.1.2.1") for one in (*SLICES, *OTHER, *objects)]
    return key_pictures(metadata.build("key", instances))


def test_without_marks_the_middle_of_each_series_is_chosen() -> None:
    assert [(one.series.number, one.number, one.title, one.state) for one in _found()] == [
        (1, 15, None, None),
        (2, 2, None, None),
    ]


def test_selected_pictures_come_before_presented_ones_and_nothing_is_chosen() -> None:
    state = state_of([OTHER[0]], ContentDescription="The nodule")
    found = _found(state, key_object([SLICES[6]]))
    assert [(one.series.number, one.number, one.title) for one in found] == [
        (1, 7, "Of Interest"),
        (2, 1, "The nodule"),
    ]
    assert found[0].state is None
    assert found[1].state is not None


def test_a_selected_picture_is_shown_with_its_state_and_once() -> None:
    (only,) = _found(state_of([SLICES[6]], ContentDescription="The nodule"), key_object([SLICES[6]]))
    assert (only.number, only.title) == (7, "Of Interest")
    assert only.state is not None


def test_a_state_for_a_whole_series_is_one_picture() -> None:
    (only,) = _found(state_of(SLICES))
    assert only.number == 16


def test_there_are_never_too_many() -> None:
    assert len(_found(key_object(SLICES))) == MOST
