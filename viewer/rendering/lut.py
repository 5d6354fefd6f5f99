"""Look-up tables as the Modality LUT and VOI LUT sequences hold them (PS3.3 C.11.1.1.1, C.11.2.1.1)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.reasons import CannotRender, Reason


@dataclass(frozen=True, slots=True)
class Lut:
    """A table: `entries[0]` is for every value up to `first`, the last entry for every value beyond the end."""

    entries: np.ndarray
    first: int
    bits: int

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return the entries for values of any shape."""
        index = np.clip(np.rint(values).astype(np.int64) - self.first, 0, len(self.entries) - 1)
        found: np.ndarray = self.entries[index]
        return found


def read_lut(item: Dataset, *, is_signed: bool) -> Lut:
    """Return the table in a LUT sequence's item; raises CannotRender(DAMAGED) when it is short or absurd.

    `is_signed` says how the first mapped value is to be read.
    """
    try:
        count, first, bits = (int(value) for value in item["LUTDescriptor"].value)
        entries = _entries(item["LUTData"].value, bits)
    except (KeyError, TypeError, ValueError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    count = count or 65536
    if len(entries) < count or not 8 <= bits <= 16:
        raise CannotRender(Reason.DAMAGED)
    return Lut(entries[:count], _first_mapped(first, is_signed=is_signed), bits)


def _first_mapped(first: int, *, is_signed: bool) -> int:
    return first - 65536 if is_signed and first >= 32768 else first


def _entries(value: object, bits: int) -> np.ndarray:
    if isinstance(value, bytes):
        return np.frombuffer(value[: len(value) // 2 * 2], "<u2")
    return np.atleast_1d(np.asarray(value)).astype(np.int64) & 0xFFFF
