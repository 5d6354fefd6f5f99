"""The registry of SOP classes as a table."""

from __future__ import annotations

from pydicom.uid import UID

from viewer.rendering.sop_classes import NEWER, SOP_CLASSES, Shown
from viewer.slides.flavors import WHOLE_SLIDE

_HOW = {
    Shown.PICTURE: "as pictures",
    Shown.VIDEO: "as a stream that the browser plays, or saves",
    Shown.WAVEFORM: "as a drawing: curves on paper, 25 mm/s and 10 mm/mV where they fit",
    Shown.DOCUMENT: "its pages as pictures, on the page of the report; the PDF is handed on as it is",
    Shown.REPORT: "as text, on the page of the report",
    Shown.PRESENTATION_STATE: "applied to the pictures that it is for, on demand",
    Shown.KEY_OBJECT: "its pictures are offered first",
    Shown.SEGMENTATION: "laid over the pictures in color, on demand",
}


# In the viewer; over DICOMweb each frame is a picture.
_OTHERWISE = {WHOLE_SLIDE: "each slide as one picture, composed of the frames of its pyramid at the zoom shown"}


def table() -> str:
    """Return a Markdown table: SOP Class UID, name, how it is shown."""
    rows = ["| SOP Class UID | name | shown |", "| --- | --- | --- |"]
    rows += [
        f"| {uid} | {NEWER.get(uid, UID(uid).name)} | {_OTHERWISE.get(uid) or _HOW[SOP_CLASSES[uid]]} |"
        for uid in sorted(SOP_CLASSES, key=_by_parts)
    ]
    return "\n".join([*rows, "| every other | | no: the page of the study says so, and a tile stands for it |"])


def _by_parts(uid: str) -> list[int]:
    return [int(part) for part in uid.split(".")]
