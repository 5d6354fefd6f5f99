"""Numbers of a few bits each, as the headers of JPEG XL hold them (ISO/IEC 18181-1 annex B)."""

from __future__ import annotations


class Bits:
    """Bits of a header, lowest first; beyond its end they are zero."""

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        """Return the next `count` bits as a number."""
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value

    def choose(self, *ways: tuple[int, int]) -> int:
        """Return a U32: two bits choose among four (offset, number of further bits)."""
        offset, count = ways[self.take(2)]
        return offset + self.take(count)
