"""From metadata to what lies beside the pictures: which states, segmentations and key objects are for which frames."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.refs import PatientRef, StudyRef
from pacs_gateway.upstream.sanitize import Sanitizer, json_of
from tests.presentation import item, key_object, reference, segment, segmentation, state_of
from tests.synthetic import ct_slice
from viewer import beside, manifest, metadata
from viewer.keypictures import key_pictures
from viewer.manifest import Manifest, SeriesEntry
from viewer.rendering.notes import Note, notes_of_state

SLICES = [ct_slice("P", 31, 1, number) for number in range(1, 5)]
OTHER_STUDY = ct_slice("P", 32, 1, 1)
EMPTY = [np.zeros((64, 64), bool)]


def _build(*objects: Dataset) -> Manifest:
    sanitizer = Sanitizer()
    return metadata.build("key", [sanitizer.item(json_of(one, "1.2.840.10008.1.2.1")) for one in (*SLICES, *objects)])


def _series(*objects: Dataset) -> SeriesEntry:
    (entry,) = _build(*objects).images
    return entry


def test_a_state_is_tied_to_the_frames_it_refers_to() -> None:
    entry = _series(state_of([SLICES[1], SLICES[3]], ContentDescription="For the clinic"))
    (state,) = entry.states
    assert (state.frames, state.label, state.moves_pixels) == ((2, 4), "For the clinic", False)
    assert entry.state(state.id) == state
    assert entry.state("nothing") is None


def test_the_newest_state_comes_first() -> None:
    entry = _series(state_of([SLICES[0]], 1, ContentLabel="OLD"), state_of([SLICES[0]], 2, ContentLabel="NEW"))
    assert [state.label for state in entry.states] == ["NEW", "OLD"]


def test_frames_of_a_multi_frame_image_are_named_by_number() -> None:
    state = state_of([SLICES[0]])
    state.ReferencedSeriesSequence[0].ReferencedImageSequence = [reference(SLICES[0], 2, 3, 9)]
    images = [SLICES[1], SLICES[0]]
    instances = [json_of(one, "1.2.840.10008.1.2.1") for one in (*images, state)]
    instances[1]["00280008"] = {"vr": "IS", "Value": [3]}
    (entry,) = metadata.build("key", instances).images
    assert entry.states[0].frames == (2, 3)


def test_frames_that_are_only_counted_are_not_listed() -> None:
    instances = [json_of(one, "1.2.840.10008.1.2.1") for one in (SLICES[0], state_of([SLICES[0]]))]
    instances[0]["00280008"] = {"vr": "IS", "Value": [2**31 - 1]}
    (entry,) = metadata.build("key", instances).images
    assert len(entry.states[0].frames) == manifest.LISTED_MOST


def test_a_state_for_another_study_is_tied_to_nothing() -> None:
    assert _series(state_of([OTHER_STUDY])).states == ()


@pytest.mark.parametrize(
    "elements",
    [
        {"ImageRotation": 90},
        {"ImageHorizontalFlip": "Y"},
        {
            "DisplayedAreaSelectionSequence": [
                item(DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[32, 64])
            ]
        },
    ],
    ids=["turned", "mirrored", "cut"],
)
def test_a_state_tells_when_pixels_move(elements: dict[str, Any]) -> None:
    assert _series(state_of([SLICES[0]], **elements)).states[0].moves_pixels


@pytest.mark.parametrize(
    "elements",
    [
        {"ImageRotation": 45},
        {"DisplayedAreaSelectionSequence": [item(DisplayedAreaTopLeftHandCorner=[1, 1])]},
        {
            "DisplayedAreaSelectionSequence": [
                item(DisplayedAreaTopLeftHandCorner=[1, 1], DisplayedAreaBottomRightHandCorner=[2**31 - 1, 9])
            ]
        },
    ],
)
def test_a_state_that_makes_no_sense_is_left_out_and_said_so(
    elements: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    assert _series(state_of([SLICES[0]], **elements)).states == ()
    assert "makes no sense" in caplog.text


def test_what_is_not_drawn_of_a_state_is_noted() -> None:
    graphic = item(GraphicAnnotationUnits="MATRIX", GraphicType="POINT")
    annotation = item(CompoundGraphicSequence=[item(CompoundGraphicType="ARROW")], GraphicObjectSequence=[graphic])
    state = state_of([SLICES[0]], GraphicAnnotationSequence=[annotation])
    state.DisplayedAreaSelectionSequence[0].PresentationSizeMode = "TRUE SIZE"
    state.MaskSubtractionSequence = [item(MaskOperation="OWN")]
    notes = _series(state).states[0].notes
    assert set(notes) == {Note.COMPOUND_GRAPHIC, Note.GRAPHIC_UNITS, Note.MASK, Note.PRESENTATION_SIZE}


def test_a_compound_graphic_that_is_there_as_plain_ones_too_is_drawn() -> None:
    plain = item(GraphicAnnotationUnits="PIXEL", GraphicType="POINT", CompoundGraphicInstanceID=1)
    annotation = item(CompoundGraphicSequence=[item(CompoundGraphicInstanceID=1)], GraphicObjectSequence=[plain])
    assert notes_of_state(state_of([SLICES[0]], GraphicAnnotationSequence=[annotation])) == ()
    plain.CompoundGraphicInstanceID = 2
    assert notes_of_state(state_of([SLICES[0]], GraphicAnnotationSequence=[annotation])) == (Note.COMPOUND_GRAPHIC,)


@pytest.mark.parametrize("operation", ["AVG_SUB", "TID", "REV_TID"])
def test_a_mask_is_subtracted_unless_values_count_xrays_themselves(operation: str) -> None:
    state = state_of([SLICES[0]], MaskSubtractionSequence=[item(MaskOperation=operation)])
    assert _series(state).states[0].notes == ()
    assert notes_of_state(state, is_linear=True) == (Note.MASK,)


def _film(**elements: Any) -> Dataset:
    film = ct_slice("P", 31, 2, 1)
    film.NumberOfFrames, film.MaskSubtractionSequence = 5, [item(MaskOperation="TID")]
    for keyword, value in elements.items():
        setattr(film, keyword, value)
    return film


def test_a_mask_module_of_images_is_offered_once_for_the_series() -> None:
    (entry,) = [one for one in _build(_film()).images if one.frame_count == 5]
    (state,) = entry.states
    assert (state.frames, state.is_own, state.ref.series_uid) == ((1, 2, 3, 4, 5), True, entry.series_uid)
    told = beside.public(state, _grant(anonymised=True))
    assert (told["label"], told["notes"], "is_own" in told) == ("Subtracted", [], False)
    assert [picture.title for picture in key_pictures(_build(_film()))] == [None, None]


@pytest.mark.parametrize(
    "elements",
    [
        {"NumberOfFrames": 1},
        {"MaskSubtractionSequence": [item(MaskOperation="NONE")]},
        {"PixelIntensityRelationship": "LIN"},
        {"PerFrameFunctionalGroupsSequence": [item(FramePixelShiftSequence=[item(SubtractionItemID=1)])]},
    ],
)
def test_a_mask_module_that_is_not_applied_is_not_offered(elements: dict[str, Any]) -> None:
    assert [one.states for one in _build(_film(**elements)).images] == [(), ()]


def test_places_in_a_larger_picture_are_known_for_tiles() -> None:
    annotation = item(GraphicObjectSequence=[item(GraphicAnnotationUnits="MATRIX", GraphicType="POINT")])
    state = state_of([SLICES[0]], GraphicAnnotationSequence=[annotation])
    assert notes_of_state(state) == (Note.GRAPHIC_UNITS,)
    (image,) = state.ReferencedSeriesSequence[0].ReferencedImageSequence
    image.ReferencedSOPClassUID = "1.2.840.10008.5.1.4.1.1.77.1.6"
    assert notes_of_state(state) == ()


@pytest.mark.parametrize("note", list(Note))
def test_every_note_has_its_sentence(note: Note) -> None:
    assert beside.words(note).endswith(".")


def test_a_key_object_selection_marks_frames() -> None:
    entry = _series(key_object([SLICES[3], SLICES[1]], title=("113002", "For Referring Provider")))
    assert (entry.key_frames, entry.key_title) == ((2, 4), "For Referring Provider")


@pytest.mark.parametrize("code", ["113001", "113037", "113038", "113039"])
def test_a_rejection_marks_no_key_frames(code: str) -> None:
    assert _series(key_object([SLICES[0]], title=(code, "Rejected"))).key_frames == ()


def test_a_segmentation_is_tied_by_the_images_its_frames_were_made_of() -> None:
    (found,) = _series(segmentation([SLICES[2]], EMPTY, [segment(1)])).segmentations
    assert (found.frames, found.label) == ((3,), "Organs")
    # dcmqi wrote this CIELab value for (221, 130, 101).
    (row,) = found.legend
    assert (row["number"], row["label"]) == (1, "Liver")
    shown = np.array([int(row["color"][place : place + 2], 16) for place in (1, 3, 5)])
    assert np.abs(shown - (221, 130, 101)).max() <= 4


def test_a_segmentation_without_sources_is_for_what_it_refers_to_or_its_frame_of_reference() -> None:
    by_series = segmentation([SLICES[2]], EMPTY, [segment(1)])
    del by_series.PerFrameFunctionalGroupsSequence
    by_series.ReferencedSeriesSequence = [
        item(SeriesInstanceUID="1.2", ReferencedInstanceSequence=[reference(SLICES[1]), reference(SLICES[2])])
    ]
    assert _series(by_series).segmentations[0].frames == (2, 3)
    by_place = segmentation([SLICES[2]], EMPTY, [segment(1)], FrameOfReferenceUID="1.2.3")
    del by_place.PerFrameFunctionalGroupsSequence
    assert _series(by_place).segmentations == ()
    instances = [json_of(one, "1.2.840.10008.1.2.1") for one in (*SLICES, by_place)]
    for instance in instances:
        instance["00200052"] = {"vr": "UI", "Value": ["1.2.3"]}
    assert metadata.build("key", instances).images[0].segmentations[0].frames == (1, 2, 3, 4)


def test_colors_that_the_file_does_not_recommend_are_chosen_and_said_so() -> None:
    (found,) = _series(segmentation([SLICES[2]], EMPTY * 2, [segment(1), segment(2, lab=None)])).segmentations
    assert found.notes == (Note.CHOSEN_COLORS,)
    assert len({row["color"] for row in found.legend}) == 2


def _grant(*, anonymised: bool) -> StudyGrant:
    grant = mint_for_system(StudyRef("main", "1.2"), "key", PatientRef("P"), "test", [Right.VIEW])
    return dataclasses.replace(grant, anonymised=anonymised)


def test_a_manifest_with_all_of_it_is_stored_whole_and_told_without_uids() -> None:
    built = _build(state_of([SLICES[0]]), key_object([SLICES[0]]), segmentation([SLICES[0]], EMPTY, [segment(1)]))
    assert manifest.from_bytes(manifest.to_bytes(built)) == built
    (entry,) = built.images
    for one in (*entry.states, *entry.segmentations):
        told = beside.public(one, _grant(anonymised=False))
        assert "4711" not in str(told)
        assert (told["label"], told["frames"]) == (one.label, (1,))


def test_an_anonymised_grant_is_told_no_free_text() -> None:
    (entry,) = _build(state_of([SLICES[0]]), segmentation([SLICES[0]], EMPTY, [segment(1)])).images
    told = [beside.public(one, _grant(anonymised=True)) for one in (*entry.states, *entry.segmentations)]
    assert [one["label"] for one in told] == ["", ""]
    assert told[0]["notes"] == [beside.words(Note.TEXT_WITHHELD)]
    assert told[1]["legend"][0]["label"] == ""
