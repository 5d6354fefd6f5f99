"""Paint tissue across planes: tubes along smooth lines, and rows of balls."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from portal.demo.phantom.canvas import PIXEL_MM, SIZE, SLICE_MM, SLICES, Triple
from portal.demo.phantom.tissue import Tissue

_VOXELS_AT_ONCE = 1_500_000


def tube(
    volume: np.ndarray,
    tissue: Tissue,
    knots: Sequence[Triple],
    radius: tuple[float, float],
    over: Tissue | None = None,
    flat: float = 1.0,
) -> None:
    """Paint a tube through `knots`, its radius going from the first to the second value.

    With `over` only voxels of that tissue are painted; `flat` stretches it from head to foot.
    """
    points = smooth_line(knots, min(radius) * 0.5)
    balls(volume, tissue, points, np.linspace(*radius, len(points)), over, flat)


def smooth_line(knots: Sequence[Triple], step: float) -> np.ndarray:
    """Return points `step` mm apart on a smooth line through `knots`, shape (points, 3)."""
    corners = np.array(knots, float)
    for _ in range(3):
        if len(corners) > 2:
            halves = np.stack([corners[:-1] * 0.75 + corners[1:] * 0.25, corners[:-1] * 0.25 + corners[1:] * 0.75], 1)
            corners = np.concatenate([corners[:1], halves.reshape(-1, 3)[1:-1], corners[-1:]])
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))])
    places = np.linspace(0, way[-1], max(int(way[-1] / max(step, 0.4)), 2))
    return np.stack([np.interp(places, way, corners[:, axis]) for axis in range(3)], axis=1)


def balls(
    volume: np.ndarray,
    tissue: Tissue,
    points: np.ndarray,
    radii: np.ndarray,
    over: Tissue | None = None,
    flat: float = 1.0,
) -> None:
    """Paint a ball around each point (mm), over one tissue only if it is named."""
    reach, deep = int(np.ceil(radii.max() / PIXEL_MM)) + 1, int(np.ceil(radii.max() * flat / SLICE_MM))
    offsets = np.mgrid[-reach : reach + 1, -reach : reach + 1, -deep : deep + 1].reshape(3, -1)
    step = max(_VOXELS_AT_ONCE // offsets.shape[1], 1)
    for start in range(0, len(points), step):
        part = slice(start, start + step)
        place = _voxels(points[part], radii[part] ** 2, offsets, flat)
        if over is not None:
            place = tuple(axis[volume[place] == over] for axis in place)
        volume[place] = tissue


def _voxels(points: np.ndarray, squares: np.ndarray, offsets: np.ndarray, flat: float) -> tuple[np.ndarray, ...]:
    """Return level, row and column of the voxels in the balls."""
    spacing = np.array((PIXEL_MM, PIXEL_MM, SLICE_MM))
    places = points / spacing + (SIZE / 2 - 0.5, SIZE / 2 - 0.5, 0)
    middle = places.round().astype(int)
    rest = (middle - places) * spacing
    away = sum(
        ((rest[:, axis, None] + offsets[axis] * spacing[axis]) / (flat if axis == 2 else 1)) ** 2 for axis in range(3)
    )
    which, offset = np.nonzero(away <= squares[:, None])
    column, row, level = (middle[which, axis] + offsets[axis, offset] for axis in range(3))
    keep = (level >= 0) & (level < SLICES) & (row >= 0) & (row < SIZE) & (column >= 0) & (column < SIZE)
    return level[keep], row[keep], column[keep]
