"""Whether the slices of a series make a volume (PS3.3 C.7.6.2 Image Plane)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from viewer.rendering.lattice import Lattice, Numbers, Slice
from viewer.rendering.notvolume import NotVolume, NoVolume

SLICES_LEAST = 5
BYTES_MOST = 384 * 1024 * 1024
SIDE_MOST = 4096
# Stored values are kept in so many bytes at most.
_VALUE_BYTES = 2
_SAME_DIRECTION = 1e-3
_SAME_SPACING = 1e-3
# How far a slice may lie from its place in an even stack, in parts of the distance of slices. A missing one is half.
_UNEVEN = 0.1
_REPEATED = 0.1
# How far a slice may be shifted inside its plane, in parts of a pixel.
_SHIFTED = 0.5
# In mm: numbers beyond it are no places in a patient.
_FARTHEST = 1e6
# How much the volume may lean against the patient's axes, in degrees.
_LEAN_MOST = 30.0


def lattice_of(slices: Sequence[Slice]) -> tuple[Lattice, tuple[int, ...]]:
    """Return the lattice that slices make, and their indexes (from 0) in the order in which they lie along its normal.

    Parameters
    ----------
    slices : in any order.

    Raises
    ------
    NoVolume : where they make none. Nothing is ever put in the place of a slice that is missing.
    """
    if len(slices) < SLICES_LEAST:
        raise NoVolume(NotVolume.FEW)
    _require_alike(slices)
    row, column = _directions(slices[0])
    normal = np.cross(row, column)
    positions = np.array([one.position for one in slices], float)
    if np.abs(positions).max() > _FARTHEST:
        raise NoVolume(NotVolume.NO_PLACE)
    along = positions @ normal
    order = np.argsort(along, kind="stable")
    gap = _even_gap(along[order])
    _require_straight(positions[order], normal, min(slices[0].spacing))
    lattice = Lattice(
        origin=_plain(positions[order[0]]),
        directions=(_plain(normal), _plain(column), _plain(row)),
        spacing=(gap, *slices[0].spacing),
        shape=(len(slices), *slices[0].size),
    )
    _require_modest(lattice)
    return lattice, tuple(int(index) for index in order)


def is_at(lattice: Lattice, index: int, found: Slice) -> bool:
    """Tell whether a slice is the one that lies at `index` (from 0) of the lattice."""
    if len(found.position) != 3 or len(found.orientation) != 6 or found.size != lattice.shape[1:]:
        return False
    off = np.asarray(found.position) - lattice.place((index, 0, 0))
    along, down, right = np.abs(np.asarray(lattice.directions) @ off)
    turned = (*lattice.directions[2], *lattice.directions[1])
    is_there = along <= 2 * _UNEVEN * lattice.spacing[0] and max(down, right) <= 2 * _SHIFTED * min(lattice.spacing[1:])
    is_alike = _is_close(found.spacing, lattice.spacing[1:], 2 * _SAME_SPACING * min(lattice.spacing[1:]))
    return bool(is_there) and is_alike and _is_close(found.orientation, turned, 2 * _SAME_DIRECTION)


def _require_alike(slices: Sequence[Slice]) -> None:
    """Raise NoVolume where slices are of different sizes, directions, spacings or scales, or do not tell."""
    first = slices[0]
    for one in slices:
        if (len(one.position), len(one.orientation), len(one.spacing)) != (3, 6, 2) or min(one.spacing) <= 0:
            raise NoVolume(NotVolume.NO_PLACE)
        if not np.isfinite([*one.position, *one.orientation, *one.spacing]).all():
            raise NoVolume(NotVolume.NO_PLACE)
        if one.size != first.size or not _is_close(one.spacing, first.spacing, _SAME_SPACING * min(first.spacing)):
            raise NoVolume(NotVolume.SIZES)
        if not _is_close(one.orientation, first.orientation, _SAME_DIRECTION):
            raise NoVolume(NotVolume.TURNED)
        if one.scale != first.scale or not math.isfinite(first.scale[0]) or first.scale[0] <= 0:
            raise NoVolume(NotVolume.VALUES)


def _directions(one: Slice) -> tuple[np.ndarray, np.ndarray]:
    """Return the unit vectors along a row and down a column; raises NoVolume where they are not at right angles."""
    row, column = np.array(one.orientation[:3]), np.array(one.orientation[3:])
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if max(abs(length - 1) for length in lengths) > 0.01 or abs(row @ column) > 0.001:
        raise NoVolume(NotVolume.NO_PLACE)
    row = row / lengths[0]
    column = column - (column @ row) * row
    return row, column / np.linalg.norm(column)


def _even_gap(along: np.ndarray) -> float:
    """Return the distance of slices in mm, whose places along the normal are given in rising order."""
    gap = float(along[-1] - along[0]) / (len(along) - 1)
    if gap <= 0 or np.diff(along).min() < _REPEATED * gap:
        raise NoVolume(NotVolume.REPEATED)
    if np.abs(along - (along[0] + gap * np.arange(len(along)))).max() > _UNEVEN * gap:
        raise NoVolume(NotVolume.UNEVEN)
    return gap


def _require_straight(positions: np.ndarray, normal: np.ndarray, pixel: float) -> None:
    """Raise NoVolume where slices are shifted against each other, as with a tilted gantry."""
    off = positions - positions[0]
    inside = off - np.outer(off @ normal, normal)
    if np.linalg.norm(inside, axis=1).max() > _SHIFTED * pixel:
        raise NoVolume(NotVolume.SHEARED)


def _require_modest(lattice: Lattice) -> None:
    axes = {int(axis) for axis in np.abs(lattice.directions).argmax(axis=1)}
    if len(axes) < 3 or lattice.lean > _LEAN_MOST:
        raise NoVolume(NotVolume.OBLIQUE)
    slices, rows, columns = lattice.shape
    length = (slices - 1) * lattice.spacing[0]
    sides = [rows, columns, *(length / pixel for pixel in lattice.spacing[1:])]
    if slices * rows * columns * _VALUE_BYTES > BYTES_MOST or max(sides) > SIDE_MOST or min(rows, columns) < 1:
        raise NoVolume(NotVolume.TOO_LARGE)


def _is_close(one: Numbers, other: Numbers, most: float) -> bool:
    return all(abs(a - b) <= most for a, b in zip(one, other, strict=True))


def _plain(vector: Iterable[float]) -> Numbers:
    return tuple(round(float(part), 9) + 0.0 for part in vector)
