"""The ZIP of a study: a word for whoever opens it, the originals, and their check sums."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from pacs_gateway.upstream.spool import handed_on
from pacs_gateway.zipstream import ZipStream

File = tuple[str, BinaryIO]


def stream(readme: str, originals: Iterable[File]) -> Iterator[bytes]:
    """Yield a ZIP64 archive piece by piece: README.TXT, the originals, MANIFEST.TXT with their SHA-256.

    Each original is an open file, read in steps and closed, so that its size costs no memory.
    An error of `originals` goes through, and the archive ends without its central directory: no program opens it.
    """
    archive, lines = ZipStream(), []
    yield from archive.add("README.TXT", [readme.encode()])
    for name, file in originals:
        digest = hashlib.sha256()
        with file:
            yield from archive.add(name, _digested(handed_on(file), digest))
        lines.append(f"{digest.hexdigest()}  {name}\n")
    yield from archive.add("MANIFEST.TXT", ["".join(lines).encode()])
    yield archive.close()


def _digested(steps: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for step in steps:
        digest.update(step)
        yield step
