"""Memory that the children of one worker share: a ring of a fixed number of bytes, for what is soon needed again.

It is made before the children are forked, lies in no file, and is gone with the worker. What was written longest ago is
written over. A child that dies at any moment leaves nothing locked and nothing half written to be read.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import struct
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

Made = TypeVar("Made")
_HEAD = struct.Struct("=Q")
# Digest of the name, where its bytes begin, how many there are. Places count from the first byte ever written.
_SLOT = struct.Struct("=16sQQ")
_SLOTS, _PROBES = 8192, 8
# Whatever is kept begins at a multiple of this, so that numbers in it can be read where they lie.
_ALIGNMENT = 64
_TABLE_BYTES = -(-(_HEAD.size + _SLOTS * _SLOT.size) // _ALIGNMENT) * _ALIGNMENT
# Linux 5.14's MADV_POPULATE_WRITE, which Python names from 3.14 on.
_POPULATE_WRITE = 23
_BLOCK = 4 * 1024 * 1024


class Arena:
    """Bytes by name, at most `size` of them in all."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._memory = mmap.mmap(-1, _TABLE_BYTES + size)
        self._lock = _Lock()
        self._mapped: set[int] = set()

    def put(self, name: str, *parts: bytes | memoryview) -> None:
        """Keep the parts together under `name` until as many bytes again have come after; too much is not kept.

        Parts are of single bytes.
        """
        length = sum(map(len, parts))
        if length > self._size:
            return
        digest = _digest(name)
        with self._lock:
            start = self._reserve(length)
            place = self._span(start, length).start
            self._map(place, place + length)
            for part in parts:
                self._memory[place : place + len(part)] = part
                place += len(part)
            _SLOT.pack_into(self._memory, self._slot_for(digest), digest, start, length)

    def _map(self, start: int, end: int) -> None:
        """Have the kernel find memory for whole blocks at once: page by page that takes several times as long."""
        for block in range(start // _BLOCK, (end - 1) // _BLOCK + 1):
            if block not in self._mapped:
                self._mapped.add(block)
                # An older kernel cannot; then it finds a page whenever one is written.
                with suppress(OSError):
                    first = block * _BLOCK
                    self._memory.madvise(_POPULATE_WRITE, first, min(_BLOCK, len(self._memory) - first))

    def get(self, name: str) -> bytes | None:
        """Return what is kept under `name`, None when there is nothing (any more)."""
        with self._lock:
            found = self._find(name)
            return self._memory[self._span(*found)] if found else None

    def read(self, name: str, make: Callable[[memoryview], Made]) -> Made | None:
        """Return what `make` makes of the bytes under `name` where they lie, None when there is nothing (any more).

        They are not copied, and may be written over meanwhile: then `make` has seen something else, and what it
        returned or raised is dropped. So it leaves nothing behind, and returns nothing that holds the bytes.
        """
        with self._lock:
            found = self._find(name)
        if found is None:
            return None
        start, length = found
        try:
            made = make(memoryview(self._memory).toreadonly()[self._span(start, length)])
        except Exception:
            if self._was_whole(start):
                raise
            return None
        return made if self._was_whole(start) else None

    def has(self, name: str) -> bool:
        """Tell whether anything is kept under `name` at this moment."""
        with self._lock:
            return self._find(name) is not None

    def _find(self, name: str) -> tuple[int, int] | None:
        """Return where the bytes of `name` begin and how many there are, None when they are not there (any more)."""
        digest, head = _digest(name), self._head
        for slot in self._slots(digest):
            found, start, length = _SLOT.unpack_from(self._memory, slot)
            if found == digest and head - start <= self._size:
                return start, length
        return None

    def _span(self, start: int, length: int) -> slice:
        """Return where in the memory `length` bytes lie that begin at `start`."""
        place = _TABLE_BYTES + start % self._size
        return slice(place, place + length)

    def _reserve(self, length: int) -> int:
        """Return where the next `length` bytes go. What was there is gone from this moment."""
        start = -(-self._head // _ALIGNMENT) * _ALIGNMENT
        left = self._size - start % self._size
        if length > left:
            start += left
        _HEAD.pack_into(self._memory, 0, start + length)
        return start

    @property
    def _head(self) -> int:
        head: int = _HEAD.unpack_from(self._memory)[0]
        return head

    def _was_whole(self, start: int) -> bool:
        # With the lock, so that whatever was read before was read before this, on every kind of processor.
        with self._lock:
            return self._head - start <= self._size

    def _slots(self, digest: bytes) -> Iterator[int]:
        first = int.from_bytes(digest[:4], "little")
        return (_HEAD.size + (first + probe) % _SLOTS * _SLOT.size for probe in range(_PROBES))

    def _slot_for(self, digest: bytes) -> int:
        """Return the slot that holds the name, else the one that was written longest ago."""
        oldest, before = 0, self._head + 1
        for slot in self._slots(digest):
            found, start, _ = _SLOT.unpack_from(self._memory, slot)
            if found == digest:
                return slot
            if start < before:
                oldest, before = slot, start
        return oldest


class _Lock:
    """Held by one process at a time; the kernel takes it back from one that dies."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - held as long as the memory

    def __enter__(self) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        fcntl.lockf(self._file, fcntl.LOCK_UN)


def _digest(name: str) -> bytes:
    return hashlib.blake2b(name.encode(), digest_size=16).digest()
