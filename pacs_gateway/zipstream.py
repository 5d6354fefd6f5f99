"""A ZIP written as it is sent: nothing is kept but the piece in hand and a line for each file before it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator

# The oldest time a ZIP can name: when a study was downloaded or stored is nobody's business.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PIECE = 256 * 1024


class _Sink(io.RawIOBase):
    """Takes what the ZIP writer writes until it is sent on; it cannot be rewound, so sizes follow each file."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        part = bytes(data)  # type: ignore[call-overload]
        self._parts.append(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        return taken


class ZipStream:
    """A ZIP64 archive, its files stored as they are. Without `close` it has no central directory: no program opens it,
    which is how one that broke off is told from a whole one.
    """

    def __init__(self) -> None:
        self._sink = _Sink()
        self._archive = zipfile.ZipFile(self._sink, "w", zipfile.ZIP_STORED, allowZip64=True)

    def add(self, name: str, parts: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the bytes of one more file, piece by piece."""
        entry = zipfile.ZipInfo(name, _NO_TIME)
        entry.external_attr = 0o644 << 16
        with self._archive.open(entry, "w", force_zip64=True) as target:
            for part in parts:
                for start in range(0, len(part), _PIECE):
                    target.write(part[start : start + _PIECE])
                    yield self._sink.take()
        yield self._sink.take()

    def close(self) -> bytes:
        """Return the end of the archive."""
        self._archive.close()
        return self._sink.take()
