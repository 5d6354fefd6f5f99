"""The series that are calculated from a volume: its planes, and its maximum intensity projections.

Each has a name. In addresses it stands behind the id of the series and a tilde: `<series>~coronal`,
`<series>~coronal-mip` for all of the volume at once, `<series>~coronal-mip20` for slabs of 20 mm.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from viewer.rendering.orientation import Orientation
from viewer.rendering.reformat import WHOLE, Grid
from viewer.volumes import Volume

BEHIND = "~"
SLABS = (10, 20, 50)
_THICKNESSES = {"": 0.0, "-mip": WHOLE} | {f"-mip{slab}": float(slab) for slab in SLABS}
# Plain planes first, as they are listed.
NAMES = {f"{plane}{slab}": (plane, thick) for slab, thick in _THICKNESSES.items() for plane in Orientation}


def grid_of(volume: Volume, name: str) -> Grid:
    """Return where the frames of a calculated series lie; raises KeyError for a name that is none."""
    orientation, slab = NAMES[name]
    return Grid(volume.lattice, orientation, slab)


# Each request for a frame asks.
@lru_cache(maxsize=128)
def facts_of(volume: Volume, name: str) -> dict[str, Any]:
    """Return what is different in a calculated series from the one it is calculated from."""
    grid = grid_of(volume, name)
    rows, columns = grid.size
    orientation = [round(part, 6) for part in grid.directions]
    plane = {"from": 1, "orientation": orientation, "ways": [], "spacing": list(grid.spacing)}
    return {
        "frame_count": grid.frame_count,
        "rows": rows,
        "columns": columns,
        "pixel_spacing": grid.spacing,
        "planes": (plane | {"spacing_kind": "patient", "regions": []},),
        "positions": tuple(_position(grid, number) for number in range(1, grid.frame_count + 1)),
        "cine_rate": None,
    }


def _position(grid: Grid, frame_number: int) -> tuple[float, float, float]:
    x, y, z = (round(part, 4) for part in grid.position(frame_number))
    return x, y, z
