"""The whole made-up person as a volume of tissue."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from portal.demo.phantom import belly, bones, chest, trees, trunk
from portal.demo.phantom.canvas import SIZE, SLICES, plane_of
from portal.demo.phantom.tissue import Tissue

Progress = Callable[[str], None]
_drawn: list[np.ndarray] = []


def labels(progress: Progress = lambda line: None) -> np.ndarray:
    """Return the anatomy, shape (SLICES, SIZE, SIZE), one Tissue (uint8) for each voxel, top first; drawn once."""
    if not _drawn:
        _drawn.append(_draw(progress))
    return _drawn[0]


def _draw(progress: Progress) -> np.ndarray:
    volume = np.full((SLICES, SIZE, SIZE), Tissue.AIR, np.uint8)
    with ThreadPoolExecutor() as pool:
        for done, _ in enumerate(pool.map(partial(_draw_plane, volume), range(SLICES)), start=1):
            if done % (SLICES // 4) == 0:
                progress(f"  {done} of {SLICES} slices drawn")
    for draw in (
        belly.draw_gut,
        chest.draw_great_vessels,
        chest.draw_coronaries,
        chest.draw_windpipe,
        trees.draw_lung_vessels,
        trees.draw_liver_vessels,
        bones.draw_shoulders,
        bones.draw_sternum,
        bones.draw_ribs,
        trunk.draw_couch,
    ):
        draw(volume)
    return volume


def _draw_plane(volume: np.ndarray, index: int) -> None:
    plane = plane_of(volume, index)
    trunk.draw_trunk(plane)
    chest.draw_lungs(plane)
    chest.draw_heart(plane)
    belly.draw_belly(plane)
    bones.draw_spine(plane)
    chest.draw_nodule(plane)
