"""The VOI LUT: which values become which grey (PS3.3 C.11.2)."""

from __future__ import annotations

import math

import numpy as np
from pydicom import Dataset
from pydicom.multival import MultiValue

from viewer.rendering.functional import macro
from viewer.rendering.lut import Lut, read_lut
from viewer.rendering.window import NamedWindow, VoiFunction, Window

WHITE = 255.0


def apply_window(values: np.ndarray, window: Window) -> np.ndarray:
    """Return greys 0..255 as float64 for modality values of any shape.

    The three functions of PS3.3 C.11.2.1.2.1, C.11.2.1.3.1 and C.11.2.1.3.2, with y from 0 to 255.
    """
    center, width = window.center, window.width
    if window.function is VoiFunction.SIGMOID:
        with np.errstate(over="ignore"):
            return WHITE / (1 + np.exp(-4 * (values - center) / width))
    if window.function is VoiFunction.LINEAR_EXACT:
        return np.clip((values - center) / width + 0.5, 0, 1) * WHITE
    if width == 1:
        return np.where(values <= center - 0.5, 0.0, WHITE)
    return np.clip((values - (center - 0.5)) / (width - 1) + 0.5, 0, 1) * WHITE


def grays_per_value(window: Window) -> float:
    """Return how many grays one modality value makes inside a window LINEAR or LINEAR_EXACT."""
    width = window.width - (window.function is VoiFunction.LINEAR)
    return WHITE / width if width else math.inf


def apply_lut(values: np.ndarray, lut: Lut) -> np.ndarray:
    """Return greys 0..255 as float64 for modality values of any shape, through a VOI LUT."""
    top = max(float(2**lut.bits - 1), float(lut.entries.max()))
    return lut.apply(values) * (WHITE / top)


def voi_lut_of(header: Dataset, frame_number: int, *, is_signed: bool) -> Lut | None:
    """Return the first VOI LUT for a frame, of an enhanced object in its groups (C.7.6.16.2.10b); None without one."""
    sequence = macro(header, "FrameVOILUTSequence", frame_number).get("VOILUTSequence")
    return read_lut(sequence[0], is_signed=is_signed) if sequence else None


def presentation_lut_of(header: Dataset) -> Lut | None:
    """Return the Presentation LUT (PS3.3 C.11.6), None when there is no table."""
    sequence = header.get("PresentationLUTSequence")
    return read_lut(sequence[0], is_signed=False) if sequence else None


def present_grays(grays: np.ndarray, lut: Lut) -> np.ndarray:
    """Return P-values 0..255 as float64 for greys 0..255 of any shape: black is its first entry, white its last."""
    index = np.nan_to_num(grays) / WHITE * (len(lut.entries) - 1) + lut.first
    values: np.ndarray = lut.apply(index) * (WHITE / (2**lut.bits - 1))
    return values


def default_windows(header: Dataset, frame_number: int = 1) -> list[NamedWindow]:
    """Return the windows that the file offers for a frame, with their explanations; impossible ones left out."""
    item = macro(header, "FrameVOILUTSequence", frame_number)
    centers, widths = _numbers(item.get("WindowCenter")), _numbers(item.get("WindowWidth"))
    names = [str(name) for name in _several(item.get("WindowCenterWidthExplanation"))]
    text = str(item.get("VOILUTFunction") or "LINEAR").strip()
    function = VoiFunction(text) if text in VoiFunction.__members__ else VoiFunction.LINEAR
    offered = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        try:
            window = Window(center, width, function)
        except ValueError:
            continue
        offered.append(NamedWindow(names[index] if index < len(names) else "", window))
    return offered


def _several(value: object) -> list[object]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, MultiValue | list | tuple) else [value]


def _numbers(value: object) -> list[float]:
    numbers = []
    for one in _several(value):
        try:
            numbers.append(float(one))  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return []
    return numbers
