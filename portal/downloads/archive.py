"""A ZIP written as it is sent: nothing is kept but the file in hand and a line for each file before it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator

# The oldest time a ZIP can name: when a study was downloaded or stored is nobody's business.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PREAMBLE = 128
_PIECE = 256 * 1024
File = tuple[str, bytes]
Bytes = bytes | memoryview


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


def stream(readme: str, originals: Iterable[File]) -> Iterator[bytes]:
    """Yield a ZIP64 archive piece by piece: README.TXT, the originals, MANIFEST.TXT with their SHA-256.

    An error of `originals` goes through, and the archive ends without its central directory: no program opens it.
    """
    sink, lines = _Sink(), []
    archive = zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED, allowZip64=True)
    yield from _file(archive, sink, "README.TXT", [readme.encode()])
    for name, data in originals:
        # The preamble may hold anything (PS3.10 7.1), so it goes out empty; the view spares a copy of the rest.
        parts: list[Bytes] = [bytes(_PREAMBLE), memoryview(data)[_PREAMBLE:]]
        lines.append(f"{_sha256(parts)}  {name}\n")
        yield from _file(archive, sink, name, parts)
        # Free before the next one is fetched.
        del data, parts
    yield from _file(archive, sink, "MANIFEST.TXT", ["".join(lines).encode()])
    # Not in a `with`: leaving one after an error would write the directory that marks the archive as whole.
    archive.close()
    yield sink.take()


def _sha256(parts: Iterable[Bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _file(archive: zipfile.ZipFile, sink: _Sink, name: str, parts: Iterable[Bytes]) -> Iterator[bytes]:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.external_attr = 0o644 << 16
    with archive.open(entry, "w", force_zip64=True) as target:
        for part in parts:
            for start in range(0, len(part), _PIECE):
                target.write(part[start : start + _PIECE])
                yield sink.take()
    yield sink.take()
