"""Keep one PACS or one person from taking every thread: so many calls at once under one name, and no more (R42)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from pacs_gateway.errors import PacsBusy
from pacs_gateway.upstream.leases import leases

PERSON_CALLS_AT_ONCE = 6
PATIENCE_SECONDS = 2.0
_SYSTEM = "system:"


class Bulkhead:
    """At most `places` calls at once under each name in this process, and `over_all` in all processes together.

    Without `over_all`, other processes do not count. Safe to use from several threads.
    """

    def __init__(self, places: int, patience: float = PATIENCE_SECONDS, *, over_all: int = 0) -> None:
        self._places = places
        self._over_all = over_all
        self._patience = patience
        self._taken: Counter[str] = Counter()
        self._changed = threading.Condition()

    @contextmanager
    def place(self, name: str, most: int = 1) -> Iterator[int]:
        """Hold one of the places under `name`, and up to `most` of the first half of them; yields how many it holds.

        Raises PacsBusy when none becomes free in `patience` seconds, and at once when as many wait already: those who
        wait hold threads too. For more than one nobody waits.
        """
        end = time.monotonic() + self._patience
        held = self._take(name, end, most)
        try:
            with leases.held(name, self._over_all, end, held) if self._over_all else nullcontext(held) as count:
                yield count
        finally:
            self._give_back(name, held)

    def _take(self, name: str, end: float, most: int) -> int:
        waits = f"waiting {name}"
        with self._changed:
            if self._taken[name] >= self._places and self._taken[waits] >= self._places:
                raise PacsBusy("too many calls wait already")
            self._taken[waits] += 1
            try:
                while self._taken[name] >= self._places:
                    if not self._changed.wait(end - time.monotonic()):
                        raise PacsBusy("too many calls at once")
                held = max(min(most, self._places // 2 - self._taken[name]), 1)
                self._taken[name] += held
            finally:
                self._release(waits, 1)
        return held

    def _give_back(self, name: str, count: int) -> None:
        with self._changed:
            self._release(name, count)
            self._changed.notify_all()

    def _release(self, name: str, count: int) -> None:
        self._taken[name] -= count
        if not self._taken[name]:
            del self._taken[name]


_persons = Bulkhead(PERSON_CALLS_AT_ONCE, over_all=PERSON_CALLS_AT_ONCE)


@contextmanager
def place_of(caller: str) -> Iterator[None]:
    """Hold a place of the person `caller`, a principal's label; our own work has its limits elsewhere, in the queues.

    Raises PacsBusy.
    """
    if not caller or caller.startswith(_SYSTEM):
        yield
        return
    with _persons.place(caller):
        yield
