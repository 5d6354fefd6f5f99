"""Graphic types as lines of points (PS3.3 C.10.5.1.2)."""

from __future__ import annotations

import numpy as np

_STEPS, _BETWEEN = 96, 12
SPLINE_POINTS_MOST = 2000


def outline(kind: str, points: np.ndarray) -> np.ndarray:
    """Return the line (count, 2) of a POLYLINE, INTERPOLATED, CIRCLE or ELLIPSE, given in pixels of the picture."""
    if kind == "CIRCLE":
        center, radius = points[0], float(np.hypot(*(points[1] - points[0])))
        return _around(center, np.array([radius, 0.0]), np.array([0.0, radius]))
    if kind == "ELLIPSE":
        # The ends of the major axis, then those of the minor one.
        return _around(points[:2].mean(axis=0), (points[1] - points[0]) / 2, (points[3] - points[2]) / 2)
    return _spline(points) if kind == "INTERPOLATED" and len(points) <= SPLINE_POINTS_MOST else points


def _around(center: np.ndarray, major: np.ndarray, minor: np.ndarray) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, _STEPS + 1)[:, np.newaxis]
    line: np.ndarray = center + np.cos(angles) * major + np.sin(angles) * minor
    return line


def _spline(points: np.ndarray) -> np.ndarray:
    """Return a smooth line through all points (Catmull-Rom), closed where the last one is the first."""
    is_closed = len(points) > 2 and np.array_equal(points[0], points[-1])
    before, after = (points[-2], points[1]) if is_closed else (points[0], points[-1])
    p = np.vstack([before, points, after])
    t = np.linspace(0, 1, _BETWEEN, endpoint=False)[np.newaxis, :, np.newaxis]
    a, b, c, d = (p[first : len(p) - 3 + first, np.newaxis] for first in range(4))
    line = 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
    return np.vstack([line.reshape(-1, 2), points[-1:]])
