"""The Modality LUT: from stored values to modality values, such as Hounsfield units (PS3.3 C.11.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.functional import macro
from viewer.rendering.lut import Lut, read_lut
from viewer.rendering.reasons import CannotRender, Reason


@dataclass(frozen=True, slots=True)
class Modality:
    """Slope and intercept, or a table in their place."""

    slope: float = 1.0
    intercept: float = 0.0
    lut: Lut | None = None

    def apply(self, stored: np.ndarray) -> np.ndarray:
        """Return modality values (float64) of stored values of any shape."""
        if self.lut is not None:
            return self.lut.apply(stored).astype(np.float64)
        return stored.astype(np.float64) * self.slope + self.intercept


def modality_of(header: Dataset, frame_number: int) -> Modality:
    """Return the Modality LUT for a frame (counted from 1); raises CannotRender(DAMAGED) when it makes no sense."""
    sequence = header.get("ModalityLUTSequence")
    if sequence:
        return Modality(lut=read_lut(sequence[0], is_signed=header.get("PixelRepresentation") == 1))
    item = macro(header, "PixelValueTransformationSequence", frame_number)
    try:
        slope, intercept = float(item.get("RescaleSlope", 1) or 1), float(item.get("RescaleIntercept", 0) or 0)
    except (TypeError, ValueError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    if not math.isfinite(slope) or not math.isfinite(intercept):
        raise CannotRender(Reason.DAMAGED)
    return Modality(slope, intercept)
