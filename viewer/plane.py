"""How the frames of a series lie in the patient, and how long their pixels are (PS3.3 C.7.6.2, 10.7, C.8.5.5).

Orientation and spacing rarely change inside a series, so that they are told in runs: from which frame on they hold.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

from pacs_gateway.dicomjson import first, text, values
from viewer.detectors import seen_by

DicomJson = dict[str, Any]

# Kinds of spacing: what a length measured with it means.
PATIENT, CALIBRATED, DETECTOR, SCANNED, GLASS = "patient", "calibrated", "detector", "scanned", "glass"
_PROJECTIONS = {"CR", "DX", "MG", "IO", "PX", "RF", "XA", "RG"}
_CENTIMETERS = 3
_TWO_DIMENSIONAL = 1
_WAY = re.compile(r"[APRLHF]{1,3}\Z", re.ASCII)
_REGIONS_MOST = 16


def runs(instances: Iterable[DicomJson]) -> tuple[dict[str, Any], ...]:
    """Return the planes of a series' frames as runs: each dict holds from frame number `from` on.

    `orientation` is Image Orientation (Patient) or None, `ways` the letters of Patient Orientation; `spacing` is
    (between rows, between columns) in mm or None, `spacing_kind` says what a length then means; `regions` are an
    ultrasound picture's calibrated parts.
    """
    told: list[dict[str, Any]] = []
    begins = 1
    for instance in instances:
        for plane, frame_count in _planes(instance):
            if not told or told[-1] != {"from": told[-1]["from"], **plane}:
                told.append({"from": begins, **plane})
            begins += frame_count
    return tuple(told)


def _planes(instance: DicomJson) -> Iterator[tuple[dict[str, Any], int]]:
    """Yield planes and for how many frames each holds: per-frame groups before shared ones, before the instance's."""
    count = max(int(number(first(instance, "00280008")) or 1), 1)
    shared = item(instance, "52009229")
    per_frame = values(instance, "52009230")
    plain = _plane(instance, shared, {})
    for own in per_frame[:count]:
        yield (_plane(instance, shared, own) if isinstance(own, dict) and own else plain), 1
    # Frames that are only counted cost nothing, however many a file says there are.
    if count > len(per_frame):
        for head, seen in seen_by(instance, count - len(per_frame)):
            is_placed = bool(numbers(head, "00200037"))
            yield (_plane(instance, shared, {"00209116": {"Value": [head]}}) if is_placed else plain), seen


def _plane(instance: DicomJson, shared: DicomJson, own: DicomJson) -> dict[str, Any]:
    measures = item(own, "00289110") or item(shared, "00289110")
    place = item(own, "00209116") or item(shared, "00209116") or instance
    orientation = [round(part, 6) for part in numbers(place, "00200037")]
    spacing, kind = _spacing(instance, measures)
    return {
        "orientation": orientation if len(orientation) == 6 and any(orientation) else None,
        "ways": _ways(instance),
        "spacing": spacing,
        "spacing_kind": kind,
        "regions": _regions(instance),
    }


def _ways(instance: DicomJson) -> list[str]:
    """Return Patient Orientation (PS3.3 C.7.6.1.1.1): where rows and columns lead, [] when that is not told."""
    ways = [str(way) for way in values(instance, "00200020")]
    return ways if len(ways) == 2 and all(_WAY.match(way) for way in ways) else []


def _spacing(instance: DicomJson, measures: DicomJson) -> tuple[list[float] | None, str]:
    """Return the spacing and its kind; a projection's lengths are the patient's only when they were calibrated."""
    own = _pair(measures, "00280030") or _pair(instance, "00280030")
    detector, scanned = _pair(instance, "00181164"), _pair(instance, "00182010")
    if own and (text(instance, "00280A02") or (detector and own != detector)):
        return own, CALIBRATED
    if text(instance, "00080060") in _PROJECTIONS:
        return (own or detector), (DETECTOR if own or detector else "")
    if own and own != scanned:
        return own, PATIENT
    if detector:
        return detector, DETECTOR
    return scanned, (SCANNED if scanned else "")


def _regions(instance: DicomJson) -> list[dict[str, Any]]:
    """Return the 2D regions of an ultrasound picture that are measured in cm, their pixels in mm."""
    found = [region for region in values(instance, "00186011")[:_REGIONS_MOST] if isinstance(region, dict)]
    return [facts for facts in map(_region, found) if facts]


def _region(region: DicomJson) -> dict[str, Any] | None:
    units = [first(region, tag) for tag in ("00186024", "00186026")]
    box = [number(first(region, tag)) for tag in ("00186018", "0018601A", "0018601C", "0018601E")]
    across, down = number(first(region, "0018602C")), number(first(region, "0018602E"))
    if units != [_CENTIMETERS, _CENTIMETERS] or first(region, "00186012") != _TWO_DIMENSIONAL or None in box:
        return None
    return {"box": box, "spacing": [abs(down) * 10, abs(across) * 10]} if across and down else None


def item(outer: DicomJson, tag: str) -> DicomJson:
    """Return the first item of a sequence, an empty one when there is none."""
    found = first(outer, tag)
    return found if isinstance(found, dict) else {}


def _pair(item: DicomJson, tag: str) -> list[float] | None:
    pair = numbers(item, tag)
    return pair if len(pair) == 2 and min(pair) > 0 else None


def numbers(place: DicomJson, tag: str) -> list[float]:
    """Return the values of an element that are numbers."""
    return [found for found in map(number, values(place, tag)) if found is not None]


def number(value: object) -> float | None:
    """Return a value as a finite number, None when it is none."""
    try:
        found = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return found if math.isfinite(found) else None
