"""The median edge detector of JPEG-LS (ITU-T T.87 A.4.2): what is left of a frame when neighbors have told the rest."""

from __future__ import annotations

import numpy as np


def residuals_of(samples: np.ndarray) -> np.ndarray:
    """Return samples less their predictions, modulo 65536.

    Parameters
    ----------
    samples : (rows, columns) int32, each 0..65535.

    Returns
    -------
    Array (rows, columns) of uint16 that counts 0, -1, 1, -2, 2 ...: small residuals are small numbers.
    """
    around = np.zeros((samples.shape[0] + 1, samples.shape[1] + 1), np.int32)
    around[1:, 1:] = samples
    left, above, corner = around[1:, :-1], around[:-1, 1:], around[:-1, :-1]
    prediction = np.clip(left + above - corner, np.minimum(left, above), np.maximum(left, above))
    # Modulo 65536 the difference has 16 bits, and the decoder's sum comes out right all the same.
    residual = (samples - prediction).astype(np.int16).astype(np.int32)
    folded: np.ndarray = ((residual << 1) ^ (residual >> 15)).astype(np.uint16)
    return folded
