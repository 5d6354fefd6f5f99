"""A decoded frame, and a rendered one."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.cielab import Color
from viewer.rendering.detail import Tile
from viewer.rendering.view import View
from viewer.rendering.window import Window

_LENGTH = struct.Struct(">H")


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

    def to_bytes(self) -> bytes:
        """Return the frame as bytes for a cache."""
        kept = b"" if self.overlay is None else np.packbits(self.overlay).tobytes()
        facts = [self.photometric, self.is_lossy, self.pixels.dtype.str, list(self.pixels.shape), len(kept)]
        head = json.dumps(facts).encode()
        # The pixels are copied once.
        return b"".join((_LENGTH.pack(len(head)), head, kept, np.ascontiguousarray(self.pixels).data))

    @classmethod
    def from_bytes(cls, stored: bytes) -> DecodedFrame:
        """Return the frame that to_bytes wrote; its pixels are read-only."""
        (length,) = _LENGTH.unpack_from(stored)
        start = _LENGTH.size + length
        photometric, is_lossy, kind, shape, kept = json.loads(stored[_LENGTH.size : start])
        pixels = np.frombuffer(stored, np.dtype(kind), offset=start + kept).reshape(shape)
        return cls(pixels, photometric, is_lossy, _mask(stored[start : start + kept], shape) if kept else None)


def _mask(packed: bytes, shape: list[int]) -> np.ndarray:
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
