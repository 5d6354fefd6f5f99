"""Where a frame lies in the patient, and how one frame's pixels fall onto another's (PS3.3 C.7.6.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.functional import macro
from viewer.rendering.references import numbers

# Planes that lean less than this against each other are taken for parallel.
_PARALLEL = 0.999
_SLICE_LEAST = 0.5
# Rows that leave their row by less than this over the whole picture run along it, in pixels.
_STRAIGHT = 0.25


@dataclass(frozen=True, slots=True)
class Plane:
    """A frame in the patient, in mm: the center of its first pixel, the steps from column to column and from row to
    row, its normal, and how thick the slice is.
    """

    origin: np.ndarray
    along: np.ndarray
    down: np.ndarray
    normal: np.ndarray
    thickness: float


def plane_of(header: Dataset, frame_number: int) -> Plane | None:
    """Return the plane of a frame (counted from 1), None when the file does not say."""
    measures = macro(header, "PixelMeasuresSequence", frame_number)
    position = numbers(macro(header, "PlanePositionSequence", frame_number), "ImagePositionPatient")
    turned = numbers(macro(header, "PlaneOrientationSequence", frame_number), "ImageOrientationPatient")
    spacing = numbers(measures, "PixelSpacing")
    if (len(position), len(turned), len(spacing)) != (3, 6, 2) or min(spacing) <= 0:
        return None
    row, column = np.array(turned[:3]), np.array(turned[3:])
    normal = np.cross(row, column)
    if not np.isfinite([*position, *turned, *spacing]).all() or abs(np.linalg.norm(normal) - 1) > 0.01:
        return None
    thickness = max(numbers(measures, "SpacingBetweenSlices") + numbers(measures, "SliceThickness"), default=0)
    return Plane(np.array(position), row * spacing[1], column * spacing[0], normal, max(abs(thickness), _SLICE_LEAST))


def is_within(image: Plane, other: Plane) -> bool:
    """Tell whether an image lies inside the slice that another frame stands for."""
    distance = abs(float((image.origin - other.origin) @ other.normal))
    return abs(float(image.normal @ other.normal)) >= _PARALLEL and distance <= other.thickness / 2


def fall_onto(pixels: np.ndarray, other: Plane, image: Plane, rows: int, columns: int) -> np.ndarray:
    """Return `pixels` (rows, columns) of the frame `other` on the grid (rows, columns) of an image in the same plane.

    Each pixel of the image takes the nearest one; outside of `pixels` is 0.
    """
    square = np.stack([other.along / (other.along @ other.along), other.down / (other.down @ other.down)])
    x0, y0 = square @ (image.origin - other.origin)
    (x_along, y_along), (x_down, y_down) = square @ image.along, square @ image.down
    if max(abs(x_down) * rows, abs(y_along) * columns) < _STRAIGHT:
        return _straight(pixels, x0 + np.arange(columns) * x_along, y0 + np.arange(rows) * y_down)
    across, down = np.arange(columns)[np.newaxis, :], np.arange(rows)[:, np.newaxis]
    x = np.rint(x0 + across * x_along + down * x_down)
    y = np.rint(y0 + across * y_along + down * y_down)
    inside = (x >= 0) & (x < pixels.shape[1]) & (y >= 0) & (y < pixels.shape[0])
    fallen = np.zeros((rows, columns), pixels.dtype)
    fallen[inside] = pixels[y[inside].astype(np.int64), x[inside].astype(np.int64)]
    return fallen


def _straight(pixels: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return `pixels` at columns `x` and rows `y`, as it is for nearly all segmentations; outside of them is 0."""
    x, y = np.rint(x), np.rint(y)
    across, down = (x >= 0) & (x < pixels.shape[1]), (y >= 0) & (y < pixels.shape[0])
    fallen = np.zeros((len(y), len(x)), pixels.dtype)
    fallen[np.ix_(down, across)] = pixels[np.ix_(y[down].astype(np.int64), x[across].astype(np.int64))]
    return fallen
