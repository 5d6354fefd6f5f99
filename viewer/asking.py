"""Ask a worker for something and wait for it, never longer than a person would.

`ask_many` answers from the store, else has exactly one worker make each answer (single flight). A worker calls
`deliver` with the bytes, or `decline` with the error, for each key it was given, or lets `Deliveries` do it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from celery import Task

from pacs_gateway.errors import (
    PacsBusy,
    PacsDamaged,
    PacsError,
    PacsIncomplete,
    PacsMismatch,
    PacsNoPixels,
    PacsNotFound,
    PacsUnavailable,
)
from viewer import room, store
from viewer.message import message

SECONDS = 5.0
# A display shows the next picture so much later anyway.
TOGETHER_SECONDS = 0.016
_ERRORS: dict[str, type[PacsError]] = {
    error.__name__: error
    for error in (
        PacsBusy,
        PacsDamaged,
        PacsIncomplete,
        PacsMismatch,
        PacsNoPixels,
        PacsNotFound,
        PacsUnavailable,
    )
}


class WorkersBusy(Exception):
    """No worker answered in time, or there is no room in the queue: try again later (HTTP 503)."""


def deliver(key: str, data: bytes, seconds: int = store.ANSWER_SECONDS) -> None:
    """Store the answer for `key` and wake whoever waits for it."""
    store.deliver({key: data}, seconds)


class Deliveries:
    """Answers that follow one another quickly, delivered a few together: each delivery costs both sides some work.

    The first goes at once; none waits for longer than TOGETHER_SECONDS and the making of the one after it. While they
    are on their way, the next ones are made.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, bytes] = {}
        self._sent_at = 0.0
        self._arrive: Callable[[], object] | None = None

    def add(self, key: str, data: bytes) -> None:
        """Deliver `data` for `key`, now or in a moment."""
        self._waiting[key] = data
        self.send_in_time()

    def send_in_time(self) -> None:
        """Send what has been added, unless something was sent a moment ago."""
        if time.monotonic() - self._sent_at >= TOGETHER_SECONDS:
            self.send()

    def send(self) -> None:
        """Send what has been added, now; raises RedisError also where that of before did not arrive."""
        if self._waiting:
            self._await_arrival()
            self._arrive = store.begin_to_deliver(self._waiting)
            self._waiting = {}
            self._sent_at = time.monotonic()

    def end(self) -> None:
        """Deliver what has been added, and return when all of it has arrived."""
        self.send()
        self._await_arrival()

    def _await_arrival(self) -> None:
        arrive, self._arrive = self._arrive, None
        if arrive is not None:
            arrive()


def decline(key: str, error: PacsError) -> None:
    """Tell whoever waits for `key` why there is no answer. Errors are never stored as answers."""
    store.decline(key, type(error).__name__)


def ask(task: Task[Any, Any], key: str, *args: object, caller: str = "", seconds: float | None = None) -> bytes:
    """Return the answer for one key, made by `task(*args)` for `caller` if it is not in the store.

    Raises WorkersBusy, or the PacsError that the worker met.
    """

    def start(keys: list[str]) -> None:
        publish(task, *args, caller=caller)

    ((_, answer),) = ask_many([key], start, seconds=seconds)
    if isinstance(answer, Exception):
        raise answer
    return answer


def publish(task: Task[Any, Any], *args: object, caller: str = "", seconds: float | None = None) -> None:
    """Put `task` on its queue; it is dropped if no worker takes it in `seconds`, while somebody still waits.

    This is what `apply_async` comes to for a task with a queue of its own and no result, in one command to the broker.
    Raises WorkersBusy where there is no room for one more message of `caller`, a principal's label.
    """
    expires = SECONDS if seconds is None else seconds
    to: str = getattr(task, "queue", task.app.conf.task_default_queue)
    if not room.put(to, caller, message(task.name, args, to, expires)):
        raise WorkersBusy


def begin(keys: list[str], start: Callable[[list[str]], None]) -> None:
    """Call `start` with keys that were claimed; whoever waits for them is told at once when there is no room."""
    try:
        start(keys)
    except WorkersBusy:
        store.turn_away(keys, WorkersBusy.__name__)


def ask_many(
    keys: list[str], start: Callable[[list[str]], None], *, seconds: float | None = None
) -> Iterator[tuple[str, bytes | Exception]]:
    """Yield (key, answer or error) for each key in the given order, each as soon as it is there.

    `start` is called once, with the keys that nobody else is having made. After `seconds` (default SECONDS) the rest
    are WorkersBusy.
    """
    return chain.from_iterable(ask_together(keys, start, seconds=seconds))


def ask_together(
    keys: list[str],
    start: Callable[[list[str]], None],
    *,
    seconds: float | None = None,
    begun: dict[str, int] | None = None,
) -> Iterator[list[tuple[str, bytes | Exception]]]:
    """Yield what ask_many yields, those together that are there at the same time.

    When `start` is called, the values of `begun` are how often its names were begun (tries.py).
    """
    if not keys:
        return
    begun = {} if begun is None else begun
    stored, mine, counts = store.get_or_claim(keys, begun)
    begun.update(zip(begun, counts, strict=True))
    found = dict(zip(keys, stored, strict=True))
    if mine:
        begin(mine, start)
    deadline = time.monotonic() + (SECONDS if seconds is None else seconds)
    there: list[tuple[str, bytes | Exception]] = []
    for at, key in enumerate(keys):
        error = None
        if found[key] is None:
            if there:
                yield there
            there, error = [], _wait(key, deadline, keys[at:], found)
        answer = found.pop(key)
        there.append((key, answer if answer is not None else error or WorkersBusy()))
    yield there


def _wait(key: str, deadline: float, keys: list[str], found: dict[str, bytes | None]) -> PacsError | None:
    """Wait for `key`, then put into `found` whatever has come meanwhile; return the error that the worker met."""
    word, missing = None, [one for one in keys if found[one] is None]
    while word is None and (left := deadline - time.monotonic()) > 0:
        word, answers = store.wait(key, min(left, SECONDS), missing)
        found.update(zip(missing, answers, strict=True))
    return _ERRORS[word]() if word in _ERRORS else None
