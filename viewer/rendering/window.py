"""The VOI window (PS3.3 C.11.2.1.2)."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass


class VoiFunction(enum.StrEnum):
    """The functions of VOI LUT Function (0028,1056)."""

    LINEAR = "LINEAR"
    LINEAR_EXACT = "LINEAR_EXACT"
    SIGMOID = "SIGMOID"


@dataclass(frozen=True, slots=True)
class Window:
    """Center and width in modality values; raises ValueError for what PS3.3 C.11.2.1.2 does not allow."""

    center: float
    width: float
    function: VoiFunction = VoiFunction.LINEAR

    def __post_init__(self) -> None:
        if not math.isfinite(self.center) or not math.isfinite(self.width):
            raise ValueError("a window needs finite numbers")
        if self.width <= 0 or (self.function is VoiFunction.LINEAR and self.width < 1):
            raise ValueError("a window needs a width of at least 1 (LINEAR) or above 0")


@dataclass(frozen=True, slots=True)
class NamedWindow:
    """A window that the file offers, with its explanation (0028,1055)."""

    name: str
    window: Window
