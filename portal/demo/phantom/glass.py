"""A made-up piece of tissue on glass, stained pink and purple, as a picture: the same one in every run."""

from __future__ import annotations

import numpy as np
from PIL import Image

COLUMNS, ROWS = 4096, 3072
# Colors of the glass, of tissue that is thin and thick, and of nuclei.
GLASS, THIN, THICK, NUCLEUS = (255, 255, 255), (240, 196, 218), (205, 118, 166), (88, 58, 138)
_NUCLEI, _RADII = 9000, (6, 8, 10)


def draw() -> np.ndarray:
    """Return the picture (rows, columns, 3), 8 bits; what is no tissue is the color of the glass."""
    chance = np.random.default_rng(20240806)
    tissue = _outline(chance)
    depth = _cloud(chance, 24, 160) // 2 + _cloud(chance, 12, 14) // 2
    picture = np.empty((ROWS, COLUMNS, 3), np.uint8)
    for band, (thin, thick, glass) in enumerate(zip(THIN, THICK, GLASS, strict=True)):
        shades = np.linspace(thin, thick, 256).astype(np.uint8)
        picture[:, :, band] = np.where(tissue, shades[depth], glass)
    _add_nuclei(picture, tissue, depth, chance)
    return picture


def _cloud(chance: np.random.Generator, wide: int, high: int) -> np.ndarray:
    """Return smooth noise 0..255 (rows, columns) with blots of that size in pixels: long ones are fibers."""
    grid = chance.integers(0, 256, (ROWS // high + 2, COLUMNS // wide + 2), np.uint8)
    return np.asarray(Image.fromarray(grid).resize((COLUMNS, ROWS), Image.Resampling.BICUBIC))


def _outline(chance: np.random.Generator) -> np.ndarray:
    """Return where tissue is (rows, columns): a long piece with an uneven edge."""
    y, x = np.ogrid[-1 : 1 : ROWS * 1j, -1 : 1 : COLUMNS * 1j]
    edge = _cloud(chance, 300, 300).astype(np.float32) / 255 - 0.5
    inside: np.ndarray = (x / 0.85) ** 2 + ((y - 0.3 * x) / 0.6) ** 2 + 0.5 * edge < 1
    return inside


def _add_nuclei(picture: np.ndarray, tissue: np.ndarray, depth: np.ndarray, chance: np.random.Generator) -> None:
    stains = [_disc(radius) for radius in _RADII]
    for x, y, kind in zip(
        chance.integers(16, COLUMNS - 32, _NUCLEI),
        chance.integers(16, ROWS - 32, _NUCLEI),
        chance.integers(0, len(stains), _NUCLEI),
        strict=True,
    ):
        stain = stains[kind]
        if tissue[y, x] and depth[y, x] > 90:
            part = picture[y : y + stain.shape[0], x : x + stain.shape[1]]
            part[:] = (part * (1 - stain) + np.array(NUCLEUS) * stain).astype(np.uint8)


def _disc(radius: int) -> np.ndarray:
    """Return how much of each pixel a nucleus stains (rows, columns, 1), from 0 to 1."""
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    stained: np.ndarray = np.clip(radius - np.hypot(x, y * 1.3), 0, 2)[:, :, None] / 2 * 0.85
    return stained
