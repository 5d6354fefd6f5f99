"""What is calculated from series and what leaves the viewer: planes of volumes, GIF and MP4."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st
from PIL import Image
from pydicom import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.upstream.sanitize import Sanitizer, json_of
from tests.fuzz.spoil import spoiled
from tests.hostile import HITS, PIXELS, hurt
from tests.synthetic import ct_slice
from viewer import metadata, movies
from viewer.labels import label_of
from viewer.manifest import SeriesEntry
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.reformats import NAMES
from viewer.rendering import CannotRender
from viewer.rendering.av1 import encode_scene
from viewer.rendering.cine import encode_gif
from viewer.rendering.cut import Cut
from viewer.rendering.label import canvas_of, labeled
from viewer.rendering.mp4 import write_mp4
from viewer.rendering.padding import padding_of
from viewer.rendering.scene import read_scene

Hits = list[tuple[int, Any]]
_SLICES = [ct_slice("P", 96, 1, number, size=16) for number in range(1, 7)]
_SIDES = st.integers(1, 64)


def _shown(width: int, height: int) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height))


_SCENE = encode_scene([_shown(64, 64), _shown(64, 64)])


def slices() -> st.SearchStrategy[list[Hits]]:
    """Return what is hit of each slice of a volume, of most of them nothing; or the same of all of them."""
    each = st.lists(st.one_of(st.just([]), st.just([]), HITS), min_size=len(_SLICES), max_size=len(_SLICES))
    return st.one_of(each, HITS.map(lambda hits: [hits] * len(_SLICES)))


def cut_volume(case: list[Hits]) -> None:
    """Make the first and the last frame of every plane and projection of a volume."""
    headers = [hurt(header, hits) for header, hits in zip(_SLICES, case, strict=True)]
    for entry in _listed(headers):
        if entry.volume is None or entry.volume.lattice.shape[1:] != PIXELS.shape:
            continue
        for name in NAMES:
            made = entry.calculated(name)
            if made is not None:
                _cut(made, headers[0])


def _listed(headers: list[Dataset]) -> list[SeriesEntry]:
    sanitizer = Sanitizer()
    try:
        told = [sanitizer.item(json_of(header, ExplicitVRLittleEndian)) for header in headers]
        return list(metadata.build("key", told).images)
    except PacsIncomplete:
        return []


def _cut(made: SeriesEntry, header: Dataset) -> None:
    grid = made.grid
    numbers = sorted({1, grid.frame_count})
    try:
        cut = Cut(grid, numbers, padding_of(header))
    except CannotRender:
        return
    for index in filter(cut.wants, range(grid.lattice.shape[0])):
        cut.add(index, PIXELS)
    assert all(cut.frame(number).shape == grid.size for number in numbers)


def films() -> st.SearchStrategy[tuple[list[Hits], list[tuple[int, int]]]]:
    """Return what is hit of a series, and the sizes of its pictures."""
    return st.tuples(slices(), st.lists(st.tuples(_SIDES, _SIDES), min_size=2, max_size=4))


def save_film(case: tuple[list[Hits], list[tuple[int, int]]]) -> None:
    """Save a series as a GIF and as an MP4, each picture with its words."""
    for entry in _listed([hurt(header, hits) for header, hits in zip(_SLICES, case[0], strict=True)]):
        _save(entry, case[1])


def _save(entry: SeriesEntry, sizes: list[tuple[int, int]]) -> None:
    canvas, shown = canvas_of(sizes), []
    for number, (width, height) in enumerate(sizes, 1):
        buffer = io.BytesIO()
        _shown(width, height).save(buffer, "PNG")
        picture = Picture(buffer.getvalue(), "image/png", width, height)
        shown.append(labeled(picture.data, label_of(entry, number, picture, FrameParams()), canvas))
    milliseconds = 1000 / movies.rate_of(entry)
    gif = Image.open(io.BytesIO(encode_gif(shown, milliseconds)))
    assert gif.size == canvas
    assert len(movies.spread(entry.frame_count)) <= 200
    assert np.isfinite(milliseconds)
    assert write_mp4([read_scene(_SCENE)], *canvas, milliseconds).startswith(b"\0\0\0")


def scenes() -> st.SearchStrategy[bytes]:
    """Return spoiled scenes of a video."""
    return spoiled(_SCENE)


def splice_scene(data: bytes) -> None:
    """Put a scene into a video."""
    with contextlib.suppress(ValueError):
        scene = read_scene(data)
        assert sum(map(len, scene.samples)) <= len(data)
        assert len(write_mp4([scene], 64, 64, 40.0)) < 2 * len(data) + 4096


EXPORTED: list[tuple[Callable[[], st.SearchStrategy[Any]], Callable[..., None]]] = [
    (slices, cut_volume),
    (films, save_film),
    (scenes, splice_scene),
]
