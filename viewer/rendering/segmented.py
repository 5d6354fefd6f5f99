"""Segmented palettes: discrete, linear and indirect segments (PS3.3 C.7.9.2)."""

from __future__ import annotations

import numpy as np

DISCRETE, LINEAR, INDIRECT = 0, 1, 2


def expand(data: bytes, bits: int, count: int) -> np.ndarray:
    """Return the entries of a segmented table of `count` entries of 8 or 16 bits; ValueError when it makes no sense."""
    words = np.frombuffer(data[: len(data) // 2 * 2] if bits > 8 else data, "<u2" if bits > 8 else np.uint8).tolist()
    offset_words = 2 if bits > 8 else 4
    entries: list[int] = []
    place = 0
    while place + 2 <= len(words) and len(entries) < count:
        if words[place] == INDIRECT:
            offset = sum(word << (32 // offset_words * n) for n, word in enumerate(words[place + 2 :][:offset_words]))
            _repeat(words, offset // (4 // offset_words), words[place + 1], entries, count)
            place += 2 + offset_words
        else:
            place = _append(words, place, entries)
    return np.array(entries, np.int64)


def _repeat(words: list[int], place: int, segments: int, entries: list[int], count: int) -> None:
    """Append `segments` segments that were there before, beginning at `place`."""
    for _ in range(segments):
        if len(entries) >= count:
            return
        place = _append(words, place, entries)


def _append(words: list[int], place: int, entries: list[int]) -> int:
    """Append the entries of the discrete or linear segment at `place`; return where the next one begins."""
    opcode, length, *values = words[place : place + 3]
    if opcode == DISCRETE:
        entries += words[place + 2 : place + 2 + length]
        return place + 2 + length
    if opcode != LINEAR or not entries or not values:
        raise ValueError("no such segment")
    entries += np.rint(np.linspace(entries[-1], values[0], length + 1)[1:]).astype(int).tolist()
    return place + 3
