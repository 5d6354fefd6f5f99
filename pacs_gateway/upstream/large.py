"""Large objects of many frames: what was read of one is kept for a while.

A PACS reads such an object as a whole to send any of it, which takes it longer than the frames that are wanted. Where
it comes fast all of it is kept in a file, else its beginning, and the frames are asked for by number.
"""

from __future__ import annotations

import io
import itertools
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.errors import PacsIncomplete, PacsUnavailable
from pacs_gateway.upstream import stored
from pacs_gateway.upstream.checkedreader import UNDEFINED_LENGTH, CheckedReader
from pacs_gateway.upstream.part10 import Part10, read_part10
from pacs_gateway.upstream.retrieved import collect
from pacs_gateway.upstream.stored import Stored

log = logging.getLogger(__name__)
SECONDS = 300.0
# Of the bytes that headers are read from; parsed ones of many functional groups take some twenty times as much.
HEADERS_MOST = 8 * 1024**2
# In the files of one process, and the share of what is free on the disk that one file may take.
FILES_MOST = 1024**3
SHARE_OF_DISK = 8
FAST_BYTES_PER_SECOND = 100 * 1024**2
WHOLE_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Large:
    """An object of many frames: its data set without the pixels, the bytes it was read from, the transfer syntax, and
    where all of it is kept the file.
    """

    header: Dataset = field(repr=False)
    encoded: bytes = field(repr=False)
    transfer_syntax_uid: str
    file: Part10 | None = field(default=None, repr=False)
    kept: Stored | None = field(default=None, repr=False)

    def opened(self) -> Part10 | None:
        """Return the file to read frames of, by one thread, None where only the beginning is here."""
        if self.file is None or self.kept is None:
            return None
        return replace(self.file, body=_body(self.kept, self.file.body.tell()))


def take(steps: Iterator[bytes], most: int) -> bytes | Large:
    """Return a DICOM file from the steps in which it comes, or what is kept of a large object of many frames.

    Raises PacsIncomplete for what is longer than `most` bytes and has no many frames.
    """
    began = time.monotonic()
    data, is_whole = collect(steps, most)
    if is_whole:
        return data
    is_fast = len(data) >= FAST_BYTES_PER_SECOND * (time.monotonic() - began)
    file = read_part10(io.BytesIO(data))
    length = 0 if file.pixel_length == UNDEFINED_LENGTH else file.pixel_length
    kept = _keep(data, steps, length) if is_fast else None
    encoded = file.encoded_header()
    whole = replace(file, body=_body(kept, file.body.tell())) if kept else None
    return Large(file.header, encoded, file.transfer_syntax_uid, whole, kept)


def _body(kept: Stored, place: int) -> CheckedReader:
    body = CheckedReader(kept.open())
    body.seek(place)
    return body


def _keep(beginning: bytes, steps: Iterator[bytes], least: int) -> Stored | None:
    """Return all of an object, `least` bytes or more, in a file; None where that takes too long or too much, or the
    rest does not come.
    """
    until = time.monotonic() + WHOLE_SECONDS
    try:
        kept, most = Stored(), min(FILES_MOST, stored.free_bytes() // SHARE_OF_DISK)
    except OSError as error:
        log.warning("a large object is not kept: %s", type(error).__name__)
        return None
    if least > most:
        return None
    try:
        for step in itertools.chain([beginning], steps):
            if kept.size + len(step) > most or time.monotonic() > until or not _written(kept, step):
                return None
    except (TimeoutError, PacsIncomplete, PacsUnavailable):
        # Its frames may still come by number.
        return None
    return kept


def _written(kept: Stored, step: bytes) -> bool:
    try:
        kept.write(step)
    except OSError as error:
        log.warning("a large object is not kept: %s", type(error).__name__)
        return False
    return True


class LargeObjects:
    """Large objects by their address and the grant's edition of its study; safe to use from several threads.

    Those kept longest go when the bytes are too many.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[object, ...], tuple[Large, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, grant: StudyGrant, path: str) -> Large | None:
        """Return what is kept of an object, None when there is nothing (any more)."""
        with self._lock:
            self._drop()
            found, _ = self._kept.get(_name(grant, path), (None, 0.0))
            return found

    def put(self, grant: StudyGrant, path: str, large: Large) -> None:
        """Keep an object."""
        with self._lock:
            self._kept.pop(_name(grant, path), None)
            self._kept[_name(grant, path)] = (large, self._clock() + SECONDS)
            self._drop()

    def _drop(self) -> None:
        while self._kept and (self._are_too_many() or next(iter(self._kept.values()))[1] <= self._clock()):
            self._kept.popitem(last=False)

    def _are_too_many(self) -> bool:
        kept = [large for large, _ in self._kept.values()]
        on_disk = sum(large.kept.size for large in kept if large.kept)
        return sum(len(large.encoded) for large in kept) > HEADERS_MOST or on_disk > FILES_MOST


def _name(grant: StudyGrant, path: str) -> tuple[object, ...]:
    """Return what an object is kept by: when the study becomes somebody else's, or changes, it is another."""
    return path, grant.patient, grant.edition
