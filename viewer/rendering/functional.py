"""Attributes of one frame: per-frame over shared functional groups over the data set (PS3.3 C.7.6.16)."""

from __future__ import annotations

from pydicom import Dataset
from pydicom.sequence import Sequence

_SHARED, _PER_FRAME = 0x52009229, 0x52009230


def macro(header: Dataset, sequence: str, frame_number: int) -> Dataset:
    """Return the item that holds a macro's attributes for a frame: in a functional group, else the data set itself.

    `sequence` is the keyword of the macro's sequence, such as "PixelValueTransformationSequence".
    """
    for group in _groups(header, frame_number):
        items = group.get(sequence)
        if isinstance(items, Sequence) and len(items):
            return items[0]
    return header


def _groups(header: Dataset, frame_number: int) -> list[Dataset]:
    tags = header.keys()
    if _PER_FRAME not in tags and _SHARED not in tags:
        return []
    per_frame = header.get("PerFrameFunctionalGroupsSequence")
    shared = header.get("SharedFunctionalGroupsSequence")
    own = [per_frame[frame_number - 1]] if isinstance(per_frame, Sequence) and len(per_frame) >= frame_number else []
    return own + ([shared[0]] if isinstance(shared, Sequence) and len(shared) else [])
