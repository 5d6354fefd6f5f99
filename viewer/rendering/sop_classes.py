"""The registry of SOP classes (PS3.4 B.5): how each is shown. What is not in it is not drawn, and says so."""

from __future__ import annotations

import enum

from pydicom import Dataset

from viewer.rendering.reasons import CannotRender, Reason

_STORAGE = "1.2.840.10008.5.1.4.1.1."


class Shown(enum.StrEnum):
    """How an instance is shown."""

    PICTURE = "picture"
    VIDEO = "video"
    WAVEFORM = "waveform"
    DOCUMENT = "document"
    REPORT = "report"
    PRESENTATION_STATE = "presentation_state"
    KEY_OBJECT = "key_object"
    SEGMENTATION = "segmentation"
    NOT_DRAWN = "not_drawn"


# The ends of the UIDs, in the order of PS3.4 table B.5-1; retired classes whose objects are still kept come last.
_ENDS = {
    Shown.PICTURE: (
        "1 1.1 1.1.1 1.2 1.2.1 1.3 1.3.1 2 2.1 2.2 3.1 4 4.1 4.3 4.4 6.1 6.2 6.3 7 7.1 7.2 7.3 7.4 12.1 12.1.1 12.2 "
        "12.2.1 13.1.1 13.1.2 13.1.3 13.1.4 13.1.5 14.1 14.2 20 30 77.1.1 77.1.2 77.1.3 77.1.4 77.1.5.1 77.1.5.2 "
        "77.1.5.4 77.1.5.5 77.1.5.6 77.1.5.7 77.1.5.8 77.1.6 77.1.7 77.1.8 77.1.9 81.1 82.1 128 128.1 130 481.1 481.2 "
        "481.23 481.24 3 5 6 12.3 77.1 77.2"
    ),
    Shown.VIDEO: "77.1.1.1 77.1.2.1 77.1.4.1",
    # Procedure logs, dose and CAD reports are for machines.
    Shown.WAVEFORM: "9.1.1 9.1.2 9.1.3 9.1.4 9.2.1 9.3.1 9.4.1 9.4.2 9.5.1 9.6.1 9.6.2 9.7.1 9.7.2 9.7.3 9.7.4",
    Shown.DOCUMENT: "104.1",
    Shown.REPORT: "88.11 88.22 88.33 88.34 88.35",
    Shown.PRESENTATION_STATE: "11.1 11.2 11.3",
    Shown.KEY_OBJECT: "88.59",
    Shown.SEGMENTATION: "66.4 66.7",
}
_WITH_FRAMES = (Shown.PICTURE, Shown.VIDEO, Shown.WAVEFORM, Shown.SEGMENTATION)
# Younger than pydicom's list of names.
NEWER = {f"{_STORAGE}66.7": "Label Map Segmentation Storage"}
SOP_CLASSES = {f"{_STORAGE}{end}": shown for shown, ends in _ENDS.items() for end in ends.split()}


def how_shown(sop_class_uid: str) -> Shown:
    """Return how instances of a SOP class are shown; NOT_DRAWN for those that the registry does not have."""
    return SOP_CLASSES.get(sop_class_uid, Shown.NOT_DRAWN)


def require_frames(header: Dataset) -> None:
    """Raise CannotRender(UNSUPPORTED_SOP_CLASS) unless the registry knows the class as one that has frames."""
    if how_shown(str(header.get("SOPClassUID") or "")) not in _WITH_FRAMES:
        raise CannotRender(Reason.UNSUPPORTED_SOP_CLASS)
