"""Which head of a gamma camera each frame was seen by: the vectors of nuclear medicine (PS3.3 C.8.4.8, C.8.4.11)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from pacs_gateway.dicomjson import values

DicomJson = dict[str, Any]

# Around a patient every view lies another way; only of the first is it told how.
_TURNING = {"TOMO", "GATED TOMO"}


def seen_by(instance: DicomJson, frame_count: int) -> Iterator[tuple[DicomJson, int]]:
    """Yield items of the Detector Information Sequence, and for how many frames on each holds: {} where none does."""
    heads = [head for head in values(instance, "00540022") if isinstance(head, dict)]
    if not heads or _kind(instance) in _TURNING:
        yield {}, frame_count
        return
    vector = values(instance, "00540020")[:frame_count]
    for place, frames in groupby(vector):
        is_there = isinstance(place, int) and 1 <= place <= len(heads)
        yield heads[place - 1] if is_there else {}, len(list(frames))
    if frame_count > len(vector):
        yield (heads[0] if len(heads) == 1 else {}), frame_count - len(vector)


def _kind(instance: DicomJson) -> str:
    """Return the third value of Image Type: STATIC, WHOLE BODY, RECON TOMO and so on."""
    named = values(instance, "00080008")
    return str(named[2]) if len(named) > 2 else ""
