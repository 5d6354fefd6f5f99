"""A rendered frame as it is stored and served: bytes with the facts that make it an honest picture."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any

import numpy as np

from viewer.rendering import CannotRender, DecodedFrame, RenderedFrame, planes, render_tile

_LENGTH = struct.Struct(">H")
_FACTS = ("media_type", "width", "height", "window", "lossy", "scaled", "reason")
_facts_of = attrgetter(*_FACTS)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, or a windowable frame, which is kept compressed.

    `window` is "center,width,function" or ""; `reason` is set when it is a tile that says why not.
    """

    data: bytes
    media_type: str
    width: int
    height: int
    window: str = ""
    lossy: bool = False
    scaled: bool = False
    reason: str = ""

    def to_bytes(self) -> bytes:
        """Return the picture as it is stored."""
        return _head(_facts_of(self)) + self.data

    @classmethod
    def from_bytes(cls, stored: bytes) -> Picture:
        """Return the picture that to_bytes wrote."""
        (length,) = _LENGTH.unpack_from(stored)
        start = _LENGTH.size + length
        return cls(stored[start:], *_facts_in(stored[_LENGTH.size : start]))


# The pictures of a stack have them in common.
@lru_cache(maxsize=256)
def _head(facts: tuple[Any, ...]) -> bytes:
    head = json.dumps(dict(zip(_FACTS, facts, strict=True))).encode()
    return _LENGTH.pack(len(head)) + head


@lru_cache(maxsize=256)
def _facts_in(head: bytes) -> tuple[Any, ...]:
    facts = json.loads(head)
    return tuple(facts[name] for name in _FACTS)


def of_frame(frame: RenderedFrame) -> Picture:
    """Return a rendered frame as a picture."""
    window = frame.window
    return Picture(
        data=frame.data,
        media_type=frame.media_type,
        width=frame.width,
        height=frame.height,
        window=f"{window.center:g},{window.width:g},{window.function}" if window else "",
        lossy=frame.lossy,
        scaled=frame.scaled,
    )


def of_values(frame: DecodedFrame, encoded: bytes) -> Picture:
    """Return a windowable frame as a picture."""
    rows, columns = frame.pixels.shape[:2]
    return Picture(planes.compress(encoded), planes.MEDIA_TYPE, columns, rows, lossy=frame.is_lossy)


def of_samples(frame: DecodedFrame) -> Picture:
    """Return the stored values of a frame as native little-endian samples (PS3.5 8.1.1)."""
    pixels = np.ascontiguousarray(frame.pixels, frame.pixels.dtype.newbyteorder("<"))
    rows, columns = pixels.shape[:2]
    return Picture(pixels.tobytes(), "application/octet-stream", columns, rows, lossy=frame.is_lossy)


def of_refusal(error: CannotRender, size: int | None) -> Picture:
    """Return the tile that says why a frame cannot be shown."""
    tile = render_tile(error.reason.words_for_patient, size or 512)
    return Picture(tile.data, tile.media_type, tile.width, tile.height, reason=error.reason.value)
