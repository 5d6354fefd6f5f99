"""The median edge detector of JPEG-LS (ITU-T T.87 A.4.2): what is left of a frame when neighbors have told the rest."""

from __future__ import annotations

import numpy as np

from viewer.rendering.compiled import compiled, in_a_row


def residuals_of(values: np.ndarray, first: int) -> np.ndarray:
    """Return samples less their predictions, modulo 65536.

    Parameters
    ----------
    values : (rows, columns) of whole numbers.
    first : the least of them. A sample is a value less `first`, 0..65535.

    Returns
    -------
    Array (2, rows, columns) of uint8: the high bytes and the low bytes of numbers that count 0, -1, 1, -2, 2 ..., so
    that small residuals are small numbers.
    """
    residuals = np.empty((2, *values.shape), np.uint8)
    _fill(residuals, in_a_row(values).reshape(values.shape), first)
    return residuals


@compiled
def _fill(residuals: np.ndarray, values: np.ndarray, first: int) -> None:
    rows, columns = values.shape
    for row in range(rows):
        left = corner = 0
        for column in range(columns):
            sample = int(values[row, column]) - first
            above = int(values[row - 1, column]) - first if row else 0
            prediction = max(min(left, above), min(max(left, above), left + above - corner))
            # Modulo 65536 the difference has 16 bits, and the decoder's sum comes out right all the same.
            residual = int(np.int16(sample - prediction))
            folded = (residual << 1) ^ (residual >> 15)
            residuals[0, row, column] = folded >> 8
            residuals[1, row, column] = folded
            left, corner = sample, above
