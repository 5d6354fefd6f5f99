"""Palettes: from stored values to colors (PS3.3 C.7.6.3.1.5, C.7.6.3.1.6, C.7.6.23)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.segmented import expand

_CHANNELS = ("Red", "Green", "Blue")


@dataclass(frozen=True, slots=True)
class Palette:
    """Colors (count, 3), uint8; `first` is the stored value of the first one."""

    colors: np.ndarray
    first: int

    def apply(self, stored: np.ndarray) -> np.ndarray:
        """Return RGB (rows, columns, 3); values outside the table take its ends."""
        index = np.clip(stored.astype(np.int64) - self.first, 0, len(self.colors) - 1)
        rgb: np.ndarray = self.colors[index]
        return rgb

    def spread(self, grays: np.ndarray) -> np.ndarray:
        """Return RGB of 8-bit grays: black is the first color, white the last (PS3.3 A.33.3)."""
        index = np.rint(np.linspace(0, len(self.colors) - 1, 256)).astype(np.int64)
        rgb: np.ndarray = self.colors[index][grays]
        return rgb


def read_palette(header: Dataset) -> Palette:
    """Return the palette of a header; raises CannotRender(DAMAGED) when a table is missing or too short."""
    try:
        tables = [_table(header, channel) for channel in _CHANNELS]
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    if len({(len(entries), first) for entries, first, _ in tables}) != 1:
        raise CannotRender(Reason.DAMAGED)
    colors = np.stack([entries for entries, _, _ in tables], axis=1)
    bits = max(bits for _, _, bits in tables)
    # Entries that say 16 bits and never leave the lower 8 are found in the field; read as 16 bits they are all black.
    shift = bits - 8 if colors.max(initial=0) > 255 else 0
    return Palette((colors >> shift).astype(np.uint8), tables[0][1])


def is_supplemental(header: Dataset) -> bool:
    """Tell whether some values of a grey frame are to be shown in color (PS3.3 C.7.6.23, C.8.16.2.1.2)."""
    return (
        header.get("PixelPresentation") in ("COLOR", "MIXED")
        and header.get("PhotometricInterpretation") == "MONOCHROME2"
        and all(f"{channel}PaletteColorLookupTableDescriptor" in header for channel in _CHANNELS)
    )


def add_supplemental(grays: np.ndarray, stored: np.ndarray, header: Dataset) -> np.ndarray:
    """Return RGB (rows, columns, 3) of greys, with the palette's color wherever a stored value is in its table."""
    palette = read_palette(header)
    rgb = np.repeat(grays[:, :, np.newaxis], 3, axis=2)
    is_color = stored.astype(np.int64) >= palette.first
    rgb[is_color] = palette.apply(stored[is_color])
    return rgb


def _table(header: Dataset, channel: str) -> tuple[np.ndarray, int, int]:
    """Return (entries, stored value of the first, bits of an entry) of one channel."""
    count, first, bits = (int(value) for value in header[f"{channel}PaletteColorLookupTableDescriptor"].value)
    count = count or 65536
    if not 8 <= bits <= 16:
        raise ValueError("entries have 8 or 16 bits")
    segmented = header.get(f"Segmented{channel}PaletteColorLookupTableData")
    if segmented is None:
        entries = _entries(bytes(header[f"{channel}PaletteColorLookupTableData"].value), count, bits)
    else:
        entries = expand(bytes(segmented), bits, count)
    if len(entries) < count:
        raise ValueError("fewer entries than the descriptor says")
    return entries[:count].astype(np.int64), first, bits


def _entries(data: bytes, count: int, bits: int) -> np.ndarray:
    """Return the entries of a plain table; 8-bit entries may be stored one to a byte or one to a word."""
    if bits == 8 and len(data) < 2 * count:
        return np.frombuffer(data, np.uint8)
    return np.frombuffer(data[: len(data) // 2 * 2], "<u2")
