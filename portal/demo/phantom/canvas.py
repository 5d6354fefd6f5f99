"""Paint tissue plane by plane: blobs and masks with living outlines.

Millimetres: x to the patient's left, y to the back, z downward from the top; 0, 0, 0 is the middle of the top plane.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from portal.demo.phantom.tissue import Tissue

SLICES, SIZE = 140, 512
SLICE_MM, PIXEL_MM = 2.5, 0.7
ROWS = slice(72, 440)
SEED = 20180806
WARP_MM = 3.5

Triple = tuple[float, float, float]


class Noise:
    """Smooth random values in space, about 1 strong, that change over `step` mm."""

    def __init__(self, seed: int, step: float) -> None:
        self._levels = np.arange(SLICES) * SLICE_MM / step
        self._line = np.arange(SIZE) * PIXEL_MM / step
        shape = [int(places.max()) + 5 for places in (self._levels, self._line, self._line)]
        self._knots = np.random.default_rng(seed).standard_normal(shape).astype(np.float32) * 3

    def plane(self, index: int) -> np.ndarray:
        """Return the values of one plane, float32, shape (rows of ROWS, SIZE)."""
        level = _between(self._knots, self._levels[index : index + 1])[0]
        across = _between(level.T, self._line).T
        return _between(across, self._line[ROWS])


def _between(knots: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return values at `places` along the first axis by a cubic B-spline through knots one apart."""
    first = places.astype(int)
    part = (places - first).astype(np.float32).reshape(-1, *[1] * (knots.ndim - 1))
    rest = 1 - part
    weights = (rest**3, 4 - 6 * part**2 + 3 * part**3, 4 - 6 * rest**2 + 3 * rest**3, part**3)
    values: np.ndarray = sum(weight * knots[first + step] for step, weight in enumerate(weights)) / np.float32(6)
    return values


@cache
def line_of_pixels() -> np.ndarray:
    """Return the place in mm of each pixel of a line, 0 in the middle."""
    return ((np.arange(SIZE) - SIZE / 2 + 0.5) * PIXEL_MM).astype(np.float32)


def ramp(place: float, *knots: tuple[float, float]) -> float:
    """Return the value at `place` on a line through (place, value) knots, smoothed where they meet."""
    at, values = zip(*knots, strict=True)
    around = np.interp((place - 8, place, place + 8), at, values)
    return float(around.mean())


def _crop(center: float, reach: float, pixels: slice) -> slice:
    """Return which of `pixels` of a line lie within `reach` mm of `center`, counted from the first of them."""
    low, high = ((center + side * reach) / PIXEL_MM + SIZE / 2 - pixels.start for side in (-1, 1))
    return slice(max(int(low), 0), min(max(int(high) + 2, 0), pixels.stop - pixels.start))


@dataclass
class Plane:
    """One plane while it is painted, its rows that hold the body: labels, and where each pixel would be in a textbook.

    `x`, `y` and `level` are bent a little, so that no outline is a drawn curve.
    """

    z: float
    labels: np.ndarray
    x: np.ndarray
    y: np.ndarray
    level: np.ndarray
    noise: np.ndarray
    zones: dict[str, np.ndarray] = field(default_factory=dict)

    def calmer(self, share: float) -> Plane:
        """Return the same plane bent by only a share of it."""
        line, rest = line_of_pixels(), 1 - share
        x, y = self.x * share + line[None, :] * rest, self.y * share + line[ROWS, None] * rest
        return replace(self, x=x, y=y, level=self.level * share + self.z * rest)

    def fill(self, where: np.ndarray, tissue: Tissue) -> None:
        """Paint all pixels of a mask."""
        self.labels[where] = tissue

    def blob(
        self,
        tissue: Tissue,
        center: Triple,
        axes: Triple,
        turn: float = 0.0,
        within: np.ndarray | None = None,
    ) -> None:
        """Paint an ellipsoid, turned by `turn` degrees about the vertical, within a mask if there is one."""
        reach = max(axes[:2]) + 3 * WARP_MM
        if abs(self.z - center[2]) > axes[2] + 3 * WARP_MM:
            return
        box = (_crop(center[1], reach, ROWS), _crop(center[0], reach, slice(0, SIZE)))
        x, y, angle = self.x[box] - center[0], self.y[box] - center[1], np.deg2rad(turn)
        along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
        inside = (along / axes[0]) ** 2 + (across / axes[1]) ** 2 + ((self.level[box] - center[2]) / axes[2]) ** 2 < 1
        self.labels[box][inside if within is None else inside & within[box]] = tissue

    def pair(self, tissue: Tissue, center: Triple, axes: Triple, turn: float = 0.0) -> None:
        """Paint an ellipsoid on the left and its mirror image on the right."""
        x, y, z = center
        self.blob(tissue, (x, y, z), axes, turn)
        self.blob(tissue, (-x, y, z), axes, -turn)


@cache
def _bends() -> list[Noise]:
    return [*(Noise(SEED + axis, 30) for axis in range(3)), Noise(SEED + 3, 9)]


def plane_of(volume: np.ndarray, index: int) -> Plane:
    """Return one plane of a volume, ready to paint."""
    line, height = line_of_pixels(), index * SLICE_MM
    x, y, z, fine = (bend.plane(index) for bend in _bends())
    x, y, z = x * WARP_MM + line[None, :], y * WARP_MM + line[ROWS, None], z * WARP_MM + np.float32(height)
    return Plane(height, volume[index, ROWS], x, y, z, fine)
