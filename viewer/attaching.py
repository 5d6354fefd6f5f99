"""Find in a PACS's DICOM JSON what lies beside the pictures, and tie it to the frames of the series it is for.

Only what refers to instances of the same study is tied; objects that make no sense are left out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from pydicom import Dataset

from pacs_gateway.dicomjson import clean, number, text, values
from pacs_gateway.upstream.part10 import PARSE_ERRORS
from viewer.attached import Segmentation, State, attached_id
from viewer.derivation import source_images
from viewer.manifest import SeriesEntry
from viewer.rendering import CannotRender
from viewer.rendering.area import moves_pixels
from viewer.rendering.keyobject import KeyObjects, key_objects
from viewer.rendering.notes import notes_of_segmentation, notes_of_state
from viewer.rendering.references import Images, images_of_state
from viewer.rendering.segments import segments_of
from viewer.rendering.sop_classes import Shown, how_shown
from viewer.rendering.subtraction import DRAWN, LINEAR

log = logging.getLogger(__name__)
DicomJson = dict[str, Any]
OBJECTS_MOST = 200
_SOP_CLASS, _SERIES_UID, _INSTANCE_UID = "00080016", "0020000E", "00080018"
_DATE, _TIME, _LABEL, _DESCRIPTION, _SEGMENTS = "00700082", "00700083", "00700080", "00700081", "00620002"
_RELATIONSHIP, _FRAMES = "00281040", "00280008"
_MASKS, _OPERATION, _SHIFTS = "00286100", "00286101", "00289415"
_SHARED, _PER_FRAME = "52009229", "52009230"
T = TypeVar("T")


def attach(study_key: str, series: list[SeriesEntry], instances: list[DicomJson]) -> list[SeriesEntry]:
    """Return the series with the presentation states, segmentations and key frames that the study holds for them."""
    newest_first = sorted(instances, key=lambda one: text(one, _DATE) + text(one, _TIME), reverse=True)
    linear = {text(one, _INSTANCE_UID) for one in instances if text(one, _RELATIONSHIP) == LINEAR}
    states = list(_read(newest_first, Shown.PRESENTATION_STATE, lambda one: _state(study_key, one, linear)))
    segmentations = list(_read(newest_first, Shown.SEGMENTATION, lambda one: _segmentation(study_key, one, instances)))
    keys = [one for one in _read(instances, Shown.KEY_OBJECT, _key_objects) if not one.is_rejection]
    masked = {text(one, _INSTANCE_UID) for one in instances if _has_own_mask(one)} - linear
    return [
        _with_own_mask(study_key, _attached(entry, states, segmentations, keys), masked)
        if entry.kind == "image"
        else entry
        for entry in series
    ]


def _read(instances: list[DicomJson], kind: Shown, read: Callable[[DicomJson], T]) -> Iterator[T]:
    chosen = [one for one in instances if how_shown(text(one, _SOP_CLASS)) is kind]
    for instance in chosen[:OBJECTS_MOST]:
        try:
            yield read(instance)
        except (CannotRender, *PARSE_ERRORS):
            log.warning("an instance is left out, it makes no sense as a %s", kind.value)


def _facts(study_key: str, instance: DicomJson) -> dict[str, Any]:
    uid = text(instance, _INSTANCE_UID)
    label = text(instance, _DESCRIPTION) or text(instance, _LABEL)
    ids = {"id": attached_id(study_key, uid), "series_uid": text(instance, _SERIES_UID), "instance_uid": uid}
    return ids | {"label": label[:64], "frames": ()}


def _state(study_key: str, instance: DicomJson, linear: set[str]) -> tuple[Images, State, Dataset]:
    header = Dataset.from_json(instance)
    moves_pixels(header, 1, 1)  # raises here when its numbers make no sense, whatever image it is for
    images = images_of_state(header)
    notes = tuple(note.value for note in notes_of_state(header, is_linear=not linear.isdisjoint(images)))
    return images, State(**_facts(study_key, instance), notes=notes), header


def _has_own_mask(instance: DicomJson) -> bool:
    """Tell whether an image of several frames says what is subtracted from them, the same shift for all (C.7.6.10)."""
    operations = {text(mask, _OPERATION) for mask in values(instance, _MASKS) if isinstance(mask, dict)}
    groups = [*values(instance, _SHARED), *values(instance, _PER_FRAME)]
    has_shifts = any(_SHIFTS in group for group in groups if isinstance(group, dict))
    return number(instance, _FRAMES) > 1 and not operations.isdisjoint(DRAWN) and not has_shifts


def _with_own_mask(study_key: str, entry: SeriesEntry, masked: set[str]) -> SeriesEntry:
    """Return a series with one more state where its images carry a Mask module."""
    own = [one.instance_uid for one in entry.entries if one.instance_uid in masked]
    if not own:
        return entry
    frames = entry.numbers_of({uid: frozenset() for uid in own})
    state = State(attached_id(study_key, own[0]), entry.series_uid, own[0], "", frames, is_own=True)
    return replace(entry, states=(*entry.states, state))


def _segmentation(study_key: str, instance: DicomJson, instances: list[DicomJson]) -> tuple[Images, Segmentation]:
    # Of a large segmentation only this is made a data set; its frames may be many thousands.
    header = Dataset.from_json({_SEGMENTS: instance[_SEGMENTS]})
    legend = tuple(
        {"number": one.number, "label": clean(one.label), "color": "#{:02x}{:02x}{:02x}".format(*one.color)}
        for one in segments_of(header)
    )
    notes = tuple(note.value for note in notes_of_segmentation(header))
    made = Segmentation(**_facts(study_key, instance), notes=notes, legend=legend)
    return source_images(instance, instances), made


def _key_objects(instance: DicomJson) -> KeyObjects:
    return key_objects(Dataset.from_json(instance))


def _attached(
    entry: SeriesEntry,
    states: list[tuple[Images, State, Dataset]],
    segmentations: list[tuple[Images, Segmentation]],
    keys: list[KeyObjects],
) -> SeriesEntry:
    marked = [(key, frames) for key in keys if (frames := entry.numbers_of(key.images))]
    if entry.pyramid:
        # They are for its frames, and none of those is shown as it is.
        states, segmentations = [], []
    return replace(
        entry,
        states=tuple(
            replace(state, frames=frames, moves_pixels=moves_pixels(header, entry.columns, entry.rows))
            for images, state, header in states
            if (frames := entry.numbers_of(images))
        ),
        segmentations=tuple(
            replace(one, frames=frames) for images, one in segmentations if (frames := entry.numbers_of(images))
        ),
        key_frames=tuple(sorted({number for _, frames in marked for number in frames})),
        key_title=clean(marked[0][0].title)[:64] if marked else "",
    )
