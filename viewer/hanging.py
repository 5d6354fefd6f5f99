"""How a study is laid out when it is opened on a desk: by modality, from hanging.json (compare PS3.3 C.23, simplified).

Each protocol there names a modality, how many series of it a study must have at least, a layout of rows by columns, and
for each tile what its series is like: any of the `words` in its description, its `laterality`, its `plane`. A tile
without a series like that takes the next one that is left. The first protocol that fits is taken.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viewer.manifest import Manifest, SeriesEntry

LAYOUTS = {"1x1": 1, "1x2": 2, "2x1": 2, "2x2": 4}
_PROTOCOLS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "hanging.json").read_text(encoding="utf-8"))
_PLANES = ("sagittal", "coronal", "axial")


@dataclass(frozen=True, slots=True)
class Hanging:
    """A layout, and the opaque ids of the series in its tiles."""

    layout: str = ""
    series: tuple[str, ...] = ()


def hang(content: Manifest) -> Hanging:
    """Return how a study is laid out; an empty one is shown as a single picture."""
    for protocol in _PROTOCOLS:
        series = [entry for entry in content.images if entry.modality == protocol["modality"]]
        if len(series) >= protocol["least_series"]:
            return Hanging(protocol["layout"], tuple(entry.id for entry in _in_tiles(protocol["tiles"], series)))
    return Hanging()


def _in_tiles(tiles: list[dict[str, str]], series: list[SeriesEntry]) -> list[SeriesEntry]:
    left, chosen = list(series), list[SeriesEntry | None]()
    for tile in tiles:
        found = next((entry for entry in left if tile and _fits(tile, entry)), None)
        chosen.append(found)
        if found:
            left.remove(found)
    rest = iter(left)
    filled = [entry or next(rest, None) for entry in chosen]
    return [entry for entry in filled if entry is not None]


def _fits(tile: dict[str, str], entry: SeriesEntry) -> bool:
    description = set(re.findall(r"[A-Z0-9]+", entry.description.upper()))
    return (
        ("words" not in tile or bool(description & set(tile["words"].split())))
        and ("laterality" not in tile or entry.laterality == tile["laterality"])
        and ("plane" not in tile or plane_of(entry) in tile["plane"].split())
    )


def plane_of(entry: SeriesEntry) -> str:
    """Return "axial", "coronal" or "sagittal", whatever the first frame is nearest to; "" where nobody knows."""
    orientation = next((plane["orientation"] for plane in entry.planes), None)
    if not orientation:
        return ""
    (a, b, c), (d, e, f) = orientation[:3], orientation[3:]
    normal = [abs(b * f - c * e), abs(c * d - a * f), abs(a * e - b * d)]
    return _PLANES[normal.index(max(normal))]
