"""Where the frames of an image of a slide say that they lie (Plane Position (Slide), PS3.3 C.8.12.6.1)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pacs_gateway.dicomjson import first, number, text, values
from viewer import plane

DicomJson = dict[str, Any]
# So many frames have a place of their own at most, whatever a file counts; and so long is a side.
PLACES_MOST, SIDE_MOST = 50_000, 4_000_000
_PER_FRAME, _PLACE, _PATH = "52009230", "0048021A", "00480207"
# Of a frame: its number, the optical path and focal plane it shows, and where its first pixel lies, from 0.
Seen = tuple[int, str, float, int, int]


def places_of(image: list[DicomJson]) -> tuple[tuple[int, int, int], ...]:
    """Return the frames that say where they lie, of the first optical path and its middle focal plane."""
    found = list(_seen(image))
    path = found[0][1] if found else ""
    depths = sorted({depth for _, one, depth, *_ in found if one == path})
    middle = depths[(len(depths) - 1) // 2] if depths else 0.0
    return tuple((frame, left, top) for frame, one, depth, left, top in found if (one, depth) == (path, middle))


def _seen(image: list[DicomJson]) -> Iterator[Seen]:
    before = 0
    for part in image:
        count = max(number(part, "00280008"), 1)
        for at, own in enumerate(values(part, _PER_FRAME)[:count], start=before + 1):
            place = plane.item(own, _PLACE) if isinstance(own, dict) else {}
            left, top = _whole(place, "0048021E"), _whole(place, "0048021F")
            if left is not None and top is not None:
                depth = plane.number(first(place, "0040074A")) or 0.0
                yield at, text(plane.item(own, _PATH), "00480106"), depth, left - 1, top - 1
        before += count


def _whole(place: DicomJson, tag: str) -> int | None:
    """Return a place in the matrix, which counts from 1; None when it is none."""
    found = plane.number(first(place, tag))
    return int(found) if found is not None and abs(found) <= SIDE_MOST else None
