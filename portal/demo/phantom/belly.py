"""The upper abdomen of the made-up person."""

from __future__ import annotations

import numpy as np

from portal.demo.phantom.canvas import ROWS, SEED, Plane, Triple, line_of_pixels
from portal.demo.phantom.tissue import Tissue
from portal.demo.phantom.tubes import balls, smooth_line, tube

_LOOPS = ((34, -22, 328), (66, -2, 322), (16, -40, 340), (76, -26, 334), (48, 8, 338), (30, -50, 346), (84, 10, 344))


def draw_belly(plane: Plane) -> None:
    """Paint the solid organs and the stomach of one plane."""
    if plane.z < 190:
        return
    belly = plane.zones["belly"]
    _liver(plane, belly)
    _spleen(plane, belly)
    _kidneys(plane)
    _stomach(plane, belly)
    plane.blob(Tissue.BOWEL, (-40, -40, 318), (15.5, 21.5, 26.5), 20)
    plane.blob(Tissue.BILE, (-40, -40, 318), (14, 20, 25), 20)
    plane.pair(Tissue.MUSCLE, (36, 58, 372), (15, 17, 52), 20)


def _liver(plane: Plane, belly: np.ndarray) -> None:
    x, y, level = plane.x, plane.y, plane.level
    bottom = np.where(x < -20, 356 + (x + 20) * 0.06, 340 - (x + 20) * 0.95) - np.clip(y + 4, 0, None) * 0.34
    left_lobe = y < -8 - (x + 8) * 0.30 - np.clip(x, 0, None) * 0.2
    near_kidney = ((x + 58) / 31) ** 2 + ((y - 48) / 35) ** 2 + ((level - 330) / 62) ** 2 > 1
    spine = (x * x) / 34**2 + (y - 46) ** 2 / 40**2 > 1
    liver = belly & (level < bottom) & (x < 66) & (left_lobe | (x + 0.3 * y < -14)) & near_kidney & spine
    plane.fill(liver, Tissue.LIVER)
    plane.fill(liver & (np.abs(x + 3 + y * 0.12) < 1.6) & (y < -34) & (level > 285), Tissue.FAT)


def _spleen(plane: Plane, belly: np.ndarray) -> None:
    x, y, z = plane.x - 92, plane.y - 32, plane.level - 268
    body = (x / 36) ** 2 + (y / 48) ** 2 + (z / 47) ** 2 < 1
    hollow = ((plane.x - 62) / 28) ** 2 + ((plane.y - 8) / 42) ** 2 < 1
    plane.fill(belly & body & ~hollow, Tissue.SPLEEN)


def _stomach(plane: Plane, belly: np.ndarray) -> None:
    for less, tissue in ((0.0, Tissue.BOWEL), (3.8, Tissue.FLUID)):
        plane.blob(tissue, (54, -16, 272), (38 - less, 34 - less, 46 - less), 20, belly)
        plane.blob(tissue, (28, -38, 308), (42 - less, 19 - less, 24 - less), 30, belly)
    inside = plane.labels == Tissue.FLUID
    plane.fill(inside & (plane.noise > 1.4) & (plane.y > -20), Tissue.BOWEL)
    # Who lies on the back has the gas in front, above a level surface.
    plane.fill(inside & (line_of_pixels()[ROWS, None] < -33), Tissue.AIR)


def _kidneys(plane: Plane) -> None:
    for side, top in ((-1, 330.0), (1, 318.0)):
        center = (side * 58.0, 46.0, top)
        plane.blob(Tissue.KIDNEY, center, (26, 30, 55), side * -28)
        plane.blob(Tissue.MEDULLA, center, (17, 21, 44), side * -28)
        columns = (plane.labels == Tissue.MEDULLA) & (plane.noise > 0.35)
        plane.fill(columns, Tissue.KIDNEY)
        plane.blob(Tissue.FAT, (side * 48.0, 40.0, top), (14, 11, 27), side * -28)
        plane.blob(Tissue.FLUID, (side * 46.0, 41.0, top + 6), (6, 4, 12), side * -28)


def draw_gut(volume: np.ndarray) -> None:
    """Paint pancreas, bowel and the vessels of the belly."""
    random = np.random.default_rng(SEED + 20)
    pancreas = smooth_line([(-30, 2, 322), (-12, -14, 310), (10, -14, 300), (38, 6, 292), (74, 22, 286)], 2.0)
    lumps = np.linspace(10, 6.5, len(pancreas)) + random.normal(0, 1.3, len(pancreas))
    balls(volume, Tissue.PANCREAS, pancreas + random.normal(0, 1.2, pancreas.shape), lumps, over=Tissue.FAT)
    _colon(volume, random)
    for start in _LOOPS:
        _loop(volume, random, start)
    pipes: list[tuple[Tissue, list[Triple], tuple[float, float]]] = [
        (Tissue.VEIN, [(78, 26, 284), (40, 12, 296), (6, 2, 306)], (3.4, 4.6)),
        (Tissue.VEIN, [(-20, 24, 322), (-44, 42, 330)], (4.2, 3.4)),
        (Tissue.VEIN, [(-18, 22, 316), (10, 12, 314), (46, 38, 318)], (4.6, 3.4)),
        (Tissue.BLOOD, [(12, 30, 280), (8, 12, 276), (-14, 2, 280)], (4.0, 2.6)),
        (Tissue.BLOOD, [(10, 28, 296), (8, 8, 312), (8, 2, 356)], (4.0, 3.6)),
        (Tissue.VEIN, [(2, 2, 308), (-4, -4, 330), (-4, -6, 356)], (5.0, 5.0)),
    ]
    for tissue, knots, radius in pipes:
        tube(volume, tissue, knots, radius)
    for side in (-1, 1):
        tube(volume, Tissue.MUSCLE, [(side * 9, 26, 236), (side * 14, 36, 290), (side * 15, 44, 352)], (5.5, 3.5))
        tube(volume, Tissue.MUSCLE, [(side * 30, 20, 284), (side * 34, 34, 300)], (2.4, 1.8), over=Tissue.FAT)


def _colon(volume: np.ndarray, random: np.random.Generator) -> None:
    knots: list[Triple] = [
        (-88, -22, 356),
        (-78, -44, 340),
        (-30, -66, 338),
        (30, -68, 330),
        (78, -36, 300),
        (98, -6, 318),
        (102, 14, 356),
    ]
    course = smooth_line(knots, 1.5)
    bulge = 14 + 2.5 * np.abs(np.sin(np.arange(len(course)) * 1.5 * np.pi / 30)) + random.normal(0, 0.2, len(course))
    balls(volume, Tissue.BOWEL, course, bulge)
    balls(volume, Tissue.STOOL, course, bulge - 2.2)
    bubbles = course - np.array([0.0, 4.5, 0.0])
    full = np.sin(np.arange(len(course)) / 22) > -0.35
    balls(volume, Tissue.AIR, bubbles[full], bulge[full] - 7.2)


def _loop(volume: np.ndarray, random: np.random.Generator, start: Triple) -> None:
    ways = random.normal(0, 17, (9, 3)) * (1, 0.8, 0.6)
    knots: list[Triple] = [(start[0] + x, start[1] + y, start[2] + z) for x, y, z in ways.tolist()]
    tube(volume, Tissue.BOWEL, knots, (9.5, 9.5), over=Tissue.FAT)
    course = smooth_line(knots, 2.0)
    inner = 5.2 + random.normal(0, 1.2, len(course))
    balls(volume, Tissue.FLUID, course, np.clip(inner, 2, None), over=Tissue.BOWEL)
