"""Lungs, heart and the great vessels of the made-up person."""

from __future__ import annotations

import numpy as np

from portal.demo.phantom.canvas import Plane, Triple, ramp
from portal.demo.phantom.tissue import Tissue
from portal.demo.phantom.tubes import tube

NODULE_CENTER: Triple = (-92.0, -34.0, 100.0)
NODULE_RADIUS = 6.0
# x and y of the top, its height, how far each dome of the diaphragm reaches to the side and from front to back.
DOMES = ((-62, -14, 206, 68, 88), (64, -12, 219, 66, 88), (6, -34, 226, 70, 70))
HEART_TURN = -38.0


def dome(plane: Plane) -> np.ndarray:
    """Return the height of the diaphragm at each pixel: lung above it, belly below."""
    floor = np.full(plane.x.shape, 400, np.float32)
    for x, y, top, wide, deep in DOMES:
        across, along = (plane.x - x) / wide, (plane.y - y) / deep
        size = across * across + along * along
        height = top + 55 * size * np.sqrt(size) + 20 * np.clip(along, 0, None)
        floor = np.minimum(floor, height)
    return floor


def draw_lungs(plane: Plane) -> None:
    """Paint both lungs, their fissures and the diaphragm below them."""
    floor, cage = dome(plane), plane.zones["cage"]
    plane.zones["belly"] = plane.zones["chest"] & (plane.level > floor + 2.5) & (cage > 4.5)
    lung = (cage > 5) & (plane.level < floor - 1) & ~_middle(plane)
    if plane.z < 70:
        lung &= plane.level > 5 + 22 * (((np.abs(plane.x) - 42) / 46) ** 2 + ((plane.y - 12) / 60) ** 2)
    plane.fill(lung, Tissue.LUNG)
    _fissures(plane, lung)
    edge = plane.zones["chest"] & (np.abs(plane.level - floor) < 1.6) & (cage < 60)
    plane.fill(edge & (plane.labels == Tissue.FAT), Tissue.MUSCLE)


def _middle(plane: Plane) -> np.ndarray:
    """Return the pixels between the lungs."""
    front, back = ramp(plane.z, (0, 22), (60, 7), (130, 4), (250, 8)), ramp(plane.z, (0, 24), (120, 14), (300, 14))
    wide = ramp(plane.z, (0, 32), (70, 31), (105, 27), (140, 24), (250, 20))
    shift = ramp(plane.z, (0, 0), (100, 3), (160, 6))
    depth = plane.y - 4
    edge = np.where(depth < 0, np.float32(front), np.float32(back))
    inside: np.ndarray = np.abs(plane.x - shift) < edge + (wide - edge) * np.exp(-((depth / 42) ** 2))
    return inside


def _fissures(plane: Plane, lung: np.ndarray) -> None:
    slope = plane.level - 118 + plane.y * 1.15
    plane.fill(lung & (np.abs(slope - plane.x * 0.06) < 0.75) & (np.abs(plane.x) > 34), Tissue.FISSURE)


def draw_heart(plane: Plane) -> None:
    """Paint the heart in its fat: muscle first, then the four chambers."""
    plane.blob(Tissue.FAT, (17, -25, 172), (67, 51, 56), HEART_TURN, plane.zones["chest"])
    plane.blob(Tissue.HEART, (36, -30, 182), (47, 30, 38), HEART_TURN)
    plane.blob(Tissue.HEART, (8, -44, 178), (41, 22, 38), HEART_TURN + 8)
    plane.blob(Tissue.VEIN, (6, -46, 176), (37.5, 19, 35), HEART_TURN + 8)
    plane.blob(Tissue.HEART, (30, -28, 182), (45, 25, 34), HEART_TURN)
    plane.blob(Tissue.BLOOD, (33, -28, 181), (35, 15.5, 26), HEART_TURN)
    plane.blob(Tissue.HEART, (47, -26, 190), (5, 3.5, 6))
    plane.blob(Tissue.HEART, (40, -39, 192), (4, 3, 6))
    plane.blob(Tissue.VEIN, (-30, -26, 172), (22, 26, 31), -20)
    plane.blob(Tissue.BLOOD, (6, 9, 152), (33, 18, 22), -8)
    plane.blob(Tissue.FAT, (52, -4, 156), (4, 3, 16))
    plane.blob(Tissue.FAT, (-12, -50, 160), (4.5, 5, 26), 20)


def draw_nodule(plane: Plane) -> None:
    """Paint the one finding of this study."""
    plane.blob(Tissue.NODULE, NODULE_CENTER, (NODULE_RADIUS,) * 3)


def draw_windpipe(volume: np.ndarray) -> None:
    """Paint windpipe, main bronchi and gullet."""
    tube(volume, Tissue.MUSCLE, [(7, 26, 0), (9, 31, 60), (6, 34, 130), (14, 33, 200), (26, 8, 236)], (5.5, 6.5))
    airways: list[tuple[list[Triple], tuple[float, float]]] = [
        ([(0, 8, -4), (0, 14, 50), (1, 20, 101)], (9.6, 9.0)),
        ([(0, 20, 99), (-18, 22, 110), (-40, 20, 126)], (8.0, 6.0)),
        ([(2, 20, 99), (22, 23, 114), (46, 24, 130)], (7.0, 5.5)),
        ([(-34, 20, 122), (-46, 26, 150), (-58, 34, 178)], (5.2, 3.0)),
        ([(42, 24, 128), (54, 32, 155), (64, 40, 180)], (5.0, 3.0)),
        ([(-22, 21, 110), (-42, 16, 100), (-58, 12, 84)], (5.0, 2.6)),
        ([(40, 23, 124), (52, 14, 108), (60, 8, 90)], (4.8, 2.6)),
        ([(-36, 20, 126), (-52, 4, 142), (-64, -14, 152)], (4.2, 2.4)),
    ]
    for knots, (start, end) in airways:
        tube(volume, Tissue.CARTILAGE, knots, (start, end))
    for knots, (start, end) in airways:
        tube(volume, Tissue.AIR, knots, (start - 1.5, end - 1.2))


def draw_great_vessels(volume: np.ndarray) -> None:
    """Paint veins, the pulmonary arteries and the aorta with its branches."""
    pipes: list[tuple[Tissue, list[Triple], tuple[float, float]]] = [
        (Tissue.VEIN, [(-24, -14, 40), (-27, -18, 90), (-28, -22, 150)], (8.5, 9.5)),
        (Tissue.VEIN, [(-30, -20, 0), (-30, -18, 20), (-25, -15, 44)], (6.5, 7.5)),
        (Tissue.VEIN, [(44, -22, 4), (30, -30, 34), (-4, -32, 48), (-24, -16, 58)], (6.0, 6.5)),
        (Tissue.VEIN, [(-20, 4, 196), (-20, 14, 222), (-19, 24, 290), (-17, 26, 356)], (11.5, 10.5)),
        (Tissue.VEIN, [(-9, 38, 300), (-10, 36, 120), (-12, 30, 86), (-24, -8, 82)], (2.2, 3.6)),
        (Tissue.VEIN, [(20, -46, 156), (22, -40, 132), (22, -26, 116)], (14.0, 13.0)),
        (Tissue.VEIN, [(22, -26, 116), (2, -4, 119), (-28, 2, 122), (-48, 6, 128)], (11.0, 8.0)),
        (Tissue.VEIN, [(22, -26, 114), (38, -4, 108), (50, 16, 114), (56, 28, 130)], (11.0, 7.5)),
        (Tissue.VEIN, [(-46, 6, 126), (-54, 18, 146), (-62, 28, 168)], (7.0, 4.5)),
        (Tissue.VEIN, [(55, 26, 126), (62, 34, 150), (68, 42, 172)], (7.0, 4.5)),
        (Tissue.BLOOD, [(-18, 8, 146), (-40, 12, 150), (-58, 14, 160)], (6.5, 4.0)),
        (Tissue.BLOOD, [(24, 10, 146), (46, 12, 142), (62, 10, 150)], (6.5, 4.0)),
        (Tissue.BLOOD, [(-14, 4, 142), (-36, 4, 136), (-54, -8, 128)], (6.0, 3.5)),
        (Tissue.BLOOD, [(24, 2, 142), (44, -4, 134), (60, -16, 124)], (6.0, 3.5)),
        (Tissue.BLOOD, [(10, -22, 164), (-6, -27, 134), (-10, -26, 96)], (14.0, 15.5)),
        (Tissue.BLOOD, [(-10, -26, 96), (-6, -16, 72), (12, 10, 66), (24, 34, 78), (26, 41, 104)], (15.0, 12.0)),
        (Tissue.BLOOD, [(26, 41, 100), (26, 42, 180), (18, 36, 250), (8, 29, 356)], (12.0, 10.0)),
        (Tissue.BLOOD, [(-8, -16, 70), (-12, -8, 40), (-20, 0, -4)], (6.5, 5.5)),
        (Tissue.BLOOD, [(6, -4, 64), (10, 0, 40), (15, 4, -4)], (4.6, 4.2)),
        (Tissue.BLOOD, [(18, 14, 64), (24, 12, 40), (36, 4, -4)], (5.2, 5.0)),
    ]
    for tissue, knots, radius in pipes:
        tube(volume, tissue, knots, radius)
    for side in (-1, 1):
        tube(volume, Tissue.BLOOD, [(side * 13, -76, 60), (side * 13, -86, 120), (side * 13, -88, 200)], (1.5, 1.3))


def draw_coronaries(volume: np.ndarray) -> None:
    """Paint the arteries in the heart's fat."""
    for knots in (
        [(6, -36, 150), (24, -46, 150), (40, -60, 168), (54, -62, 196)],
        [(8, -28, 150), (40, -8, 150), (56, -4, 164), (60, -6, 190)],
        [(-6, -40, 148), (-16, -56, 156), (-18, -58, 176), (-6, -44, 206)],
    ):
        tube(volume, Tissue.BLOOD, knots, (2.0, 1.2))
