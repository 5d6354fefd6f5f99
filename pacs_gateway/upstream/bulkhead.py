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
    def place(self, name: str) -> Iterator[None]:
        """Hold one of the places under `name`.

        Raises PacsBusy when none becomes free in `patience` seconds, and at once when as many wait already: those who
        wait hold threads too.
        """
        end = time.monotonic() + self._patience
        self._take(name, end)
        try:
            with leases.held(name, self._over_all, end) if self._over_all else nullcontext():
                yield
        finally:
            self._give_back(name)

    def _take(self, name: str, end: float) -> None:
        waits = f"waiting {name}"
        with self._changed:
            if self._taken[name] >= self._places and self._taken[waits] >= self._places:
                raise PacsBusy("too many calls wait already")
            self._taken[waits] += 1
            try:
                while self._taken[name] >= self._places:
                    if not self._changed.wait(end - time.monotonic()):
                        raise PacsBusy("too many calls at once")
                self._taken[name] += 1
            finally:
                self._release(waits)

    def _give_back(self, name: str) -> None:
        with self._changed:
            self._release(name)
            self._changed.notify_all()

    def _release(self, name: str) -> None:
        self._taken[name] -= 1
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
