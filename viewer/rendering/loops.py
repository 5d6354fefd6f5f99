"""Compile what loops over pixels before anybody waits for it."""

from __future__ import annotations

import numpy as np

from viewer.rendering.gray import look_up
from viewer.rendering.prediction import residuals_of
from viewer.rendering.ramp import Ramp

# What nearly all grey frames are stored as; loops for any other kind are compiled when a frame of it comes.
KINDS = (np.uint8, np.int16, np.uint16)


def compile_loops() -> None:
    """Compile the loops for the kinds of pixels that most frames have; it takes some two seconds."""
    for kind in KINDS:
        values = np.zeros((1, 1), kind)
        Ramp(0, 0, 0, 0).apply(values)
        look_up(np.zeros(1, np.uint8), values, 0)
        residuals_of(values, 0)
