"""AV1 in an MP4 that begins to play before it is whole (ISO/IEC 14496-12 and -14, AV1 in ISOBMFF 1.2)."""

from __future__ import annotations

import struct
from itertools import accumulate

from viewer.rendering.scene import Scene

# Ticks a second, as many as the usual rates divide without a rest.
_TIMESCALE = 90_000
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_DOTS_PER_INCH = 72 << 16
_ENABLED_IN_MOVIE = 3


def write_mp4(scenes: list[Scene], width: int, height: int, milliseconds: float) -> bytes:
    """Return a video of `width` by `height` pixels that shows each sample for `milliseconds`.

    Raises ValueError when there is no scene, or scenes are not encoded alike.
    """
    if len({scene.configuration for scene in scenes}) != 1:
        raise ValueError("scenes of one video are encoded alike")
    ticks = max(round(milliseconds * _TIMESCALE / 1000), 1)
    kind = _box(b"ftyp", b"isom", _u32(512), b"isom", b"iso6", b"av01", b"mp41")
    # Twice, because where the samples are depends on how long the index before them is.
    length = len(kind) + len(_movie(scenes, width, height, ticks, 0)) + 8
    samples = b"".join(sample for scene in scenes for sample in scene.samples)
    return kind + _movie(scenes, width, height, ticks, length) + _box(b"mdat", samples)


def _movie(scenes: list[Scene], width: int, height: int, ticks: int, start: int) -> bytes:
    duration = ticks * sum(len(scene.samples) for scene in scenes)
    volume_and_rate = struct.pack(">Ih10x", 0x10000, 0)
    head = _full(b"mvhd", 0, _u32(0, 0, _TIMESCALE, duration), volume_and_rate, _MATRIX, bytes(24), _u32(2))
    place = _u32(0, 0, 1, 0, duration) + bytes(16) + _MATRIX + _u32(width << 16, height << 16)
    times = _full(b"mdhd", 0, _u32(0, 0, _TIMESCALE, duration), struct.pack(">2H", 0x55C4, 0))
    handler = _full(b"hdlr", 0, _u32(0), b"vide", bytes(12), b"\0")
    here = _box(b"dinf", _full(b"dref", 0, _u32(1), _full(b"url ", 1)))
    information = _box(b"minf", _full(b"vmhd", 1, bytes(8)), here, _samples(scenes, width, height, ticks, start))
    track = _box(b"trak", _full(b"tkhd", _ENABLED_IN_MOVIE, place), _box(b"mdia", times, handler, information))
    return _box(b"moov", head, track)


def _samples(scenes: list[Scene], width: int, height: int, ticks: int, start: int) -> bytes:
    """Return the sample table: one chunk, in which each scene begins with a key frame."""
    sizes = [len(sample) for scene in scenes for sample in scene.samples]
    keys = [1 + before for before in accumulate((len(scene.samples) for scene in scenes[:-1]), initial=0)]
    return _box(
        b"stbl",
        _full(b"stsd", 0, _u32(1), _entry(scenes[0].configuration, width, height)),
        _full(b"stts", 0, _u32(1, len(sizes), ticks)),
        _full(b"stss", 0, _u32(len(keys), *keys)),
        _full(b"stsc", 0, _u32(1, 1, len(sizes), 1)),
        _full(b"stsz", 0, _u32(0, len(sizes), *sizes)),
        _full(b"stco", 0, _u32(1, start)),
    )


def _entry(configuration: bytes, width: int, height: int) -> bytes:
    size = struct.pack(">2H", width, height)
    shape = _u32(_DOTS_PER_INCH, _DOTS_PER_INCH, 0) + struct.pack(">H32xHh", 1, 24, -1)
    return _box(b"av01", bytes(6), struct.pack(">H", 1), bytes(16), size, shape, configuration)


def _box(kind: bytes, *parts: bytes) -> bytes:
    contents = b"".join(parts)
    return _u32(len(contents) + 8) + kind + contents


def _full(kind: bytes, flags: int, *parts: bytes) -> bytes:
    """Return a box with version 0 and flags."""
    return _box(kind, _u32(flags), *parts)


def _u32(*values: int) -> bytes:
    return struct.pack(f">{len(values)}I", *values)
