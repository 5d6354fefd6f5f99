"""Which images a segmentation was made of, read from DICOM JSON (PS3.3 C.7.6.16.2.6, C.8.20)."""

from __future__ import annotations

from typing import Any

from pacs_gateway.dicomjson import first, text, values
from viewer.rendering.references import Images

DicomJson = dict[str, Any]
_PER_FRAME, _SHARED, _DERIVATION, _SOURCE = "52009230", "52009229", "00089124", "00082112"
_REFERENCED_SERIES, _REFERENCED_INSTANCE, _UID, _FRAMES = "00081115", "0008114A", "00081155", "00081160"
_INSTANCE_UID, _FRAME_OF_REFERENCE = "00080018", "00200052"


def source_images(segmentation: DicomJson, instances: list[DicomJson]) -> Images:
    """Return the images that a segmentation can be laid over.

    Its frames name the images that they were made of. Where they do not, it is for the instances it refers to as a
    whole, and where it refers to none, for all in its frame of reference.
    """
    groups = [*values(segmentation, _PER_FRAME), *values(segmentation, _SHARED)]
    sources = [one for group in groups for derived in values(group, _DERIVATION) for one in values(derived, _SOURCE)]
    if not sources:
        series = values(segmentation, _REFERENCED_SERIES)
        sources = [one for item in series for one in values(item, _REFERENCED_INSTANCE)]
    return _named(sources) or _in_frame_of_reference(text(segmentation, _FRAME_OF_REFERENCE), instances)


def _named(sources: list[DicomJson]) -> Images:
    found: dict[str, set[int] | None] = {}
    for source in sources:
        uid, frames = text(source, _UID), {int(number) for number in values(source, _FRAMES)}
        known = found.setdefault(uid, set())
        found[uid] = known | frames if known is not None and frames else None
    return {uid: frozenset(frames or ()) for uid, frames in found.items() if uid}


def _in_frame_of_reference(uid: str, instances: list[DicomJson]) -> Images:
    inside = [one for one in instances if uid and text(one, _FRAME_OF_REFERENCE) == uid]
    return {str(first(one, _INSTANCE_UID)): frozenset() for one in inside}
