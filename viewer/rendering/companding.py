"""Sound of 8 bits a sample as telephones carry it: mu-law and A-law (ITU-T G.711, PS3.3 C.10.9.1.5)."""

from __future__ import annotations

import numpy as np


def _mu_law() -> np.ndarray:
    """Return the value of each byte, of 14 bits and brought to 16."""
    code = ~np.arange(256, dtype=np.uint8)
    size = ((((code & 15).astype(int) << 3) + 132) << ((code >> 4) & 7)) - 132
    return np.where(code & 128, -size, size)


def _a_law() -> np.ndarray:
    """Return the value of each byte, of 13 bits and brought to 16."""
    code = np.arange(256, dtype=np.uint8) ^ 0x55
    segment, steps = ((code >> 4) & 7).astype(int), (code & 15).astype(int) << 4
    size = np.where(segment == 0, steps + 8, (steps + 264) << np.maximum(segment - 1, 0))
    return np.where(code & 128, size, -size)


# By Waveform Sample Interpretation.
EXPANDED = {"MB": _mu_law(), "AB": _a_law()}
