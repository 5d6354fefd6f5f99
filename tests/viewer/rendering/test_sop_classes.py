"""The registry of SOP classes: what is shown and how, and that the rest says so."""

from __future__ import annotations

import pytest
from pydicom import Dataset
from pydicom.uid import UID_dictionary

from viewer.rendering import CannotRender, Reason
from viewer.rendering.sop_classes import NEWER, SOP_CLASSES, Shown, how_shown, require_frames

IMAGES = {
    uid
    for uid, (name, kind, info, *_) in UID_dictionary.items()
    if kind == "SOP Class" and uid.startswith("1.2.840.10008.5.1.4.1.1.") and "Image Storage" in name and not info
}


def test_the_registry_names_storage_classes_of_the_standard_only() -> None:
    assert [uid for uid in SOP_CLASSES if uid not in UID_dictionary and uid not in NEWER] == []


def test_every_class_of_images_is_shown() -> None:
    assert len(IMAGES) > 50
    assert {uid for uid in IMAGES if how_shown(uid) not in (Shown.PICTURE, Shown.VIDEO)} == set()


@pytest.mark.parametrize(
    ("uid", "shown"),
    [
        ("1.2.840.10008.5.1.4.1.1.2", Shown.PICTURE),
        ("1.2.840.10008.5.1.4.1.1.77.1.1.1", Shown.VIDEO),
        ("1.2.840.10008.5.1.4.1.1.88.22", Shown.REPORT),
        ("1.2.840.10008.5.1.4.1.1.11.2", Shown.PRESENTATION_STATE),
        ("1.2.840.10008.5.1.4.1.1.11.4", Shown.NOT_DRAWN),
        ("1.2.840.10008.5.1.4.1.1.66.7", Shown.SEGMENTATION),
        ("1.2.840.10008.5.1.4.1.1.88.67", Shown.NOT_DRAWN),
        ("1.2.840.10008.5.1.4.1.1.481.5", Shown.NOT_DRAWN),
        ("1.3.46.670589.5.0.1.1", Shown.NOT_DRAWN),
        ("", Shown.NOT_DRAWN),
    ],
)
def test_how_some_are_shown(uid: str, shown: Shown) -> None:
    assert how_shown(uid) is shown


@pytest.mark.parametrize("uid", ["1.2.840.10008.5.1.4.1.1.481.5", "1.3.46.670589.5.0.1.1", ""])
def test_what_is_not_known_is_refused_before_its_pixels_are_read(uid: str) -> None:
    header = Dataset()
    if uid:
        header.SOPClassUID = uid
    with pytest.raises(CannotRender) as refused:
        require_frames(header)
    assert refused.value.reason is Reason.UNSUPPORTED_SOP_CLASS


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_for_both_readers(reason: Reason) -> None:
    assert reason.words_for_patient.endswith(".")
    assert reason.words_for_physician.endswith(".")
