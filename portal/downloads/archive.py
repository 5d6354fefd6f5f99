"""The ZIP of a study: a word for whoever opens it, the originals, and their check sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from pacs_gateway.zipstream import Bytes, ZipStream

_PREAMBLE = 128
File = tuple[str, bytes]


def stream(readme: str, originals: Iterable[File]) -> Iterator[bytes]:
    """Yield a ZIP64 archive piece by piece: README.TXT, the originals, MANIFEST.TXT with their SHA-256.

    An error of `originals` goes through, and the archive ends without its central directory: no program opens it.
    """
    archive, lines = ZipStream(), []
    yield from archive.add("README.TXT", [readme.encode()])
    for name, data in originals:
        # The preamble may hold anything (PS3.10 7.1), so it goes out empty; the view spares a copy of the rest.
        parts: list[Bytes] = [bytes(_PREAMBLE), memoryview(data)[_PREAMBLE:]]
        lines.append(f"{_sha256(parts)}  {name}\n")
        yield from archive.add(name, parts)
        # Free before the next one is fetched.
        del data, parts
    yield from archive.add("MANIFEST.TXT", ["".join(lines).encode()])
    yield archive.close()


def _sha256(parts: Iterable[Bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
