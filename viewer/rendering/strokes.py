"""Lines that compound graphics are made of: without an end, with a gap, with a head."""

from __future__ import annotations

import numpy as np


def extended(points: np.ndarray, middle: np.ndarray, reach: float) -> np.ndarray:
    """Return the line (2, 2) through two points, as far as `reach` on both sides of where it is nearest to `middle`."""
    along = points[1] - points[0]
    length = float(np.hypot(*along))
    if length == 0:
        return points
    way = along / length
    nearest = points[0] + way * float(np.dot(middle - points[0], way))
    return np.array([nearest - way * reach, nearest + way * reach])


def pierced(line: np.ndarray, center: np.ndarray, gap: float) -> list[np.ndarray]:
    """Return what is left of a line (2, 2) outside a circle of diameter `gap`."""
    along = line[1] - line[0]
    length = float(np.hypot(*along))
    if length == 0 or gap <= 0:
        return [line]
    way = along / length
    at = float(np.dot(center - line[0], way))
    aside = float(np.hypot(*(center - line[0] - way * at)))
    if aside >= gap / 2:
        return [line]
    half = float(np.sqrt((gap / 2) ** 2 - aside**2))
    ends = [(0.0, min(at - half, length)), (max(at + half, 0.0), length)]
    return [line[0] + np.outer(part, way) for part in ends if part[0] < part[1]]


def pointed(tail: np.ndarray, tip: np.ndarray) -> list[np.ndarray]:
    """Return the shaft (2, 2) and the head (3, 2) of an arrow."""
    back = (tail - tip) / 3
    aside = np.array([-back[1], back[0]]) / 2
    return [np.array([tail, tip]), np.array([tip + back + aside, tip, tip + back - aside])]
