"""Grey frames: stored values through Modality LUT, VOI and inversion to 8-bit greys, by one table per frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from pydicom import Dataset

from viewer.rendering.compiled import compiled, in_a_row
from viewer.rendering.fallback import fallback_window
from viewer.rendering.frame import DecodedFrame
from viewer.rendering.functional import macro
from viewer.rendering.lut import Lut
from viewer.rendering.modality import Modality, modality_of
from viewer.rendering.once import once
from viewer.rendering.padding import Range, is_padding, padding_of
from viewer.rendering.ramp import Ramp, ramp_of
from viewer.rendering.voi import (
    apply_lut,
    apply_window,
    default_windows,
    grays_per_value,
    present_grays,
    presentation_lut_of,
    voi_lut_of,
)
from viewer.rendering.window import Window

TABLE_MOST = 1 << 17
ROUND = 1024
# So many pixels at once, with all that is calculated of them, stay in the cache of a processor.
AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True)
class GrayTransform:
    """All that turns one stored value into one grey. Either `window` or `voi_lut` is set."""

    modality: Modality
    window: Window | None
    voi_lut: Lut | None
    is_inverted: bool
    padding: Range | None
    presentation: Lut | None = None

    def apply(self, stored: np.ndarray) -> np.ndarray:
        """Return uint8 greys of stored values of any shape and type; padding and what is no number is black."""
        values = self.modality.apply(stored)
        if self.voi_lut is not None:
            grays = apply_lut(values, self.voi_lut)
        else:
            assert self.window is not None
            grays = apply_window(values, self.window)
        if self.presentation is not None:
            grays = present_grays(grays, self.presentation)
        if self.is_inverted:
            grays = 255.0 - grays
        background = ~np.isfinite(grays) | is_padding(stored, self.padding)
        return np.floor(np.where(background, 0, grays) + 0.5).astype(np.uint8)

    @property
    def is_plain(self) -> bool:
        """Tell whether no table takes part."""
        return self.modality.lut is None and self.voi_lut is None and self.presentation is None

    @property
    def slope(self) -> float:
        """Return how many grays there are between two stored values inside a window that is no curve."""
        assert self.window is not None
        return self.modality.slope * grays_per_value(self.window)

    def table(self, low: int, high: int) -> np.ndarray:
        """Return the grays of all whole values from `low` to `high`, both included."""
        return self.apply(np.arange(low, high + 1))


def render_gray(
    header: Dataset, frame: DecodedFrame, frame_number: int, window: Window | None, *, invert: bool
) -> tuple[np.ndarray, Window | None]:
    """Return (uint8 greys of shape (rows, columns), the window applied or None for a VOI LUT)."""
    transform = transform_of(header, frame, frame_number, window, invert=invert)
    return _by_table(frame, transform), transform.window


def transform_of(
    header: Dataset, frame: DecodedFrame, frame_number: int, window: Window | None, *, invert: bool
) -> GrayTransform:
    """Return what turns the stored values of a frame into grays, by `window` or else by the frame's default."""
    modality, padding, is_inverse, presentation = _settings(header, frame_number)
    voi_lut = None if window else voi_lut_of(header, frame_number, is_signed=_may_be_negative(header, modality))
    if window is None and voi_lut is None:
        offered = default_windows(header, frame_number)
        window = offered[0].window if offered else fallback_window(frame.pixels, header, modality, padding)
    is_white_low = frame.photometric == "MONOCHROME1" or is_inverse
    return GrayTransform(modality, window, voi_lut, is_white_low != invert, padding, presentation)


@once
def _settings(header: Dataset, frame_number: int) -> tuple[Modality, Range | None, bool, Lut | None]:
    """Return what holds in every window: Modality LUT, padding, whether the shape is INVERSE, Presentation LUT."""
    is_inverse = header.get("PresentationLUTShape") == "INVERSE"
    return modality_of(header, frame_number), padding_of(header), is_inverse, presentation_lut_of(header)


def names_its_window(header: Dataset, frame_number: int) -> bool:
    """Tell whether the file says how a frame is to be shown, by a window or by a table."""
    table = macro(header, "FrameVOILUTSequence", frame_number).get("VOILUTSequence")
    return bool(table) or bool(default_windows(header, frame_number))


def _may_be_negative(header: Dataset, modality: Modality) -> bool:
    return modality.lut is None and (header.get("PixelRepresentation") == 1 or modality.intercept < 0)


def _by_table(frame: DecodedFrame, transform: GrayTransform) -> np.ndarray:
    """Return the grays of a frame, computed once per value where there are fewer values than pixels."""
    pixels = frame.pixels
    low, high = frame.limits if frame.has_limits else (0, TABLE_MOST)
    if high - low >= min(TABLE_MOST, pixels.size):
        return _in_parts(pixels, transform.apply)
    # Frames of a series have the same table when its ends are round.
    least, most = _range_of(pixels.dtype)
    low, high = max(low // ROUND * ROUND, least), min(-(-(high + 1) // ROUND) * ROUND - 1, most)
    table, ramp = _kept_table(transform, low, high) if transform.is_plain else (transform.table(low, high), None)
    return ramp.apply(pixels) if ramp else look_up(table, pixels, low)


@lru_cache(maxsize=16)
def _range_of(kind: np.dtype[Any]) -> tuple[int, int]:
    limits = np.iinfo(kind)
    return limits.min, limits.max


def _in_parts(pixels: np.ndarray, grays_of: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """Return the grays of some rows after the other: what lies between stays in the processor's cache."""
    grays = np.empty(pixels.shape, np.uint8)
    step = max(AT_ONCE // pixels.shape[1], 1)
    for first in range(0, pixels.shape[0], step):
        grays[first : first + step] = grays_of(pixels[first : first + step])
    return grays


@lru_cache(maxsize=8)
def _kept_table(transform: GrayTransform, low: int, high: int) -> tuple[np.ndarray, Ramp | None]:
    """Return the table from `low` to `high`, and the ramp that gives the same sooner where there is one."""
    table = transform.table(low, high)
    return table, ramp_of(table, low, transform.slope)


def look_up(table: np.ndarray, pixels: np.ndarray, low: int) -> np.ndarray:
    """Return uint8 grays of whole numbers (rows, columns) by a table whose first entry is for the value `low`."""
    grays = np.empty(pixels.shape, np.uint8)
    _fill(grays.reshape(-1), in_a_row(pixels), table, low)
    return grays


@compiled
def _fill(grays: np.ndarray, values: np.ndarray, table: np.ndarray, low: int) -> None:
    last = table.size - 1
    for place in range(values.size):
        # Pixels may be written over while they are read, with values that the table was not made for.
        grays[place] = table[min(max(int(values[place]) - low, 0), last)]
