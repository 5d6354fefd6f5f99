"""Headers of large objects of many frames, kept for a while.

A PACS reads such an object as a whole to send its beginning, which takes it longer than the frames that are wanted.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from pydicom import Dataset

from pacs_gateway.access.grant import StudyGrant

SECONDS = 300.0
# Of the bytes that headers are read from; parsed ones of many functional groups take some twenty times as much.
BYTES_MOST = 8 * 1024**2


@dataclass(frozen=True, slots=True)
class Head:
    """What stands before the pixel data of an object: its data set, the bytes it was read from, the transfer syntax."""

    header: Dataset = field(repr=False)
    encoded: bytes = field(repr=False)
    transfer_syntax_uid: str


class Heads:
    """Heads by the address of the object and the grant's edition of its study; safe to use from several threads.

    Those kept longest go when the bytes are too many.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[object, ...], tuple[Head, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, grant: StudyGrant, path: str) -> Head | None:
        """Return a head that is kept, None when there is none (any more)."""
        with self._lock:
            head, until = self._kept.get(_name(grant, path), (None, 0.0))
            return head if self._clock() < until else None

    def put(self, grant: StudyGrant, path: str, head: Head) -> None:
        """Keep a head."""
        with self._lock:
            self._kept.pop(_name(grant, path), None)
            self._kept[_name(grant, path)] = (head, self._clock() + SECONDS)
            while sum(len(one.encoded) for one, _ in self._kept.values()) > BYTES_MOST:
                self._kept.popitem(last=False)


def _name(grant: StudyGrant, path: str) -> tuple[object, ...]:
    """Return what a head is kept by: when the study becomes somebody else's, or changes, it is another."""
    return path, grant.patient, grant.edition
