"""The outside of the made-up person: skin, fat, the muscles of the wall, the couch below."""

from __future__ import annotations

import numpy as np

from portal.demo.phantom.canvas import Plane, line_of_pixels, ramp
from portal.demo.phantom.tissue import Tissue

COUCH_MM = 116.0


def cage_axes(z: float) -> tuple[float, float, float]:
    """Return half the width and half the depth of the rib cage at `z`, and where its middle lies from front to back."""
    width = ramp(z, (-20, 40), (0, 62), (20, 84), (60, 108), (130, 127), (220, 133), (360, 124))
    depth = ramp(z, (-20, 40), (0, 47), (40, 60), (90, 75), (150, 84), (220, 87), (360, 78))
    return width, depth, ramp(z, (0, 16), (60, 4), (130, -3), (360, -4))


def _body_axes(z: float) -> tuple[float, float, float]:
    width = ramp(z, (0, 171), (50, 167), (110, 160), (200, 155), (300, 147), (360, 146))
    front = ramp(z, (0, 58), (25, 74), (60, 92), (110, 107), (170, 112), (230, 109), (360, 107))
    return width, front, ramp(z, (0, 99), (60, 109), (200, 108), (360, 103))


def outline(x: np.ndarray, y: np.ndarray, width: float, depth: float | np.ndarray) -> np.ndarray:
    """Return how many mm each pixel lies inside a rounded box, negative outside."""
    across, along = np.abs(x) / width, np.abs(y) / depth
    size = np.exp(0.4 * np.log(across * across * np.sqrt(across) + along * along * np.sqrt(along) + 1e-6))
    inside: np.ndarray = np.sqrt(x * x + y * y) * (1 / size - 1)
    return inside


def draw_trunk(bent: Plane) -> None:
    """Paint skin, fat and muscles, and note how deep each pixel lies below the skin and inside the ribs."""
    plane = bent.calmer(0.5)
    width, front, back = _body_axes(plane.z)
    below_skin = outline(plane.x, plane.y, width, np.where(plane.y > 0, np.float32(back), np.float32(front)))
    cage_width, cage_depth, middle = cage_axes(plane.z)
    inside = outline(plane.x, plane.y - middle, cage_width, cage_depth)
    bent.zones |= {"cage": inside, "chest": inside > 3.5}
    plane.fill(below_skin > 0, Tissue.SKIN)
    plane.fill(below_skin > 1.9, Tissue.FAT)
    deep = below_skin > 6.5
    _chest_muscles(plane, deep, inside)
    _belly_muscles(plane, deep, inside)
    _shoulder(plane, below_skin, inside)
    _back_muscles(plane, below_skin)
    plane.fill((np.abs(inside) < 3.2) & (below_skin > 8), Tissue.MUSCLE)
    plane.fill(inside > 3.2, Tissue.FAT)
    if plane.z < 40:
        _neck(plane)


def _fade(distance: np.ndarray, over: float) -> np.ndarray:
    """Return 0 where `distance` is below 0, 1 where it is above `over`, rounded between."""
    part = np.clip(distance / over, 0, 1)
    faded: np.ndarray = np.sqrt(part * (2 - part))
    return faded


def _chest_muscles(plane: Plane, deep: np.ndarray, inside: np.ndarray) -> None:
    """Paint the sheets that follow the ribs, with fat between them."""
    y, z, side = plane.y, plane.z, np.abs(plane.x)
    chest = ramp(z, (0, 6), (40, 15), (110, 14), (165, 0)) * _fade(-14 - y, 40) * _fade(side - 8, 22)
    plane.fill(deep & (inside < -4.2) & (inside > -4.2 - chest), Tissue.MUSCLE)
    plane.fill((chest > 9) & (np.abs(inside + 8.4) < 0.8) & (side < 92), Tissue.FAT)
    wide = ramp(z, (20, 20), (70, 17), (200, 8), (260, 0)) * _fade(y - 2, 34) * _fade(side - 62, 40)
    plane.fill(deep & (inside < -6) & (inside > -6 - wide), Tissue.MUSCLE)
    plane.fill((wide > 8) & (np.abs(inside + 9.5) < 0.7), Tissue.FAT)
    saw = ramp(z, (60, 0), (90, 6), (230, 5), (270, 0)) * _fade(46 - y, 20) * _fade(y + 50, 20)
    plane.fill(deep & (inside < -3) & (inside > -3 - saw), Tissue.MUSCLE)


def _belly_muscles(plane: Plane, deep: np.ndarray, inside: np.ndarray) -> None:
    if plane.z < 200:
        return
    side = np.abs(plane.x)
    thick = ramp(plane.z, (205, 0), (240, 8.5), (360, 9.5)) * _fade(48 - plane.y, 30) * _fade(side - 2.5, 5)
    flank = deep & (inside < -3) & (inside > -3 - thick)
    plane.fill(flank, Tissue.MUSCLE)
    plane.fill(flank & (thick > 6) & (side > 66) & (np.abs(inside + 6.4) < 0.6), Tissue.FAT)


def _shoulder(plane: Plane, below_skin: np.ndarray, inside: np.ndarray) -> None:
    if plane.z > 75:
        return
    cover = ramp(plane.z, (0, 8), (50, 13), (75, 40))
    start = ramp(plane.z, (0, 40), (30, 58), (75, 96)) + np.abs(plane.y) * 0.12
    meat = (below_skin > cover) & (inside < -5) & (np.abs(plane.x) > start + plane.noise * 1.5)
    plane.fill(meat, Tissue.MUSCLE)
    plane.fill(meat & (np.abs(plane.noise) < 0.07), Tissue.FAT)
    plane.fill(meat & (np.abs(inside + 22 + 0.1 * np.abs(plane.x)) < 1.4), Tissue.FAT)


def _neck(plane: Plane) -> None:
    z = plane.z
    plane.pair(Tissue.MUSCLE, (26, 32, 0), (14, 20, 34), 24)
    plane.pair(Tissue.MUSCLE, (40, -18, -2), (20, 9, 24), -24)
    plane.pair(Tissue.MUSCLE, (13, -30, 0), (11, 4.5, 34), 12)
    plane.pair(Tissue.MUSCLE, (48, 14, 0), (10, 15, 22), 20)
    plane.pair(Tissue.VEIN, (17, 4, -6), (9, 13, 20), 14)
    plane.blob(Tissue.MUSCLE, (0, 26, z), (20, 6, 60))


def _back_muscles(plane: Plane, below_skin: np.ndarray) -> None:
    side = np.abs(plane.x)
    sheet = ramp(plane.z, (0, 12), (120, 8), (190, 0)) * _fade(96 - side, 30) * _fade(plane.y - 40, 20)
    plane.fill((below_skin > 7.5) & (below_skin < 7.5 + sheet), Tissue.MUSCLE)
    size = ramp(plane.z, (0, 0.75), (150, 0.85), (300, 1.15))
    plane.pair(Tissue.MUSCLE, (23, 87, plane.z), (19 * size, 11.5 * size, 50), 12)
    plane.pair(Tissue.FAT, (29, 86, plane.z), (0.9, 10 * size, 50), 24)


def draw_couch(volume: np.ndarray) -> None:
    """Paint the scanner's couch below every plane: a thin curved shell around foam."""
    line = line_of_pixels()
    bow = (line / 179)[None, :] ** 2
    depth = line[:, None] - COUCH_MM + 16 * bow
    thick = 34 - 22 * bow
    couch = np.full(depth.shape, Tissue.AIR, np.uint8)
    couch[(depth > 0) & (depth < thick)] = Tissue.FOAM
    couch[(np.abs(depth - 1) < 1.1) | (np.abs(depth - thick + 1) < 1.3)] = Tissue.TABLE
    np.copyto(volume, couch, where=volume == Tissue.AIR)
