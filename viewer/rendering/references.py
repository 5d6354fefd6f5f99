"""References to images and frames, as presentation states and key objects hold them (PS3.3 tables 10-3, C.11.11)."""

from __future__ import annotations

from collections.abc import Iterable

from pydicom import Dataset
from pydicom.multival import MultiValue
from pydicom.sequence import Sequence

# SOP Instance UID to frame numbers, counted from 1; no numbers are all frames.
Images = dict[str, frozenset[int]]


def items(header: Dataset, keyword: str) -> list[Dataset]:
    """Return the items of a sequence; none when it is absent or is no sequence."""
    found = header.get(keyword)
    return list(found) if isinstance(found, Sequence) else []


def numbers(item: Dataset, keyword: str) -> list[float]:
    """Return the numbers of an attribute; raises ValueError when one of its values is no number."""
    found = item.get(keyword)
    values = list(found) if isinstance(found, MultiValue | list | tuple) else [found]
    return [float(value) for value in values if value is not None and value != ""]


def images_of(references: Iterable[Dataset]) -> Images:
    """Return the images that items of the SOP Instance Reference Macro name."""
    found: Images = {}
    for item in references:
        uid = str(item.get("ReferencedSOPInstanceUID") or "")
        frames = frozenset(int(number) for number in numbers(item, "ReferencedFrameNumber"))
        if uid:
            found[uid] = found[uid] | frames if uid in found and found[uid] and frames else frames
    return found


def images_of_state(state: Dataset) -> Images:
    """Return the images that a presentation state is for (Presentation State Relationship, PS3.3 C.11.11)."""
    series = items(state, "ReferencedSeriesSequence")
    return images_of(image for one in series for image in items(one, "ReferencedImageSequence"))


def has(images: Images, instance_uid: str, frame_number: int) -> bool:
    """Tell whether a frame is one of `images`."""
    frames = images.get(instance_uid)
    return frames is not None and (not frames or frame_number in frames)


def first_for(state: Dataset, keyword: str, instance_uid: str, frame_number: int) -> Dataset | None:
    """Return the first item of a state's sequence that is for a frame, None when there is none."""
    return next(iter(all_for(state, keyword, instance_uid, frame_number)), None)


def all_for(state: Dataset, keyword: str, instance_uid: str, frame_number: int) -> list[Dataset]:
    """Return the items of a state's sequence that are for a frame: those that name it, and those that name none."""
    return [item for item in items(state, keyword) if _is_for(item, instance_uid, frame_number)]


def _is_for(item: Dataset, instance_uid: str, frame_number: int) -> bool:
    named = items(item, "ReferencedImageSequence")
    return not named or has(images_of(named), instance_uid, frame_number)
