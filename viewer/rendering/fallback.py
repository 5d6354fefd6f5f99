"""The window where neither the file nor the reader names one: by modality, else from the values that are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.frame import DecodedFrame
from viewer.rendering.modality import Modality, modality_of
from viewer.rendering.padding import Range, is_padding, padding_of
from viewer.rendering.window import VoiFunction, Window

SOFT_TISSUE = Window(40, 400)
# A body is surrounded by air: a CT frame that reaches down to it counts in Hounsfield units. One with nothing in the
# soft tissue window would be black in it.
_AIR, _LEAST_SEEN = -500.0, SOFT_TISSUE.center - SOFT_TISSUE.width / 2
_PERCENTILES = (1, 99)
_SIDE_MOST = 512


@dataclass(frozen=True, slots=True)
class Sample:
    """What a default window is made of: modality values of a frame, and what they count.

    `whole_range` is set where there are so few values that all of them are shown.
    """

    values: np.ndarray
    is_hounsfield: bool
    whole_range: Window | None


def fallback_window(pixels: np.ndarray, header: Dataset, modality: Modality, padding: Range | None) -> Window:
    """Return a window for stored values (rows, columns): the whole range for up to 8 bits, soft tissue for CT in
    Hounsfield units that has some, else from the 1st to the 99th percentile of what is not padding.
    """
    return window_of([_sample(pixels, header, modality, padding)])


def sample_of(header: Dataset, frame: DecodedFrame, frame_number: int) -> Sample:
    """Return what a frame (counted from 1) adds to the window of its series; raises CannotRender when its tables make
    no sense.
    """
    return _sample(frame.pixels, header, modality_of(header, frame_number), padding_of(header))


def window_of(samples: Sequence[Sample]) -> Window:
    """Return one window for all samples, of which there is at least one."""
    if samples[0].whole_range is not None:
        return samples[0].whole_range
    low, high = _percentiles(np.concatenate([sample.values for sample in samples]))
    if low <= _AIR and high > _LEAST_SEEN and samples[0].is_hounsfield:
        return SOFT_TISSUE
    if high - low < 1:
        return Window((low + high) / 2, max(high - low, 1e-6), VoiFunction.LINEAR_EXACT)
    return Window((low + high + 1) / 2, high - low + 1)


def _sample(pixels: np.ndarray, header: Dataset, modality: Modality, padding: Range | None) -> Sample:
    bits = int(header.get("BitsStored") or 16)
    some = pixels[:: max(pixels.shape[0] // _SIDE_MOST, 1), :: max(pixels.shape[1] // _SIDE_MOST, 1)]
    inside = some[~is_padding(some, padding)]
    return Sample(
        values=modality.apply(inside if inside.size else some.ravel()),
        is_hounsfield=_is_hounsfield(header, modality),
        whole_range=_whole_range(modality, bits) if pixels.dtype.kind == "u" and bits <= 8 else None,
    )


def _whole_range(modality: Modality, bits: int) -> Window:
    ends = modality.apply(np.array([0, 2**bits - 1]))
    return Window(float(ends.mean()) + 0.5, max(float(abs(ends[1] - ends[0])) + 1, 1))


def _is_hounsfield(header: Dataset, modality: Modality) -> bool:
    is_ct = header.get("Modality") == "CT" and modality.lut is None
    return is_ct and str(header.get("RescaleType") or "HU").strip() == "HU"


def _percentiles(values: np.ndarray) -> tuple[float, float]:
    finite = values[np.isfinite(values)]
    low, high = np.percentile(finite, _PERCENTILES) if finite.size else (0.0, 1.0)
    return float(low), float(high)
