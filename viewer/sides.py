"""Which way the patient lies in a frame as it is stored: the letters at its edges (PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

import math
from typing import Any

from viewer.manifest import SeriesEntry

# Patient axes: +x left, +y back, +z head.
_AXES = (("R", "L"), ("A", "P"), ("F", "H"))
# About 15 degrees: less is not worth a second letter. As static/js/viewer/extras/orientation.js has it.
_LEAST = 0.25
Direction = list[float]


def sides_of(entry: SeriesEntry, number: int) -> tuple[str, ...]:
    """Return the letters at the left, top, right and bottom of frame `number`; () where nobody knows."""
    runs = [plane for plane in entry.planes if plane["from"] <= number]
    directions = _directions(runs[-1]) if runs else None
    if directions is None:
        return ()
    right, down = directions
    return (_letters(_opposite(right)), _letters(_opposite(down)), _letters(right), _letters(down))


def _directions(plane: dict[str, Any]) -> tuple[Direction, Direction] | None:
    if plane["orientation"]:
        return plane["orientation"][:3], plane["orientation"][3:]
    ways = [_direction(way) for way in plane["ways"]]
    return (ways[0], ways[1]) if len(ways) == 2 and all(map(any, ways)) else None


def _direction(letters: str) -> Direction:
    """Return where letters of Patient Orientation lead, of which the first weighs most."""
    found, weight = [0.0, 0.0, 0.0], 1.0
    for letter in letters:
        axis = next(index for index, ends in enumerate(_AXES) if letter in ends)
        found[axis] += weight if letter == _AXES[axis][1] else -weight
        weight /= 2
    length = math.hypot(*found) or 1.0
    return [part / length for part in found]


def _opposite(direction: Direction) -> Direction:
    return [-part for part in direction]


def _letters(direction: Direction) -> str:
    parts = sorted(zip(direction, _AXES, strict=True), key=lambda one: -abs(one[0]))
    return "".join(ends[part > 0] for part, ends in parts if abs(part) > _LEAST)
