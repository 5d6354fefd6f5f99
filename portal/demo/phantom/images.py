"""The anatomy as pixels: Hounsfield units of a CT, and the signal of a T2-weighted MR."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from portal.demo.phantom.anatomy import labels
from portal.demo.phantom.canvas import PIXEL_MM, SEED, SIZE, SLICE_MM, SLICES, line_of_pixels
from portal.demo.phantom.tissue import Tissue, table

CT_INTERCEPT = -1024
EARLIER_SIZE, EARLIER_STEP = 256, 4
MR_SLICES, MR_SIZE, MR_STEP, MR_THICKNESS = 46, 256, 3, 6.0


def _smooth(plane: np.ndarray) -> np.ndarray:
    """Return a plane blurred by about a pixel, as a scanner's kernel does."""
    for axis in (0, 1):
        plane = (np.roll(plane, 1, axis) + 2 * plane + np.roll(plane, -1, axis)) / 4
    return plane


def ct_slices() -> Iterator[np.ndarray]:
    """Yield the CT from the top: uint16 (SIZE, SIZE), stored values that CT_INTERCEPT turns into Hounsfield units."""
    return _ct(labels(), SEED + 1)


def earlier_ct_slices() -> Iterator[np.ndarray]:
    """Yield the CT of a year before, uint16 (EARLIER_SIZE, EARLIER_SIZE): thick slices, and no spot in the lung yet."""
    shrink = SIZE // EARLIER_SIZE
    planes = labels()[::EARLIER_STEP, ::shrink, ::shrink]
    return _ct((np.where(plane == Tissue.NODULE, Tissue.LUNG, plane) for plane in planes), SEED + 3)


def _ct(planes: Iterable[np.ndarray], seed: int) -> Iterator[np.ndarray]:
    random = np.random.default_rng(seed)
    values, grains = table("hounsfield"), table("grain")
    # Blood gathers at the back of a person who lies down, so lung is denser there.
    sag = np.clip(line_of_pixels() + 70, 0, 150)[:, None] * 0.45
    for plane in planes:
        noise, coarse = (random.standard_normal(plane.shape, np.float32) for _ in range(2))
        texture = _smooth(_smooth(coarse)) * 2.6 * grains[plane]
        body = values[plane] + texture + np.where(plane == Tissue.LUNG, sag[:: SIZE // len(plane)], 0)
        yield _stored(_smooth(body) + (_smooth(noise) * 2 - noise * 0.6) * _noise_of(plane))


def _noise_of(plane: np.ndarray) -> float:
    """Return how strong a scanner's noise is: the more it shines through, the stronger."""
    return 7 + 11 * float(np.count_nonzero(plane > Tissue.LUNG)) * (SIZE // len(plane)) ** 2 / 70_000


def _stored(hounsfield: np.ndarray) -> np.ndarray:
    stored: np.ndarray = (np.clip(hounsfield, CT_INTERCEPT, 3071) - CT_INTERCEPT).round().astype(np.uint16)
    return stored


def mr_slices() -> Iterator[np.ndarray]:
    """Yield the MR from the top: uint16 (MR_SIZE, MR_SIZE), each of every MR_STEP-th slice of the anatomy."""
    random = np.random.default_rng(SEED + 2)
    values, grains = table("signal"), table("grain")
    y, x = np.mgrid[-1 : 1 : MR_SIZE * 1j, -1 : 1 : MR_SIZE * 1j]
    coil = 1.12 - 0.35 * (x**2 + y**2)
    for labeled in labels()[::MR_STEP][:MR_SLICES]:
        plane = np.where(labeled >= Tissue.TABLE, Tissue.AIR, labeled)
        texture = _smooth(random.standard_normal(plane.shape, np.float32)) * np.minimum(grains[plane], 25) * 1.5
        fine = _smooth(values[plane] + texture)
        signal = fine.reshape(MR_SIZE, 2, MR_SIZE, 2).mean(axis=(1, 3)) * coil
        noise = np.hypot(random.normal(0, 9, signal.shape), random.normal(0, 9, signal.shape))
        yield np.clip(np.hypot(signal, noise), 0, 4095).round().astype(np.uint16)


def position_of_slice(index: int) -> list[float]:
    """Return Image Position (Patient) in mm of slice `index` from the top (PS3.3 C.7.6.2.1.1)."""
    corner = -(SIZE / 2 - 0.5) * PIXEL_MM
    return [corner, corner, (SLICES / 2 - index) * SLICE_MM]
