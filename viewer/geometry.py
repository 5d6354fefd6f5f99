"""Where each frame of a series lies in the patient (PS3.3 C.7.4.1, C.7.6.2.1.1), to scroll together and draw scouts.

Orientation and spacing are in the manifest (plane.py); positions are many, so that they are asked for on their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.crypto import salted_hmac

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.dicomjson import first, text, values
from viewer.plane import item, number, numbers

DicomJson = dict[str, Any]
Position = tuple[float, float, float]
# A file may count frames without end; so many have a position at most.
POSITIONS_MOST = 20_000


def positions(instances: Iterable[DicomJson]) -> tuple[Position | None, ...]:
    """Return the middle of each frame's first pixel in mm, in the order of the frames; () when no frame tells."""
    found = [place for instance in instances for place in _positions(instance)][:POSITIONS_MOST]
    return tuple(found) if any(found) else ()


def _positions(instance: DicomJson) -> Iterator[Position | None]:
    """Yield one for each frame: per-frame groups before shared ones, before the instance's."""
    count = max(int(number(first(instance, "00280008")) or 1), 1)
    per_frame = values(instance, "52009230")
    shared = _position(item(item(instance, "52009229"), "00209113")) or _position(instance)
    for own in per_frame[:count]:
        yield (_position(item(own, "00209113")) if isinstance(own, dict) else None) or shared
    for _ in range(min(count, POSITIONS_MOST) - len(per_frame)):
        yield shared


def _position(place: DicomJson) -> Position | None:
    parts = [round(part, 4) for part in numbers(place, "00200032")]
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else None


def frame_of_reference(instances: Iterable[DicomJson]) -> str:
    """Return the Frame of Reference UID that all instances share, "" when they do not."""
    found = {text(instance, "00200052") for instance in instances}
    return found.pop() if len(found) == 1 else ""


def public(grant: StudyGrant, frame_of_reference_uid: str, places: tuple[Position | None, ...]) -> dict[str, Any]:
    """Return what a browser gets: the frame of reference is a name that says only which series of a person share it."""
    owner = f"{grant.study.pacs}|{grant.patient.patient_id}|{grant.patient.issuer}|{grant.cache_class}"
    named = salted_hmac("viewer.geometry", f"{owner}|{frame_of_reference_uid}").hexdigest()[:16]
    return {"frame_of_reference": named if frame_of_reference_uid else "", "positions": places}
