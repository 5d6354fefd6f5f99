"""Bytes on disk in a file without a name, which is gone with the object; several threads may read it at once."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import weakref
from typing import BinaryIO, cast


class Stored:
    """A file that is written once, from its beginning to its end, and read from then on."""

    def __init__(self) -> None:
        with tempfile.TemporaryFile() as file:
            self._number = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._number)
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add bytes; raises OSError where the disk is full."""
        left = memoryview(data)
        while left:
            written = os.pwrite(self._number, left, self.size)
            self.size, left = self.size + written, left[written:]

    def open(self) -> BinaryIO:
        """Return a reader of what was written, with a place of its own."""
        return cast(BinaryIO, io.BufferedReader(_Reader(self, self._number)))


def free_bytes() -> int:
    """Return how many bytes the disk has room for on which these files are."""
    return shutil.disk_usage(tempfile.gettempdir()).free


class _Reader(io.RawIOBase):
    def __init__(self, stored: Stored, number: int) -> None:
        # Held, for the file ends with it.
        self._stored, self._number, self._place = stored, number, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        found = os.preadv(self._number, [buffer], self._place)
        self._place += found
        return found

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._stored.size}[whence]
        return self._place

    def tell(self) -> int:
        return self._place
