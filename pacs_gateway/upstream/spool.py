"""Files on their way through: in memory while they are small, then on disk without a name, gone when closed."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Iterator
from typing import BinaryIO, cast

from pacs_gateway.errors import PacsIncomplete

IN_MEMORY_MOST = 4 * 1024**2
PIECE = 256 * 1024
PREAMBLE = 128


def spool(steps: Iterable[bytes]) -> BinaryIO:
    """Return a file of all the steps, standing at its beginning; it is closed when they end in an error."""
    left = iter(steps)
    # Most files are one step, which is not copied.
    file: BinaryIO = io.BytesIO(next(left, b""))
    file.seek(0, io.SEEK_END)
    try:
        for step in left:
            if isinstance(file, io.BytesIO) and file.tell() + len(step) > IN_MEMORY_MOST:
                file = _on_disk(file)
            file.write(step)
        file.seek(0)
    except BaseException:
        file.close()
        raise
    return file


def _on_disk(small: io.BytesIO) -> BinaryIO:
    # Not SpooledTemporaryFile: its every call passes through Python, and headers are read in many small steps.
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115
    file.write(small.getbuffer())
    return file


def at_most(size: int, steps: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the steps; raises PacsIncomplete when they are longer than `size` together."""
    left = size
    for step in steps:
        left -= len(step)
        if left < 0:
            raise PacsIncomplete("a file is larger than allowed")
        yield step


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield what is left of a file, and close it."""
    with file:
        yield from iter(lambda: file.read(PIECE), b"")


def handed_on(file: BinaryIO) -> Iterator[bytes]:
    """Yield a DICOM file with an empty preamble, which may hold anything (PS3.10 7.1), and close it."""
    file.seek(PREAMBLE)
    yield bytes(PREAMBLE)
    yield from pieces(file)
