"""Colors that DICOM objects recommend: CIELab as PCS values (PS3.3 C.10.7.1.1) to sRGB (IEC 61966-2-1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

Color = tuple[int, int, int]
_TOP = 65535
# CIE XYZ of the D50 white of the profile connection space, and the matrix from there to linear sRGB (Bradford).
_WHITE = np.array([0.9642, 1.0, 0.8249])
_TO_SRGB = np.array(
    [
        [3.1338561, -1.6168667, -0.4906146],
        [-0.9787684, 1.9161415, 0.0334540],
        [0.0719453, -0.2289914, 1.4052427],
    ]
)


def color_of(pcs: Sequence[float]) -> Color:
    """Return (red, green, blue), each 0..255.

    Parameters
    ----------
    pcs : L* as 0..65535 for 0..100, a* and b* as 0..65535 for -128..127; clipped to what sRGB has.

    Raises
    ------
    ValueError : when there are not three values or one is out of range.
    """
    if len(pcs) != 3 or not all(0 <= value <= _TOP for value in pcs):
        raise ValueError("a CIELab color has three values of 16 bits")
    lightness = pcs[0] / _TOP * 100
    a, b = (value / _TOP * 255 - 128 for value in pcs[1:])
    y = (lightness + 16) / 116
    xyz = _WHITE * [_cube(y + a / 500), _cube(y), _cube(y - b / 200)]
    linear = np.clip(_TO_SRGB @ xyz, 0, 1)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    red, green, blue = (round(float(value) * 255) for value in encoded)
    return red, green, blue


def _cube(value: float) -> float:
    return value**3 if value > 6 / 29 else 3 * (6 / 29) ** 2 * (value - 4 / 29)
