"""The slices of volumes, gathered by a worker a few at a time and kept for all its children."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.refs import FrameRef
from pacs_gateway.upstream.part10 import PARSE_ERRORS
from viewer import ahead, series_window, sources
from viewer.arena import Arena
from viewer.calculated import volume_key
from viewer.headers import from_bytes, to_bytes
from viewer.manifest import SeriesEntry
from viewer.rendering import CannotRender, DecodedFrame, Reason
from viewer.rendering.lattice import Slice
from viewer.rendering.modality import modality_of
from viewer.rendering.placement import plane_of
from viewer.rendering.plain import plain_header
from viewer.rendering.reasons import only_refusals
from viewer.rendering.volume import is_at
from viewer.volumes import Volume

# For each worker: the largest volume (rendering/volume.py) and something beside it.
ARENA_BYTES = 448 * 1024 * 1024
AT_ONCE = 16

_arena = Arena(ARENA_BYTES)


class NotGathered(Exception):
    """A slice is not here (any more)."""


@dataclass(frozen=True)
class Voxels:
    """The slices of one volume, as far as they are here."""

    grant: StudyGrant
    series: SeriesEntry

    @cached_property
    def key(self) -> str:
        """Return the name of the volume."""
        return volume_key(self.grant, self.series)

    @property
    def volume(self) -> Volume:
        """Return how the slices lie."""
        assert self.series.volume is not None
        return self.series.volume

    @property
    def missing(self) -> list[int]:
        """Return the slices (from 0) that are not here, the middle one first: it has the header."""
        middle = self._count // 2
        found = [index for index in range(self._count) if not _arena.has(f"{self.key}:{index}")]
        return found if _arena.has(f"{self.key}:header") else [middle, *(one for one in found if one != middle)]

    @property
    def _count(self) -> int:
        return len(self.volume.order)

    @property
    def header(self) -> Dataset:
        """Return what makes grays of the stored values; raises NotGathered."""
        stored = _arena.get(f"{self.key}:header")
        if stored is None:
            raise NotGathered
        return from_bytes(stored)

    def slice(self, index: int) -> DecodedFrame:
        """Return slice `index` (from 0); raises NotGathered."""
        stored = _arena.get(f"{self.key}:{index}")
        if stored is None:
            raise NotGathered
        return DecodedFrame.from_bytes(stored)

    def gather(self, indexes: list[int]) -> None:
        """Fetch slices, and as the first of all what else comes in one answer for the series.

        Raises PacsError, or CannotRender where one of them is not what the volume needs there.
        """
        missing = self.missing
        if len(missing) == self._count and self._comes_at_once:
            self._gather_series()
            missing = self.missing
        refs = self._refs(index for index in indexes if index in missing)
        # What others look at is not driven out by a volume that passes.
        for ref, source in sources.fetch(self.grant, list(refs), is_kept=False):
            self._take(refs[ref], ref, source)

    @property
    def _comes_at_once(self) -> bool:
        """Tell whether the slices may be fetched as a series: they are no frames of one file, nor decoded already."""
        refs = list(self._refs(range(self._count)))
        return ahead.is_stack(refs) and not any(sources.is_decoded(self.grant, ref) for ref in refs[:AT_ONCE])

    def _gather_series(self) -> None:
        refs = self._refs(range(self._count))
        for ref, source in ahead.of_series(self.grant, next(iter(refs)).instance.series_uid, is_kept=False):
            if ref in refs:
                self._take(refs[ref], ref, source)

    def _refs(self, indexes: Iterable[int]) -> dict[FrameRef, int]:
        return {self.series.stored_frame(self.volume.order[index]): index for index in indexes}

    def _take(self, index: int, ref: FrameRef, source: sources.Source | CannotRender) -> None:
        if isinstance(source, CannotRender):
            raise source
        self._keep(index, ref, source)

    def _keep(self, index: int, ref: FrameRef, source: sources.Source) -> None:
        self._require(index, ref.frame_number, source)
        decoded = source[1]
        if index == self._count // 2:
            whole = series_window.filled_in(self.grant, ref, source)
            try:
                _arena.put(f"{self.key}:header", to_bytes(plain_header(whole, ref.frame_number)))
            except PARSE_ERRORS as error:
                raise CannotRender(Reason.DAMAGED) from error
        plain = DecodedFrame(decoded.pixels, decoded.photometric, decoded.is_lossy)
        _arena.put(f"{self.key}:{index}", *plain.parts())

    def _require(self, index: int, frame_number: int, source: sources.Source) -> None:
        """Raise CannotRender where a slice does not lie where the volume has it, or its values are others."""
        header, decoded = source
        if decoded.pixels.ndim != 2 or decoded.pixels.dtype.kind not in "iu" or decoded.pixels.dtype.itemsize > 2:
            raise CannotRender(Reason.UNSUPPORTED_PIXELS)
        with only_refusals():
            found = _slice_of(header, decoded.pixels, frame_number)
        volume = self.volume
        if found is None or not is_at(volume.lattice, index, found) or not np.allclose(found.scale[:2], volume.scale):
            raise CannotRender(Reason.MISMATCH)


def _slice_of(header: Dataset, pixels: np.ndarray, frame_number: int) -> Slice | None:
    """Return where a slice says that it lies, None when it does not say."""
    plane, modality = plane_of(header, frame_number), modality_of(header, frame_number)
    if plane is None or modality.lut is not None:
        return None
    steps = [float(np.linalg.norm(step)) for step in (plane.down, plane.along)]
    directions = (*(plane.along / steps[1]), *(plane.down / steps[0]))
    rows, columns = pixels.shape
    scale = (modality.slope, modality.intercept, "")
    return Slice(tuple(plane.origin), directions, (steps[0], steps[1]), (rows, columns), scale)
