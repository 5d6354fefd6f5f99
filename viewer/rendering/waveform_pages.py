"""Waveforms as pages: a multiplex group (PS3.3 C.10.9) is cut into pieces of ten seconds, one group after the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

SECONDS_ON_PAGE = 10
CHANNELS_MOST = 64
PAGES_MOST = 100_000
# A sample in a minute; what is slower is no curve.
_SLOWEST = 1 / 60
_PIXELS_PER_MM, _MM_PER_SECOND, _MM_PER_CHANNEL = 4, 25, 20
_LEFT_MM, _RIGHT_MM, _TOP_MM, _BOTTOM_MM = 20, 5, 25, 25


@dataclass(frozen=True, slots=True)
class GroupSize:
    """How large a multiplex group is; `frequency` in samples per second."""

    channels: int
    samples: int
    frequency: float

    @property
    def page_count(self) -> int:
        """Return how many pages the group takes; 0 where its numbers make no sense."""
        if min(self.channels, self.samples) < 1 or not _SLOWEST <= self.frequency < math.inf:
            return 0
        return min(math.ceil(round(self.samples / (self.frequency * SECONDS_ON_PAGE), 6)) or 1, PAGES_MOST)


def page_count(groups: Iterable[GroupSize]) -> int:
    """Return how many pages a waveform has."""
    return sum(group.page_count for group in groups)


def find_page(groups: Sequence[GroupSize], number: int) -> tuple[int, int]:
    """Return (index of the group, index of the page in it) of page `number`, from 1; raises LookupError outside."""
    left = number - 1
    for index, group in enumerate(groups):
        if 0 <= left < group.page_count:
            return index, left
        left -= group.page_count
    raise LookupError("no such page")


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet for so many channels, on which `scale` pixels are a millimeter."""

    channels: int
    scale: int = _PIXELS_PER_MM

    @property
    def width(self) -> int:
        """Return the width in pixels."""
        return (_LEFT_MM + SECONDS_ON_PAGE * _MM_PER_SECOND + _RIGHT_MM) * self.scale

    @property
    def height(self) -> int:
        """Return the height in pixels."""
        return (_TOP_MM + (self.channels - 1) * _MM_PER_CHANNEL + _BOTTOM_MM) * self.scale

    def x(self, seconds: float) -> float:
        """Return where a moment stands, counted from the start of the page: 25 mm a second."""
        return (_LEFT_MM + seconds * _MM_PER_SECOND) * self.scale

    def y(self, channel: int) -> float:
        """Return where the zero line of a channel stands."""
        return (_TOP_MM + channel * _MM_PER_CHANNEL) * self.scale
