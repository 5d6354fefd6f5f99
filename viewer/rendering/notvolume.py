"""Why a series is not shown in other planes: a short closed list."""

from __future__ import annotations

import enum


class NotVolume(enum.StrEnum):
    """A reason why slices make no volume."""

    FEW = "few"
    NO_PLACE = "no_place"
    SIZES = "sizes"
    TURNED = "turned"
    VALUES = "values"
    REPEATED = "repeated"
    UNEVEN = "uneven"
    SHEARED = "sheared"
    OBLIQUE = "oblique"
    TOO_LARGE = "too_large"


class NoVolume(Exception):
    """Slices that make no volume, and why. The text names the reason only, never anything from a file."""

    def __init__(self, reason: NotVolume) -> None:
        super().__init__(reason.value)
        self.reason = reason
