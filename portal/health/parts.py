"""Ask each part whether it is well. Answers name the kind of failure only: no address, no secret."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from django.db import connection

from pacs_gateway import upstream
from portal.celery import app
from portal.health.tasks import echo
from viewer import asking, store

QUEUES = ("interactive", "bulk")
SECONDS = 4.0
Check = Callable[[], object]


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=1)


def _queue(name: str) -> None:
    key = f"echo:{name}:{secrets.token_hex(8)}"

    def start(keys: list[str]) -> None:
        echo.apply_async(args=(key,), queue=name, expires=SECONDS, retry=False)

    ((_, answer),) = asking.ask_many([key], start, seconds=SECONDS)
    if isinstance(answer, Exception):
        raise answer


def _pacs(name: str) -> None:
    upstream.connect(name).probe()


def _checks() -> Iterator[tuple[str, Check]]:
    yield "broker", _broker
    yield "cache", partial(store.get, "ready")
    for queue in QUEUES:
        yield f"queue {queue}", partial(_queue, queue)
    for name in upstream.names():
        yield f"PACS {name}", partial(_pacs, name)


def _outcome(check: Check) -> str:
    try:
        check()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a part is its state, told by kind
        return type(error).__name__
    return "ok"


def states() -> dict[str, str]:
    """Return "ok" or the kind of failure for each part, asked at the same time."""
    checks = dict(_checks())
    with ThreadPoolExecutor(max_workers=8) as pool:
        outcomes = dict(zip(checks, pool.map(_outcome, checks.values()), strict=True))
    # The database is asked in this thread, whose connection Django looks after.
    return {"database": _outcome(_database), **outcomes}
