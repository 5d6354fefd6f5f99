"""A file that pydicom may read from: what is cut off or grows without bounds is refused, never padded or trusted."""

from __future__ import annotations

import io
from typing import BinaryIO

UNDEFINED_LENGTH = 0xFFFFFFFF
_SHORT_READ = 64 * 1024
# Two or three for each element, at whatever depth: some hundred thousand of them, as 4,000 functional groups have.
READS_MOST = 3_000_000


class CheckedReader(io.RawIOBase):
    """A file that refuses to read a long value beyond its own end, so that a false length costs nothing, and to be
    read more often than a sensible header needs.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._reads_left = READS_MOST
        self.size = file.seek(0, io.SEEK_END)
        file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        # pydicom looks for delimiters in steps and stops when a step comes back short, so short reads pass.
        if size > _SHORT_READ:
            self.require(size)
        self._reads_left -= 1
        if self._reads_left < 0:
            raise ValueError("a header has too many elements")
        return self._file.read(size)

    def read_exactly(self, size: int) -> bytes:
        """Return the next `size` bytes; raises ValueError when there are fewer."""
        self.require(size)
        return self._file.read(size)

    def view_exactly(self, size: int) -> bytes | memoryview:
        """Return what read_exactly does, not copied where all of the file is in memory."""
        if type(self._file) is not io.BytesIO:
            return self.read_exactly(size)
        self.require(size)
        start = self._file.tell()
        self._file.seek(start + size)
        return memoryview(self._file.getvalue())[start : start + size]

    def require(self, size: int) -> None:
        """Raise ValueError unless the file goes on for `size` bytes (pydicom swallows EOFError)."""
        if self._file.tell() + size > self.size:
            raise ValueError("a value is cut off")

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        place = self._file.seek(offset, whence)
        if place > self.size:
            raise ValueError("a value is cut off")
        return place

    def tell(self) -> int:
        return self._file.tell()
