"""A decoded frame, and a rendered one."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from pydicom import Dataset

from viewer.rendering.cielab import Color
from viewer.rendering.detail import Tile
from viewer.rendering.view import View
from viewer.rendering.window import Window

_LENGTH = struct.Struct(">H")
# Where the pixels of a kept frame begin: numpy copies what it calculates with where numbers lie across its words.
_ALIGNMENT = 64
_Facts = tuple[str, bool, np.dtype[Any], tuple[int, ...], int, tuple[int, int] | None]


@dataclass(frozen=True, slots=True)
class DecodedFrame:
    """Stored values of one frame: (rows, columns) or (rows, columns, 3).

    `photometric` is what the samples are after decoding: MONOCHROME1, MONOCHROME2, PALETTE COLOR or RGB. `overlay` is
    a mask (rows, columns) of marks that were stored in bits beside the pixel values.
    """

    pixels: np.ndarray
    photometric: str
    is_lossy: bool = False
    overlay: np.ndarray | None = None
    # Not handed on by dataclasses.replace: other pixels have others.
    _limits: tuple[int, int] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def limits(self) -> tuple[int, int]:
        """Return the least and the greatest of pixels that are whole numbers; they are looked for once."""
        if self._limits is None:
            self._remember((int(self.pixels.min()), int(self.pixels.max())))
        assert self._limits is not None
        return self._limits

    def _remember(self, limits: tuple[int, int]) -> None:
        object.__setattr__(self, "_limits", limits)

    @property
    def has_limits(self) -> bool:
        """Tell whether the pixels are whole numbers, one for each."""
        return self.pixels.ndim == 2 and self.pixels.dtype.kind in "iu" and self.pixels.size > 0

    def parts(self) -> tuple[bytes | memoryview, ...]:
        """Return the frame as bytes for a cache, in pieces of which the pixels are not copied."""
        kept = b"" if self.overlay is None else np.packbits(self.overlay).tobytes()
        limits = self.limits if self.has_limits else None
        facts = [self.photometric, self.is_lossy, self.pixels.dtype.str, self.pixels.shape, len(kept), limits]
        head = json.dumps(facts).encode()
        head += b" " * (-(_LENGTH.size + len(head) + len(kept)) % _ALIGNMENT)
        return _LENGTH.pack(len(head)), head, kept, np.ascontiguousarray(self.pixels).reshape(-1).view(np.uint8).data

    @classmethod
    def from_bytes(cls, stored: bytes | memoryview) -> DecodedFrame:
        """Return the frame whose parts, put together, are `stored`; its pixels are read-only."""
        (length,) = _LENGTH.unpack_from(stored)
        start = _LENGTH.size + length
        photometric, is_lossy, kind, shape, kept, limits = _facts_in(bytes(stored[_LENGTH.size : start]))
        pixels = np.frombuffer(stored, kind, offset=start + kept).reshape(shape)
        frame = cls(pixels, photometric, is_lossy, _mask(stored[start : start + kept], shape) if kept else None)
        if limits:
            frame._remember(limits)
        return frame


@lru_cache(maxsize=256)
def _facts_in(head: bytes) -> _Facts:
    photometric, is_lossy, kind, shape, kept, limits = json.loads(head)
    return photometric, is_lossy, np.dtype(kind), tuple(shape), kept, (limits[0], limits[1]) if limits else None


def _mask(packed: bytes | memoryview, shape: tuple[int, ...]) -> np.ndarray:
    bits = np.unpackbits(np.frombuffer(packed, np.uint8), count=shape[0] * shape[1])
    return bits.reshape(shape[:2]).astype(bool)


@dataclass(frozen=True, slots=True)
class SegmentMask:
    """How much of each pixel of a frame a segment takes: `share` (rows, columns), uint8 from 0 to 255."""

    share: np.ndarray
    color: Color


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """How a frame is wanted.

    `size` is the longest side in pixels, never more than stored; `watermark` is written across the picture;
    `overlays` draws the file's overlay planes. `state` is a presentation state to show the frame with, in which
    `free_text` may be left out, and `segments` lie over the picture. `others`, where they
    are given, are the frames of the image, with their numbers, that the state's mask subtraction takes. `view` or
    `tile` takes the place of `size`; a tile is a part of the frame as stored, without state or segments.
    """

    window: Window | None = None
    size: int | None = None
    media_type: str = "image/jpeg"
    quality: int = 85
    invert: bool = False
    watermark: str = ""
    overlays: bool = True
    state: Dataset | None = None
    free_text: bool = True
    segments: tuple[SegmentMask, ...] = ()
    others: tuple[tuple[int, DecodedFrame], ...] | None = None
    view: View | None = None
    tile: Tile | None = None


@dataclass(frozen=True, slots=True)
class RenderedFrame:
    """An encoded picture with what was done: the window applied, whether anything was lost or scaled."""

    data: bytes
    media_type: str
    width: int
    height: int
    window: Window | None = None
    lossy: bool = False
    scaled: bool = False
