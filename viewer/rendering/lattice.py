"""Where the voxels of a volume lie in the patient (PS3.3 C.7.6.2 Image Plane)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """What a file tells of one slice.

    `position` and `orientation` are Image Position and Image Orientation (Patient), `spacing` is Pixel Spacing, `size`
    (rows, columns), `scale` (slope, intercept, unit) of the modality values.
    """

    position: Numbers
    orientation: Numbers
    spacing: Numbers
    size: tuple[int, int]
    scale: tuple[float, float, str] = (1.0, 0.0, "")


@dataclass(frozen=True, slots=True)
class Lattice:
    """Where the voxels of a volume lie, in mm in the patient (LPS: x to the left, y to the back, z to the head).

    `shape` is (slices, rows, columns). `spacing` and `directions` are in the same order: the distance of the centers
    of two neighbors, and the unit vector that leads from one to the next. The three directions are those of a right
    hand when they are taken as columns, rows, slices. `origin` is the center of the voxel (0, 0, 0).
    """

    origin: Numbers
    directions: tuple[Numbers, Numbers, Numbers]
    spacing: Numbers
    shape: tuple[int, int, int]

    def place(self, voxel: Sequence[float]) -> Numbers:
        """Return where in the patient a voxel (slice, row, column), counted from 0, has its center, in mm."""
        steps = np.asarray(voxel) * self.spacing
        return tuple(float(part) for part in np.asarray(self.origin) + steps @ np.asarray(self.directions))

    @property
    def lean(self) -> float:
        """Return the largest angle between an axis of the volume and the axis of the patient next to it, in degrees."""
        return math.degrees(math.acos(min(float(np.abs(self.directions).max(axis=1).min()), 1.0)))
