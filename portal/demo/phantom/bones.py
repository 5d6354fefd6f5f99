"""The skeleton of the made-up person: spine plane by plane, everything that slants as tubes."""

from __future__ import annotations

import numpy as np

from portal.demo.phantom.canvas import Plane, ramp
from portal.demo.phantom.tissue import Tissue
from portal.demo.phantom.trunk import cage_axes
from portal.demo.phantom.tubes import balls, smooth_line, tube

VERTEBRA_MM, DISC_MM = 27.0, 5.0
RIB_COUNT = 12


def spine_y(z: float) -> float:
    """Return how far back the middle of the vertebral bodies lies at `z`."""
    return ramp(z, (0, 42), (60, 51), (150, 56), (250, 54), (360, 49))


def draw_spine(bent: Plane) -> None:
    """Paint one plane of the spine with the space around it."""
    plane = bent.calmer(0.2)
    y, phase = spine_y(plane.z), (plane.z - 4) % VERTEBRA_MM
    size = ramp(plane.z, (0, 0.84), (150, 0.98), (360, 1.2))
    plane.blob(Tissue.FAT, (0, y + 2, plane.z), (25 * size, 18 * size, 60))
    _ring(plane, y, size, is_open=phase > 15)
    if phase < VERTEBRA_MM - DISC_MM:
        edge = min(phase, VERTEBRA_MM - DISC_MM - phase)
        plane.blob(Tissue.CORTEX, (0, y, plane.z), (18 * size, 14 * size, 60))
        if edge > 1.3:
            plane.blob(Tissue.MARROW, (0, y, plane.z), (16.6 * size, 12.6 * size, 60))
        _processes(plane, y, size, phase)
    else:
        plane.blob(Tissue.DISC, (0, y, plane.z), (17.5 * size, 13.5 * size, 60))
    _canal(plane, y + 20 * size)


def _ring(plane: Plane, y: float, size: float, *, is_open: bool) -> None:
    center = (0.0, y + 20 * size, plane.z)
    plane.blob(Tissue.CORTEX, center, (15.5 * size, 13.5 * size, 60))
    plane.pair(Tissue.MARROW, (11.8 * size, y + 23 * size, plane.z), (2.2, 5.5, 60), -35)
    if is_open:
        plane.pair(Tissue.FAT, (14 * size, y + 14 * size, plane.z), (8, 7.5, 60))


def _processes(plane: Plane, y: float, size: float, phase: float) -> None:
    if phase < 17:
        back = y + 33 * size + phase * 0.3
        plane.blob(Tissue.CORTEX, (0, back, plane.z), (2.9, 9.5, 60))
        plane.blob(Tissue.MARROW, (0, back, plane.z), (1.5, 7.8, 60))
    if 2 < phase < 13:
        plane.pair(Tissue.CORTEX, (22 * size, y + 24 * size, plane.z), (12, 4.6, 60), 24)
        plane.pair(Tissue.MARROW, (22 * size, y + 24 * size, plane.z), (10.4, 3.0, 60), 24)
    plane.pair(Tissue.CORTEX, (11.5 * size, y + 29 * size, plane.z), (5, 4, 60), 30)


def _canal(plane: Plane, y: float) -> None:
    plane.blob(Tissue.FAT, (0, y, plane.z), (10.2, 9.2, 60))
    plane.blob(Tissue.CSF, (0, y - 0.5, plane.z), (9, 8, 60))
    plane.blob(Tissue.CORD, (0, y - 0.5, plane.z), (5.2, 4.2, 60))


def _around_cage(angle: float, z: float, outward: float = 0.0) -> tuple[float, float, float]:
    """Return the place on the ribs at `angle` (degrees from the spine, to the left) and height `z`."""
    width, depth, middle = cage_axes(z)
    side, along = np.sin(np.deg2rad(angle)), np.cos(np.deg2rad(angle))
    size = ((abs(side) / width) ** 2.5 + (abs(along) / depth) ** 2.5) ** -0.4 + outward
    return float(side * size), float(middle + along * size), z


def _bone(volume: np.ndarray, knots: list[tuple[float, float, float]], radius: float, flat: float) -> None:
    points = smooth_line(knots, 0.8)
    for tissue, part in ((Tissue.CORTEX, 1.0), (Tissue.MARROW, 0.62)):
        balls(volume, tissue, points, np.full(len(points), radius * part), flat=flat)


def draw_ribs(volume: np.ndarray) -> None:
    """Paint twelve pairs of ribs and the cartilage that joins them to the sternum."""
    for number in range(RIB_COUNT):
        top = 6 + number * VERTEBRA_MM
        end = np.interp(number, (0, 1, 6, 9, 10, 11), (138, 150, 140, 118, 92, 62))
        fall = np.interp(number, (0, 1, 3, 7, 11), (26, 44, 66, 78, 48))
        for side in (-1, 1):
            neck = (side * 19.0, spine_y(top) + 8, top)
            angles = np.linspace(16, end, 24)
            course = [_around_cage(a, top + 2 + fall * (a - 16) / (end - 16) * min(a / 70, 1)) for a in angles]
            knots = [neck, *((side * x, y, z) for x, y, z in course)]
            _bone(volume, knots, 3.3 if number else 4.2, 1.7)
            if number < 10:
                _cartilage(volume, knots[-1], side, number)


def _cartilage(volume: np.ndarray, start: tuple[float, float, float], side: int, number: int) -> None:
    height = min(48 + number * 21.0, 184.0)
    x, y, z = _around_cage(170, height)
    middle = _around_cage(158, (start[2] + height) / 2 + 6, 1.0)
    tube(
        volume,
        Tissue.CARTILAGE,
        [start, (side * middle[0], middle[1], middle[2]), (side * x, y, z)],
        (4.2, 4.2),
        flat=1.5,
    )


def draw_sternum(volume: np.ndarray) -> None:
    """Paint the breastbone: handle, body and tip."""
    for top, bottom, wide in ((36, 82, 20.0), (86, 186, 12.5)):
        for across in np.arange(-wide, wide + 1, 3.0):
            rim = 1.0 if abs(across) < wide - 4 else 0.8
            knots = [_middle(across, z) for z in (top, (top + bottom) / 2, bottom)]
            tube(volume, Tissue.CORTEX, knots, (5.6 * rim, 5.2 * rim))
        for across in np.arange(-wide + 4, wide - 3, 3.0):
            tube(volume, Tissue.MARROW, [_middle(across, z) for z in (top + 4, bottom - 4)], (3.7, 3.5))
    tube(volume, Tissue.CARTILAGE, [_middle(0, 188), _middle(0, 214)], (5, 3))


def _middle(across: float, z: float) -> tuple[float, float, float]:
    _, depth, middle = cage_axes(z)
    return across, middle - depth - 0.5 + abs(across) * 0.1, z


def draw_shoulders(volume: np.ndarray) -> None:
    """Paint collar bones, shoulder blades and the heads of the raised arms."""
    for side in (-1, 1):
        _bone(
            volume, [(side * 17, -58, 40), (side * 48, -58, 30), (side * 92, -44, 14), (side * 132, -12, 4)], 5.6, 1.0
        )
        for height in np.arange(18, 152, 1.2):
            _blade(volume, side, float(height))
        spine = [(side * x, y, z) for x, y, z in (_around_cage(a, 44 - (a - 34) * 0.7, 27) for a in (34, 50, 66, 80))]
        _bone(volume, spine, 4.4, 1.3)
        balls(volume, Tissue.CORTEX, np.array([(side * 147.0, 8.0, 2.0)]), np.array([20.0]))
        balls(volume, Tissue.MARROW, np.array([(side * 147.0, 8.0, 2.0)]), np.array([18.2]))
        _bone(volume, [(side * 123, 20, 6), (side * 121, 22, 30)], 8.0, 1.0)


def _blade(volume: np.ndarray, side: int, z: float) -> None:
    """Paint a shoulder blade's thin sheet at one height, thicker at its outer border."""
    inner, outer = np.interp(z, (18, 70, 152), (34, 30, 46)), np.interp(z, (18, 60, 152), (80, 72, 50))
    angles = np.arange(inner, outer, 0.6)
    points = np.array([_around_cage(a, z, 16 + 4 * np.sin(np.deg2rad((a - inner) * 2.4))) for a in angles])
    points[:, 0] *= side
    radii = np.interp(angles, (inner, inner + 3, outer - 6, outer), (1.9, 1.4, 1.4, 4.4))
    balls(volume, Tissue.CORTEX, points, radii)
    balls(volume, Tissue.MARROW, points[radii > 2.6], radii[radii > 2.6] - 1.5)
