"""Branching vessels: those of the lungs and of the liver."""

from __future__ import annotations

import numpy as np

from portal.demo.phantom.canvas import SEED
from portal.demo.phantom.tissue import Tissue
from portal.demo.phantom.tubes import balls, tube

GENERATIONS = 7
_SHORTER, _THINNER = 0.80, 0.80


def _branch(random: np.random.Generator, start: np.ndarray, way: np.ndarray, length: float) -> np.ndarray:
    """Return the points of one branch, shape (points, 3)."""
    steps = np.linspace(0, 1, max(int(length / 0.9), 3))[:, None]
    bend = random.normal(0, 0.10 * length, 3)
    points: np.ndarray = start + way * length * steps + bend * np.sin(np.pi * steps / 2) ** 2
    return points


def _grow(
    random: np.random.Generator, start: np.ndarray, way: np.ndarray, length: float, radius: float, spread: float
) -> list[tuple[np.ndarray, float]]:
    """Return every branch of a tree as (points, radius), forking in two each generation."""
    tips, found = [(start, way, length, radius)], []
    for _ in range(GENERATIONS):
        grown = []
        for origin, direction, long, thick in tips:
            points = _branch(random, origin, direction, long)
            found.append((points, thick))
            for share in (1.0, 0.86):
                turned = direction + random.normal(0, spread, 3)
                grown.append((points[-1], turned / np.linalg.norm(turned), long * _SHORTER, thick * _THINNER * share))
        tips = grown
    return found


def _draw(volume: np.ndarray, tree: list[tuple[np.ndarray, float]], tissue: Tissue, over: Tissue) -> None:
    for low, high in ((0.0, 0.9), (0.9, 1.6), (1.6, 9.0)):
        part = [(points, radius) for points, radius in tree if low <= radius < high]
        if part:
            points = np.concatenate([points for points, _ in part])
            radii = np.concatenate([np.full(len(points), radius) for points, radius in part])
            balls(volume, tissue, points, np.clip(radii, 0.66, None), over=over, flat=1.2)


def draw_lung_vessels(volume: np.ndarray) -> None:
    """Paint arteries and veins that fan out from each hilum through the lung to its border."""
    random = np.random.default_rng(SEED + 10)
    for side in (-1, 1):
        for _ in range(28):
            way = np.array([side * random.uniform(0.25, 1), random.normal(0, 0.75), random.uniform(-1.2, 1.2)])
            start = np.array([side * random.uniform(44, 54), random.uniform(0, 22), random.uniform(108, 148)])
            tree = _grow(random, start, way / np.linalg.norm(way), 27, 3.3, 0.36)
            _draw(volume, tree, Tissue.VESSEL, Tissue.LUNG)


def draw_liver_vessels(volume: np.ndarray) -> None:
    """Paint the portal vein, the hepatic veins and their branches inside the liver."""
    random = np.random.default_rng(SEED + 11)
    tube(volume, Tissue.VEIN, [(8, 2, 306), (-12, -2, 290), (-32, -4, 276)], (7.0, 6.5))
    for start, ways in (
        ((-30.0, -4.0, 276.0), ((-1, 0.1, -0.15), (-0.9, -0.5, 0.3), (0.35, -0.9, -0.3), (-0.8, 0.6, 0.3))),
        ((-20.0, 12.0, 228.0), ((-0.95, 0.15, 0.3), (-0.6, -0.75, 0.3), (0.25, -0.95, 0.2), (-0.8, -0.3, 0.55))),
    ):
        for way in ways:
            direction = np.array(way) / np.linalg.norm(way)
            _draw(volume, _grow(random, np.array(start), direction, 34, 4.6, 0.30), Tissue.VEIN, Tissue.LIVER)
