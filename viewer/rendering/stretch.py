"""Lines between lines: linear interpolation that mixes nothing into the picture that is none."""

from __future__ import annotations

import numpy as np

from viewer.rendering.padding import Range, is_padding


def stretched(lines: np.ndarray, stretch: float, count: int, padding: Range | None) -> np.ndarray:
    """Return `count` lines, `stretch` of them for each step between `lines` (count, width), interpolated linearly.

    Values are rounded to whole numbers of the same type. Where one of two neighbors is padding, so is what is between.
    """
    if stretch == 1 and count == len(lines):
        return lines
    at = np.minimum(np.arange(count) / stretch, len(lines) - 1)
    low = np.minimum(at.astype(np.int64), len(lines) - 2)
    share = (at - low).astype(np.float32)[:, np.newaxis]
    one, other = lines[low], lines[low + 1]
    between = one + (other.astype(np.float32) - one) * share
    made: np.ndarray = np.rint(between).astype(lines.dtype)
    if padding is None:
        return made
    is_one, is_other = is_padding(one, padding) & (share < 1), is_padding(other, padding) & (share > 0)
    return np.where(is_one | is_other, padding[0], made).astype(lines.dtype)
