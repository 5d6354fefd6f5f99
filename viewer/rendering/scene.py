"""AV1 samples out of an AVIF image sequence (AV1 Image File Format 5), and what plays them has to know."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_INNER = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
_KEPT = (b"av1C", b"colr")
_SAMPLE_ENTRY = 16 + 8 + 78


@dataclass(frozen=True, slots=True)
class Scene:
    """AV1 samples that can be shown by themselves: the first is a key frame. `configuration` is av1C and colr."""

    configuration: bytes
    samples: tuple[bytes, ...]


def read_scene(avif: bytes) -> Scene:
    """Return the samples that `encode_scene` made; raises ValueError for other bytes."""
    found = dict(_boxes(avif, 0, len(avif)))
    try:
        sizes = struct.unpack_from(f">{struct.unpack_from('>I', found[b'stsz'], 8)[0]}I", found[b"stsz"], 12)
        count, place = struct.unpack_from(">2I", found[b"stco"], 4)
        entry = dict(_boxes(found[b"stsd"], _SAMPLE_ENTRY - 8, len(found[b"stsd"])))
        configuration = b"".join(struct.pack(">I4s", len(entry[kind]) + 8, kind) + entry[kind] for kind in _KEPT)
    except (KeyError, struct.error) as error:
        raise ValueError("not a scene") from error
    samples = []
    for size in sizes:
        samples.append(avif[place : place + size])
        place += size
    if count != 1 or place > len(avif):
        raise ValueError("not a scene")
    return Scene(configuration, tuple(samples))


def _boxes(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield (type, contents) of each box, and of those inside a track."""
    while place + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, place)
        if not 8 <= length <= end - place:
            raise ValueError("not a scene")
        yield kind, data[place + 8 : place + length]
        if kind in _INNER:
            yield from _boxes(data, place + 8, place + length)
        place += length
